// What Telnyx's webhooks mean. A verified body is never thrown away: what cannot be read is `not_understood`, an event
// that says nothing about calls and recordings is `ignored`; both are kept.
// Source: https://developers.telnyx.com/development/api-fundamentals/webhooks/receiving-webhooks
import { hash } from 'node:crypto';
import type { CallFacts, CallKey, DomainEvent, RecordingFacts } from '../../domain/provider-event.ts';
import type { Understanding } from '../provider.ts';
import { codeOfHangup, statusOfHangup } from './hangup.ts';
import { eventIdPattern, keyOf, keysOf, providerId, uuidPattern } from './ids.ts';
import { isJson, type Json, momentOf, objectOf, textOf } from './json.ts';
import { ourKeysOf } from './our-call.ts';
import { channelsOf, isExternal } from './recording.ts';

export const callEventsPath = '/api/webhooks/telnyx/call-events';

/** One event of a call, from a webhook or from the list of call events. */
export interface TelnyxEvent {
  type: string;
  occurredAtMs: number;
  payload: Json;
  keys: CallKey[];
  eventKey: string;
}

/**
 * Reads one webhook: `{data: {event_type, id, occurred_at, payload}, meta}`. Bodies of API version 1 have no
 * `data.event_type` and are not understood. `data.id` stays the same when a webhook is sent again.
 * @param receivedAtMs stands in for a moment that the body does not name
 */
export function understandWebhook(body: Buffer, receivedAtMs: number): Understanding {
  const data = readData(body);
  const type = textOf(data, 'event_type') ?? '';
  const label = /^[a-z][a-z._-]{0,60}$/.test(type) ? type : 'event type not known';
  const id = textOf(data, 'id') ?? '';
  const dedupeKey = eventIdPattern.test(id) ? id : `no-id:${hash('sha256', body, 'hex').slice(0, 32)}`;
  if (type === '') {
    const ownKey = `not-understood:${hash('sha256', body, 'hex').slice(0, 32)}`;
    return { outcome: 'not_understood', label, dedupeKey: ownKey, events: [] };
  }
  const payload = objectOf(data, 'payload');
  const keys = keysOf(payload);
  if (!isOfInterest(type)) return { outcome: 'ignored', label, dedupeKey, events: [] };
  if (keys === null || keys.length === 0) return { outcome: 'not_understood', label, dedupeKey, events: [] };
  const event = eventOf({
    type,
    occurredAtMs: momentOf(data, 'occurred_at') ?? receivedAtMs,
    payload,
    keys: [...keys, ...ourKeysOf(payload)],
    eventKey: `${dedupeKey}:0`,
  });
  if (event === null) return { outcome: 'not_understood', label, dedupeKey, events: [] };
  return { outcome: 'applied', label, dedupeKey, events: [event] };
}

function readData(body: Buffer): Json {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'));
    return isJson(json) ? objectOf(json, 'data') : {};
  } catch {
    return {};
  }
}

/** Event types that say something about calls or recordings that Tapedeck keeps. */
export const typesOfInterest: readonly string[] = [
  'call.initiated',
  'call.answered',
  'call.hangup',
  'call.bridged',
  'call.recording.saved',
  'call.recording.error',
];

/** Whether an event type is one of these. */
export function isOfInterest(type: string): boolean {
  return typesOfInterest.includes(type);
}

/**
 * Puts one event in our words. Which fields each type has: https://developers.telnyx.com/api-reference/callbacks/call-initiated
 * and its siblings; `start_time` is the beginning of the CALL in call.* and of the RECORDING in call.recording.saved.
 * @returns null when an id of a recording does not fit its pattern
 */
