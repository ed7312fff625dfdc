// The recording resource.
// Source: https://developers.telnyx.com/api-reference/call-recordings/list-all-call-recordings
import { hash } from 'node:crypto';
import type { CallFacts, CallKey, DomainEvent, RecordingFacts } from '../../domain/provider-event.ts';
import type { PulledFact } from '../provider.ts';
import { keyOf, keysOf, providerId, uuidPattern } from './ids.ts';
import { canonical, countOf, type Json, momentOf, objectOf, textOf } from './json.ts';

/** Where files lie when the customer keeps them in a storage of their own: nothing that can be fetched. */
const externalUrl = /^(?:s3|gs):\/\/|^https:\/\/[a-z0-9-]+\.blob\.core\.windows\.net\//i;

/** Whether links lead to the customer's own storage. */
export function isExternal(urls: Json): boolean {
  const texts = Object.values(urls).filter((url) => typeof url === 'string');
  return texts.length > 0 && texts.every((url) => externalUrl.test(url));
}

export function channelsOf(item: Json): number | undefined {
  const channels = textOf(item, 'channels');
  return channels === 'dual' ? 2 : channels === 'single' ? 1 : undefined;
}

/**
 * What a listed or fetched recording says. A recording in progress is not listed at all; the only status is
 * `completed`, so another one counts as being prepared.
 * @param path that it was asked from
 * @param known keys that are known to be of the same call besides those in the item
 * @returns null when an id does not fit its pattern
 */
export function recordingFact(item: Json, path: string, known: readonly CallKey[] = []): PulledFact | null {
  const id = textOf(item, 'id') ?? '';
  const keys = keysOf(item);
  if (!uuidPattern.test(id) || keys === null || keys.length === 0) return null;
  const startedAtMs = momentOf(item, 'recording_started_at');
  const durationMs = countOf(item, 'duration_millis');
  const channels = channelsOf(item);
  const data: RecordingFacts = { providerRecordingId: id };
  if (startedAtMs !== undefined) data.startedAtMs = startedAtMs;
  if (durationMs !== undefined) data.durationMs = durationMs;
  if (channels !== undefined) data.channels = channels;
  const from = textOf(item, 'from');
  const to = textOf(item, 'to');
  if (from !== undefined) data.from = from;
  if (to !== undefined) data.to = to;
  const status = textOf(item, 'status') ?? 'completed';
  const external = isExternal(objectOf(item, 'download_urls'));
  if (external) data.reason = 'external_storage';
  const occurredAtMs =
    momentOf(item, 'created_at') ?? momentOf(item, 'recording_ended_at') ?? startedAtMs ?? 0;
  // The same recording in another state is another fact; its links change with every answer and say nothing.
  const state = external ? 'external' : status.replace(/[^a-z_]/gi, '').slice(0, 20);
  // The same recording found under another id of the call says something more, too.
  const named = known.length === 0 ? '' : `:${hash('sha256', canonical(known), 'hex').slice(0, 16)}`;
  const dedupeKey = `recording:${id}:${state}:${durationMs ?? ''}${named}`;
  return {
    outcome: 'applied',
    label: `recording ${state}`,
    dedupeKey,
    path,
    body: canonical({ ...item, download_urls: Object.keys(objectOf(item, 'download_urls')).sort() }),
    events: [
      {
        kind: external
          ? 'recording.external'
          : status === 'completed'
            ? 'recording.available'
            : 'recording.processing',
        eventKey: `${dedupeKey}:0`,
        providerId,
        occurredAtMs,
        sequence: 5,
        keys: [...keys, keyOf('recording_id', id), ...known],
        data,
      },
    ],
  };
}

/**
 * The fact of a listed recording with what it says of its call, which may not have been heard of in any other way:
 * numbers, and about when it was.
 */
export function withItsCall(item: Json, fact: PulledFact): PulledFact {
  // A leg below another service's call, which knows the numbers: by itself it is only an unmatched recording.
  if (textOf(item, 'initiated_by') === 'Trunking') return fact;
  const startedAtMs = momentOf(item, 'recording_started_at');
  const from = textOf(item, 'from');
  const to = textOf(item, 'to');
  const data: CallFacts = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    // Later than the call's own beginning, which is taken where it is known: the earliest counts.
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
  };
  const [first] = fact.events;
  if (first === undefined || Object.keys(data).length === 0) return fact;
  const { occurredAtMs } = first;
  const keys = keysOf(item) ?? [];
  const eventKey = `${fact.dedupeKey}:1`;
  const noted: DomainEvent = {
    kind: 'call.noted',
    eventKey,
    providerId,
    occurredAtMs,
    sequence: 0,
    keys,
    data,
  };
  return { ...fact, events: [...fact.events, noted] };
}
