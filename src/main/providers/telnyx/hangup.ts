// How a call ended.
// Source: https://developers.telnyx.com/api-reference/callbacks/call-hangup (hangup_cause, sip_hangup_cause)
import type { CallStatus } from '../../../preload/contract/calls.ts';
import { type Json, textOf } from './json.ts';

/** What each cause means where the SIP code says nothing better. */
const causes: ReadonlyMap<string, CallStatus> = new Map<string, CallStatus>([
  ['normal_clearing', 'completed'],
  // Only a call that was answered can reach its time limit.
  ['time_limit', 'completed'],
  ['user_busy', 'busy'],
  ['call_rejected', 'busy'],
  ['timeout', 'no_answer'],
  ['no_answer', 'no_answer'],
  ['originator_cancel', 'canceled'],
  ['not_found', 'failed'],
]);

/** SIP responses that tell how an unanswered call ended. Source: RFC 3261, 21. */
const responses: ReadonlyMap<string, CallStatus> = new Map<string, CallStatus>([
  ['486', 'busy'],
  ['600', 'busy'],
  ['603', 'busy'],
  ['480', 'no_answer'],
  ['408', 'no_answer'],
  ['487', 'canceled'],
]);

/**
 * The status that a `call.hangup` means.
 * A final 200 is the end of a call that was answered, whatever the cause is called: a cause that we do not know must
 * not make a call with a recording look like one without.
 */
export function statusOfHangup(payload: Json): CallStatus {
  const cause = textOf(payload, 'hangup_cause') ?? '';
  const response = textOf(payload, 'sip_hangup_cause') ?? '';
  if (response === '200') return 'completed';
  if (cause === 'call_rejected' && /^[45]\d\d$/.test(response) && response !== '486') return 'failed';
  const known = causes.get(cause);
  if (known !== undefined && known !== 'completed') return known;
  return responses.get(response) ?? known ?? (response === '' ? 'completed' : 'failed');
}

/** The words behind the status, shown with it; undefined for an ordinary end. */
export function codeOfHangup(payload: Json): string | undefined {
  const cause = textOf(payload, 'hangup_cause');
  return cause === undefined || cause === 'normal_clearing' || !/^[a-z_]{1,40}$/.test(cause)
    ? undefined
    : cause;
}
