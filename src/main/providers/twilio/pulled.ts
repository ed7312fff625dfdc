// What calls and recordings of the REST API say in our words: the same facts that callbacks tell, so that the fold
// ends alike whichever of them came.
import { hash } from 'node:crypto';
import type { CallFacts, CallKey, DomainEvent } from '../../domain/provider-event.ts';
import type { PulledFact } from '../provider.ts';
import { directionOf, meaningOf } from './call-status.ts';
import { keyPart, timePart } from './callbacks.ts';
import { accountSidPattern, callSidPattern, providerId, recordingSidPattern } from './ids.ts';
import { canonical, isJson, type Json, textOf } from './json.ts';
import { recordingEvent } from './recording-status.ts';
import { parseMoment, parseSecondsAsMs } from './times.ts';

/** Begins the keys of what was asked for: it tells them apart from what callbacks told. */
const pulled = 'pulled';

/**
 * A call, as fetched or listed.
 * Source: https://www.twilio.com/docs/voice/api/call-resource#call-properties
 * @returns not_understood for an item that names no call or no moment
 */
export function callFact(item: Json): PulledFact {
  const sid = textOf(item, 'sid') ?? '';
  const parentSid = textOf(item, 'parent_call_sid') ?? null;
  const status = textOf(item, 'status') ?? '';
  const startMs = momentOf(item, 'start_time');
  const createdMs = momentOf(item, 'date_created') ?? startMs ?? momentOf(item, 'date_updated');
  const label = labelOf('call', status);
  if (!callSidPattern.test(sid) || (parentSid !== null && !callSidPattern.test(parentSid))) {
    return notUnderstood(item, label);
  }
  if (createdMs === undefined) return notUnderstood(item, label);

  const meaning = meaningOf(status);
  const endMs = momentOf(item, 'end_time') ?? momentOf(item, 'date_updated') ?? createdMs;
  const talkMs = parseSecondsAsMs(textOf(item, 'duration'));
  const direction = directionOf(textOf(item, 'direction'));
  const from = textOf(item, 'from');
  const to = textOf(item, 'to');
  const isAnswer = meaning?.kind === 'call.answered';
  const isEnd = meaning?.kind === 'call.ended';
  const data: CallFacts = {
    leg: { legId: sid, parentLegId: parentSid },
    startedAtMs: Math.min(createdMs, startMs ?? createdMs),
    ...(meaning === undefined ? {} : { status: meaning.status }),
    ...(direction === undefined ? {} : { direction }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    // Twilio sets start_time anew when somebody answers.
    ...(isAnswer && startMs !== undefined ? { answeredAtMs: startMs } : {}),
    ...(isEnd ? { endedAtMs: endMs } : {}),
    // The others have a duration of 0, which is no talk of zero length: nobody answered.
    ...(status === 'completed' && talkMs !== undefined ? { talkMs } : {}),
  };
  const keys = [sid, ...(parentSid === null ? [] : [parentSid])].map(
    (value): CallKey => ({ providerId, kind: 'call_sid', value }),
  );
  const occurredAtMs = isEnd ? endMs : isAnswer ? (startMs ?? createdMs) : createdMs;
  const dedupeKey = keyOf('call', occurredAtMs, sid, status, data);
  const event: DomainEvent = {
    kind: meaning?.kind ?? 'call.noted',
    eventKey: `${dedupeKey}:0`,
    providerId,
    occurredAtMs,
    // Of one moment a callback, which knows more (SIP code, sequence), comes later and decides.
    sequence: 0,
    keys,
    data,
  };
  return { outcome: 'applied', label, dedupeKey, events: [event], body: canonical(item), path: pathOf(item) };
}

/** True for a call that nothing more will happen to. */
export function isOver(item: Json): boolean {
  return meaningOf(textOf(item, 'status') ?? '')?.kind === 'call.ended';
}

/**
 * A recording, as fetched, listed or just started.
 * Source: https://www.twilio.com/docs/voice/api/recording#recording-properties
 * @param apiHost besides Twilio's own hosts the one that its media may be at
 * @returns not_understood for an item that names no recording, no call (a conference) or no moment
 */
export function recordingFact(item: Json, apiHost: string): PulledFact {
  const recordingSid = textOf(item, 'sid') ?? '';
  const callSid = textOf(item, 'call_sid') ?? '';
  const accountSid = textOf(item, 'account_sid') ?? null;
  const status = textOf(item, 'status') ?? '';
  const createdMs = momentOf(item, 'date_created') ?? momentOf(item, 'date_updated');
  const startedAtMs = momentOf(item, 'start_time') ?? createdMs;
  const label = labelOf('recording', status);
  if (!recordingSidPattern.test(recordingSid) || !callSidPattern.test(callSid))
    return notUnderstood(item, label);
  if (startedAtMs === undefined || (accountSid !== null && !accountSidPattern.test(accountSid)))
    return notUnderstood(item, label);

  const told = {
    recordingSid,
    callSid,
    accountSid,
    status,
    startedAtMs,
    durationMs: parseSecondsAsMs(wordOf(item['duration'])),
    channels: wordOf(item['channels']),
    errorCode: wordOf(item['error_code']),
    isExternal: status === 'completed' && isElsewhere(textOf(item, 'media_url'), apiHost),
  };
  const dedupeKey = keyOf('recording', startedAtMs, recordingSid, status, told);
  const events = [recordingEvent(told, `${dedupeKey}:0`, startedAtMs)];
  // What is encrypted with the clinic's own key can be fetched and not be played: its call says so.
  if (isJson(item['encryption_details'])) {
    events.push(toldEvent(events[0], `${recordingSid}:encrypted`, 'recording_encrypted'));
  }
  return { outcome: 'applied', label, dedupeKey, events, body: canonical(item), path: pathOf(item) };
}

/** The fact with something more to tell in the timeline of its call. */
export function withTold(fact: PulledFact, what: string, atMs: number | undefined): PulledFact {
  const [first] = fact.events;
  if (first === undefined) return fact;
  const event = toldEvent(first, `${fact.dedupeKey}:${what}:${timePart(atMs)}`, what);
  return { ...fact, events: [...fact.events, { ...event, occurredAtMs: atMs ?? event.occurredAtMs }] };
}

function toldEvent(about: DomainEvent | undefined, eventKey: string, what: string): DomainEvent {
  return {
    kind: 'call.told',
    eventKey,
    providerId,
    occurredAtMs: about?.occurredAtMs ?? 0,
    sequence: 9,
    keys: about?.keys ?? [],
    data: { what },
  };
}

/** A field that is a moment; in epoch milliseconds. */
export function momentOf(item: Json, name: string): number | undefined {
  return parseMoment(textOf(item, name));
}

/** Numbers come as numbers or as text. */
function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Whether the file lies in storage of the account's owner. A path, or nothing, means Twilio's own. */
function isElsewhere(mediaUrl: string | undefined, apiHost: string): boolean {
  const host = mediaUrl === undefined ? undefined : URL.parse(mediaUrl)?.hostname;
  return host !== undefined && host !== apiHost && host !== 'twilio.com' && !host.endsWith('.twilio.com');
}

/** Of an odd status only its oddness is told. */
function labelOf(subject: string, status: string): string {
  return `${subject} ${/^[a-z][a-z-]{0,30}$/i.test(status) ? status : 'status not known'}`;
}

/** The same words for the same telling: what does not matter here (price, date_updated) makes no new fact. */
function keyOf(subject: string, atMs: number, sid: string, status: string, said: unknown): string {
  const print = hash('sha256', canonical(said), 'base64url').slice(0, 16);
  return `${pulled}-${subject}:${timePart(atMs)}:${sid}:${keyPart(status)}:${print}`;
}

function notUnderstood(item: Json, label: string): PulledFact {
  const body = canonical(item);
  const dedupeKey = `${pulled}:not-understood:${hash('sha256', body, 'base64url').slice(0, 16)}`;
  return { outcome: 'not_understood', label, dedupeKey, events: [], body, path: pathOf(item) };
}

/** Where the item is, in its own words; never a whole URL. */
function pathOf(item: Json): string {
  const uri = textOf(item, 'uri') ?? '';
  return /^\/2010-04-01\/[A-Za-z0-9/._-]{1,200}$/.test(uri) ? uri : '/2010-04-01';
}