export function eventOf(event: TelnyxEvent): DomainEvent | null {
  const { type, occurredAtMs, payload, keys, eventKey } = event;
  const head = { eventKey, providerId, occurredAtMs, keys };
  switch (type) {
    case 'call.initiated': {
      const direction = textOf(payload, 'direction');
      const data: CallFacts = { ...commonFacts(payload), status: 'ringing' };
      if (direction === 'incoming') data.direction = 'inbound';
      if (direction === 'outgoing') data.direction = 'outbound';
      data.startedAtMs ??= occurredAtMs;
      return { ...head, sequence: 1, kind: 'call.started', data };
    }
    case 'call.answered': {
      const data: CallFacts = { ...commonFacts(payload), status: 'in_progress', answeredAtMs: occurredAtMs };
      return { ...head, sequence: 2, kind: 'call.answered', data };
    }
    case 'call.hangup': {
      const data: CallFacts = { ...commonFacts(payload), status: statusOfHangup(payload) };
      data.endedAtMs = momentOf(payload, 'end_time') ?? occurredAtMs;
      const code = codeOfHangup(payload);
      if (code !== undefined) data.providerCode = code;
      return { ...head, sequence: 4, kind: 'call.ended', data };
    }
    case 'call.recording.saved':
      return savedEvent(event);
    case 'call.recording.error':
      return errorEvent(event);
    default:
      return { ...head, sequence: 3, kind: 'call.told', data: { what: type } };
  }
}

function commonFacts(payload: Json): CallFacts {
  const facts: CallFacts = {};
  const legId = textOf(payload, 'call_leg_id');
  const from = textOf(payload, 'from');
  const to = textOf(payload, 'to');
  const startedAtMs = momentOf(payload, 'start_time');
  // Which leg began the other is not told; the session joins them.
  if (legId !== undefined) facts.leg = { legId, parentLegId: null };
  if (from !== undefined) facts.from = from;
  if (to !== undefined) facts.to = to;
  if (startedAtMs !== undefined) facts.startedAtMs = startedAtMs;
  return facts;
}

/**
 * The description has no recording_id here, real webhooks have one: without it the recordings have to be listed.
 * Source: https://developers.telnyx.com/docs/voice/programmable-voice/storing-call-recordings (both the id and s3://, gs://)
 */
function savedEvent({ occurredAtMs, payload, keys, eventKey }: TelnyxEvent): DomainEvent | null {
  const id = textOf(payload, 'recording_id');
  const external = isExternal(objectOf(payload, 'recording_urls'));
  const head = { eventKey, providerId, occurredAtMs, sequence: 5 };
  if (id === undefined) {
    const data = { what: 'recording_saved', ...(external ? { code: 'external_storage' } : {}) };
    return { ...head, keys, kind: 'call.told', data };
  }
  if (!uuidPattern.test(id)) return null;
  // Ended minus started is no duration: a recording that was paused is shorter. Only the API tells it (duration_millis).
  const data: RecordingFacts = { providerRecordingId: id };
  const channels = channelsOf(payload);
  const startedAtMs = momentOf(payload, 'recording_started_at');
  if (channels !== undefined) data.channels = channels;
  if (startedAtMs !== undefined) data.startedAtMs = startedAtMs;
  const named = [...keys, keyOf('recording_id', id)];
  return external
    ? { ...head, keys: named, kind: 'recording.external', data: { ...data, reason: 'external_storage' } }
    : { ...head, keys: named, kind: 'recording.available', data };
}

/** Source: https://developers.telnyx.com/api-reference/callbacks/call-recording-error (reason: one of these four). */
const errorReasons: ReadonlyMap<string, string> = new Map([
  ['Internal server error', 'internal_server_error'],
  ['Unsupported backend', 'unsupported_backend'],
  ['Invalid credentials json', 'invalid_credentials_json'],
  ['Failed to authorize with storage using custom credentials', 'storage_not_authorized'],
]);

function errorEvent({ occurredAtMs, payload, keys, eventKey }: TelnyxEvent): DomainEvent | null {
  const code = errorReasons.get(textOf(payload, 'reason') ?? '') ?? 'reason_not_known';
  const id = textOf(payload, 'recording_id');
  const head = { eventKey, providerId, occurredAtMs, sequence: 5 };
  if (id === undefined) return { ...head, keys, kind: 'call.told', data: { what: 'recording_error', code } };
  if (!uuidPattern.test(id)) return null;
  return {
    ...head,
    keys: [...keys, keyOf('recording_id', id)],
    kind: 'recording.noted',
    data: { providerRecordingId: id, reason: 'provider_failed', providerCode: code },
  };
}
