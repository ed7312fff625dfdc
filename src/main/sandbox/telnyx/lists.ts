// Lists with the documented filters; a filter that is not documented is ignored, as real list APIs do.
// https://developers.telnyx.com/api-reference/call-recordings/list-all-call-recordings
import { uuidOf } from '../random.ts';
import { invalidParameter } from './errors.ts';
import type { LoggedEvent, TelnyxRecording } from './world.ts';
import { toIso } from './world.ts';

/** Query fields as sent, e.g. `filter[call_leg_id]` -> value. */
export type Query = Readonly<Record<string, string>>;

type Filters<T> = Readonly<Record<string, (item: T, value: string) => boolean>>;

function at(value: string, name: string): number {
  const atMs = Date.parse(value);
  if (Number.isNaN(atMs)) throw invalidParameter(name);
  return atMs;
}

function range<T>(name: string, momentOf: (item: T) => number): Filters<T> {
  return {
    [`filter[${name}][gte]`]: (item, value) => momentOf(item) >= at(value, name),
    [`filter[${name}][lte]`]: (item, value) => momentOf(item) <= at(value, name),
  };
}

export const recordingFilters: Filters<TelnyxRecording> = {
  'filter[call_control_id]': ({ call }, value) => call.controlId === value,
  'filter[call_leg_id]': ({ call }, value) => call.legId === value,
  'filter[call_session_id]': ({ call }, value) => call.sessionId === value,
  'filter[sip_call_id]': ({ call }, value) => call.sipCallId === value,
  'filter[connection_id]': ({ call }, value) => call.connectionId === value,
  'filter[from]': ({ call }, value) => call.from === value,
  'filter[to]': ({ call }, value) => call.to === value,
  ...range('created_at', ({ listedFromMs }) => listedFromMs ?? 0),
  ...range('start_time', ({ startedAtMs }) => startedAtMs),
  ...range('end_time', ({ endedAtMs }) => endedAtMs ?? 0),
};

export const eventFilters: Filters<LoggedEvent> = {
  'filter[leg_id]': ({ call }, value) => call.legId === value,
  'filter[application_session_id]': ({ call }, value) => call.sessionId === value,
  'filter[connection_id]': ({ call }, value) => call.connectionId === value,
  'filter[from]': ({ call }, value) => call.from === value,
  'filter[to]': ({ call }, value) => call.to === value,
  'filter[type]': ({ type }, value) => type === value,
  ...range('occurred_at', ({ atMs }) => atMs),
};

export const deliveryFilters: Filters<LoggedEvent> = {
  'filter[event_type]': ({ name }, value) => value.split(',').includes(name),
  ...range('started_at', ({ atMs }) => atMs),
};

/** @param ignored while true no filter does anything */
export function filtered<T>(items: readonly T[], query: Query, filters: Filters<T>, ignored: boolean): T[] {
  if (ignored) return [...items];
  const asked = Object.entries(query).flatMap(([name, value]) => {
    const filter = filters[name];
    return filter === undefined ? [] : [(item: T) => filter(item, value)];
  });
  return items.filter((item) => asked.every((filter) => filter(item)));
}

/** One page by `page[number]` (from 1) and `page[size]` (1 to 250, by default 20). */
export function page<T>(items: readonly T[], query: Query): { shown: T[]; meta: Record<string, number> } {
  const size = whole(query, 'page[size]', 250, 20);
  const number = whole(query, 'page[number]', 1_000_000, 1);
  return {
    shown: items.slice((number - 1) * size, number * size),
    meta: {
      page_number: number,
      page_size: size,
      total_pages: Math.ceil(items.length / size),
      total_results: items.length,
    },
  };
}

function whole(query: Query, name: string, high: number, otherwise: number): number {
  const text = query[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > high) throw invalidParameter(name);
  return value;
}

/** https://developers.telnyx.com/api-reference/debugging/list-call-events */
export function eventView({ name, type, atMs, call, metadata }: LoggedEvent): Record<string, unknown> {
  return {
    record_type: 'call_event',
    call_leg_id: call.legId,
    call_session_id: call.sessionId,
    event_timestamp: toIso(atMs),
    name,
    type,
    metadata,
  };
}

/** https://developers.telnyx.com/api-reference/webhooks/list-webhook-deliveries */
export function deliveryView({ atMs, call, metadata }: LoggedEvent): Record<string, unknown> {
  const id = typeof metadata['id'] === 'string' ? metadata['id'] : '';
  const at = toIso(atMs);
  return {
    record_type: 'webhook_delivery',
    id: uuidOf(`delivery/${id}`),
    started_at: at,
    finished_at: at,
    status: 'failed',
    webhook: metadata,
    attempts: [
      { started_at: at, finished_at: at, status: 'failed', http: { request: { url: call.webhookUrl } } },
    ],
  };
}

/** @param url of the sound, in the format that was recorded */
export function recordingView(recording: TelnyxRecording, url: string): Record<string, unknown> {
  const { call } = recording;
  const createdAt = toIso(recording.listedFromMs ?? recording.startedAtMs);
  return {
    record_type: 'recording',
    id: recording.id,
    call_control_id: call.controlId,
    call_leg_id: call.legId,
    call_session_id: call.sessionId,
    connection_id: call.connectionId,
    channels: recording.channels,
    source: 'call',
    initiated_by: recording.initiatedBy,
    status: 'completed',
    from: call.from,
    to: call.to,
    duration_millis: recording.durationMs,
    recording_started_at: toIso(recording.startedAtMs),
    recording_ended_at: toIso(recording.endedAtMs ?? recording.startedAtMs),
    created_at: createdAt,
    updated_at: createdAt,
    download_urls: { [recording.format]: url },
  };
}
