// StatusCallback of a call (call progress events).
// Source: https://www.twilio.com/docs/voice/api/call-resource#statuscallback
import type { CallStatus } from '../../../preload/contract/calls.ts';
import type { CallFacts, CallKey, DomainEvent } from '../../domain/provider-event.ts';
import type { CheckedCallback } from './callbacks.ts';
import { providerId } from './ids.ts';
import { parseMoment, parseSecondsAsMs } from './times.ts';

export interface Meaning {
  kind: 'call.started' | 'call.answered' | 'call.ended';
  status: CallStatus;
  /** Orders callbacks of one moment where Twilio sends no SequenceNumber. */
  rank: number;
}

const meanings: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['queued', { kind: 'call.started', status: 'queued', rank: 0 }],
  ['initiated', { kind: 'call.started', status: 'queued', rank: 0 }],
  ['ringing', { kind: 'call.started', status: 'ringing', rank: 1 }],
  ['in-progress', { kind: 'call.answered', status: 'in_progress', rank: 2 }],
  ['answered', { kind: 'call.answered', status: 'in_progress', rank: 2 }],
  ['completed', { kind: 'call.ended', status: 'completed', rank: 3 }],
  ['busy', { kind: 'call.ended', status: 'busy', rank: 3 }],
  ['no-answer', { kind: 'call.ended', status: 'no_answer', rank: 3 }],
  ['failed', { kind: 'call.ended', status: 'failed', rank: 3 }],
  ['canceled', { kind: 'call.ended', status: 'canceled', rank: 3 }],
]);

/** What a status of a call means, of a callback or of the API; undefined for one that we do not know. */
export function meaningOf(status: string): Meaning | undefined {
  return meanings.get(status);
}

/** `outbound-dial`: a leg of <Dial>; `trunking-...`: a leg of an Elastic SIP trunk. Undefined for what we do not know. */
export function directionOf(text: string | undefined): 'inbound' | 'outbound' | undefined {
  switch (text) {
    case 'inbound':
    case 'trunking-originating':
      return 'inbound';
    case 'outbound-api':
    case 'outbound-dial':
    case 'trunking-terminating':
      return 'outbound';
    default:
      return undefined;
  }
}

/** The event that a call status callback is; a status that we do not know is noted. */
export function callStatusEvent(
  callback: CheckedCallback,
  parentCallSid: string | null,
  status: string,
): DomainEvent {
  const { values } = callback.form;
  const meaning = meanings.get(status);
  const timestampMs = parseMoment(values.get('Timestamp'));
  const occurredAtMs = timestampMs ?? callback.receivedAtMs;
  const sequence = values.get('SequenceNumber') ?? '';
  const keys: CallKey[] = [{ providerId, kind: 'call_sid', value: callback.callSid }];
  if (parentCallSid !== null) keys.push({ providerId, kind: 'call_sid', value: parentCallSid });
  return {
    kind: meaning?.kind ?? 'call.noted',
    eventKey: callback.dedupeKey,
    providerId,
    occurredAtMs,
    sequence: /^\d{1,6}$/.test(sequence) ? Number(sequence) : (meaning?.rank ?? 0),
    keys,
    data: {
      leg: { legId: callback.callSid, parentLegId: parentCallSid },
      ...partyFacts(values),
      ...(meaning === undefined ? {} : progressFacts(values, meaning, timestampMs, occurredAtMs)),
    },
  };
}

/** Who speaks with whom; numbers, `client:` and `sip:` addresses and `anonymous` stay as Twilio wrote them. */
function partyFacts(values: ReadonlyMap<string, string>): CallFacts {
  const facts: CallFacts = {};
  const direction = directionOf(values.get('Direction'));
  if (direction !== undefined) facts.direction = direction;
  const from = values.get('From');
  const to = values.get('To');
  if (from !== undefined && from !== '') facts.from = from;
  if (to !== undefined && to !== '') facts.to = to;
  return facts;
}

function progressFacts(
  values: ReadonlyMap<string, string>,
  { kind, status }: Meaning,
  timestampMs: number | undefined,
  occurredAtMs: number,
): CallFacts {
  const facts: CallFacts = { status };
  if (status === 'queued' && timestampMs !== undefined) facts.startedAtMs = timestampMs;
  // Without a Timestamp the arrival says little of the answer (a <Dial action> comes when the dialling is over) ...
  if (kind === 'call.answered' && timestampMs !== undefined) facts.answeredAtMs = timestampMs;
  if (kind === 'call.ended') {
    // ... but Twilio sends the end when it happens, and a call that has ended needs an end.
    facts.endedAtMs = occurredAtMs;
    const code = codeOf(values.get('ErrorCode')) ?? codeOf(values.get('SipResponseCode'));
    if (code !== undefined) facts.providerCode = code;
    const talkMs = parseSecondsAsMs(values.get('CallDuration'));
    // The others carry a CallDuration of 0, which is no talk of zero length: nobody answered.
    if (status === 'completed' && talkMs !== undefined) facts.talkMs = talkMs;
  }
  return facts;
}

function codeOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[1-9]\d{0,7}$/.test(text) ? text : undefined;
}
