// What Twilio's callbacks mean. A verified body is never thrown away: what cannot be read is `not_understood`, an
// unknown status is noted.
import type { DomainEvent } from '../../domain/provider-event.ts';
import type { Understanding } from '../provider.ts';
import { callStatusEvent } from './call-status.ts';
import { type Form, fingerprint } from './form.ts';
import { accountSidPattern, callSidPattern, recordingSidPattern } from './ids.ts';
import { recordingStatusEvent } from './recording-status.ts';
import { parseMoment } from './times.ts';

export const recordingPath = '/webhooks/twilio-recording';
export const callStatusPath = '/webhooks/twilio-call-status';

/** A callback with its ids checked. */
export interface CheckedCallback {
  form: Form;
  callSid: string;
  /** Null when the body has none; never one that does not fit its pattern. */
  accountSid: string | null;
  receivedAtMs: number;
  /** Becomes the event's key. */
  dedupeKey: string;
}

/**
 * Reads one callback.
 * @param path one of the two paths above
 * @param receivedAtMs stands in for a moment that the body does not name
 */
export function understandCallback(path: string, form: Form, receivedAtMs: number): Understanding {
  const recording = path === recordingPath;
  const subject = recording ? 'recording' : 'call';
  const status = form.values.get(recording ? 'RecordingStatus' : 'CallStatus') ?? '';
  // The label is shown and searched: of an odd status only its oddness is told.
  const label = `${subject} ${/^[a-z][a-z-]{0,30}$/i.test(status) ? status : 'status not known'}`;
  const print = fingerprint(form);
  const notUnderstood: Understanding = {
    outcome: 'not_understood',
    label,
    dedupeKey: `${subject}:not-understood:${print}`,
    events: [],
  };

  const callSid = form.values.get('CallSid') ?? '';
  const accountSid = form.values.get('AccountSid') ?? null;
  if (!callSidPattern.test(callSid) || contradictsItself(form)) return notUnderstood;
  if (accountSid !== null && !accountSidPattern.test(accountSid)) return notUnderstood;

  let event: DomainEvent;
  if (recording) {
    const recordingSid = form.values.get('RecordingSid') ?? '';
    if (!recordingSidPattern.test(recordingSid)) return notUnderstood;
    const when = timePart(parseMoment(form.values.get('RecordingStartTime')));
    const dedupeKey = `recording:${when}:${recordingSid}:${keyPart(status)}:${print}`;
    event = recordingStatusEvent(
      { form, callSid, accountSid, receivedAtMs, dedupeKey },
      recordingSid,
      status,
    );
  } else {
    const parentCallSid = form.values.get('ParentCallSid') || null;
    if (parentCallSid !== null && !callSidPattern.test(parentCallSid)) return notUnderstood;
    const sequence = keyPart(form.values.get('SequenceNumber') ?? '');
    const when = timePart(parseMoment(form.values.get('Timestamp')));
    const dedupeKey = `call:${when}:${callSid}:${sequence}:${keyPart(status)}:${print}`;
    event = callStatusEvent({ form, callSid, accountSid, receivedAtMs, dedupeKey }, parentCallSid, status);
  }
  return { outcome: 'applied', label, dedupeKey: event.eventKey, events: [event] };
}

/** One name with two different values: which one Twilio meant cannot be known, so neither is believed. */
function contradictsItself(form: Form): boolean {
  if (form.repeated === null) return false;
  for (const values of form.repeated.values()) if (new Set(values).size > 1) return true;
  return false;
}

/**
 * Keys begin with the fact's own second, so that what happens together lies together in the store's indexes: with
 * Twilio's random ids first, every callback would write to a far page of each.
 */
export function timePart(atMs: number | undefined): string {
  return Math.floor((atMs ?? 0) / 1000)
    .toString(36)
    .padStart(7, '0');
}

/** Keys stay short and readable whatever a body says; the fingerprint tells apart what this cuts. */
export function keyPart(text: string): string {
  return text.replace(/[^A-Za-z0-9-]/g, '').slice(0, 30);
}
