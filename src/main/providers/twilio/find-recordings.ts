// What Twilio has recorded: of one call, or in a stretch of time; and taking a recording away.
import { AppError } from '../../domain/errors.ts';
import type { CallKey } from '../../domain/provider-event.ts';
import type { RecordingRow } from '../../domain/recording.ts';
import type { LookUp, PulledFact, Window } from '../provider.ts';
import type { Ask } from './client.ts';
import { callSidsOf, recordingSidPattern } from './ids.ts';
import { type Json, textOf } from './json.ts';
import { type List, listAll, listPage, pageSize } from './lists.ts';
import { fetchCall } from './look-up.ts';
import { callFact, isOver, momentOf, recordingFact } from './pulled.ts';
import { TwilioRefusal } from './refusals.ts';
import { daysAround, isWithin } from './windows.ts';

export interface RecordingsDeps {
  ask: Ask;
  accountSid: () => string;
  /** Of the API: media there is Twilio's own. */
  apiHost: () => string;
  now: () => number;
}

const settled: ReadonlySet<string> = new Set(['completed', 'absent', 'failed', 'deleted']);
/** A recording is listed from its beginning; so long after the end of a call without any, none will come. */
const graceMs = 2 * 60_000;

/** The recordings of exactly this CallSid: a row of another call is dropped, whatever the filter did. */
export async function recordingsOf(
  deps: RecordingsDeps,
  callSid: string,
  signal: AbortSignal,
): Promise<Json[]> {
  const list: List = {
    name: 'recordings',
    file: 'Recordings.json',
    accountSid: deps.accountSid(),
    first: (client) => client.recordings.page({ callSid, pageSize }),
    next: (client, url) => client.recordings.getPage(url),
  };
  const rows = await listAll(deps.ask, list, signal);
  return rows.filter((row) => textOf(row, 'call_sid') === callSid);
}

/**
 * Lists by CallSid, every leg that is known: recordings are of the parent leg, those of a SIP trunk of the trunk's.
 * Final when every call has ended and all that it has is done, or a while has passed without any.
 * Source: https://www.twilio.com/docs/voice/api/recording#read-multiple-recording-resources
 */
export async function findRecordings(
  deps: RecordingsDeps,
  keys: readonly CallKey[],
  signal: AbortSignal,
): Promise<LookUp> {
  const callSids = callSidsOf(keys);
  const rows: Json[] = [];
  for (const callSid of callSids) rows.push(...(await recordingsOf(deps, callSid, signal)));
  const facts = rows.map((row) => recordingFact(row, deps.apiHost()));
  if (callSids.length === 0 || rows.some((row) => !settled.has(textOf(row, 'status') ?? ''))) {
    return { facts, isFinal: false };
  }
  const ends = await endsOf(deps, callSids, signal);
  const lastEndMs = Math.max(0, ...ends.map(({ endedAtMs }) => endedAtMs));
  return {
    facts: [...facts, ...ends.flatMap(({ fact }) => fact ?? [])],
    isFinal: Number.isFinite(lastEndMs) && (rows.length > 0 || deps.now() - lastEndMs >= graceMs),
  };
}

/** When each call ended: infinitely late while it goes on, long ago for one that Twilio does not know. */
async function endsOf(
  { ask }: RecordingsDeps,
  callSids: readonly string[],
  signal: AbortSignal,
): Promise<{ endedAtMs: number; fact: PulledFact | null }[]> {
  const ends: { endedAtMs: number; fact: PulledFact | null }[] = [];
  for (const callSid of callSids) {
    const call = await fetchCall(ask, callSid, signal);
    if (call === null) ends.push({ endedAtMs: 0, fact: null });
    else {
      const endedAtMs = isOver(call) ? (momentOf(call, 'end_time') ?? 0) : Number.POSITIVE_INFINITY;
      ends.push({ endedAtMs, fact: callFact(call) });
    }
  }
  return ends;
}

/**
 * One page of all recordings that were begun in a stretch of time, newest first. Those that somebody deleted at Twilio
 * are among them, as deleted, for 40 days: a call whose audio is gone says so.
 * Source: https://www.twilio.com/docs/voice/api/recording#read-multiple-recording-resources (IncludeSoftDeleted)
 */
export async function listRecordings(
  deps: RecordingsDeps,
  window: Window,
  signal: AbortSignal,
): Promise<{ facts: PulledFact[]; nextPage: string | null }> {
  const { after, before } = daysAround(window);
  const list: List = {
    name: 'recordings',
    file: 'Recordings.json',
    accountSid: deps.accountSid(),
    first: (client) =>
      client.recordings.page({
        dateCreatedAfter: after,
        dateCreatedBefore: before,
        includeSoftDeleted: true,
        pageSize,
      }),
    next: (client, url) => client.recordings.getPage(url),
  };
  const { items, nextPage } = await listPage(deps.ask, list, window.page, signal);
  const inside = items.filter((item) => isWithin(window, momentOf(item, 'date_created')));
  return { facts: inside.map((item) => recordingFact(item, deps.apiHost())), nextPage };
}

/**
 * Takes a recording away at Twilio, for good.
 * Source: https://www.twilio.com/docs/voice/api/recording#delete-a-recording-resource (204 without a body)
 * @returns gone: it was not there any more
 * Errors: bad_input (an id that does not fit), provider_refused (it is still running), those of asking
 */
export async function deleteRecording(
  { ask }: RecordingsDeps,
  recording: RecordingRow,
  signal: AbortSignal,
): Promise<'deleted' | 'gone'> {
  const sid = recording.providerRecordingId;
  if (!recordingSidPattern.test(sid)) throw new AppError('bad_input', 'This is no id of a Twilio recording.');
  try {
    const { status } = await ask(signal, (client) => client.recordings(sid).remove());
    if (status === 204) return 'deleted';
  } catch (error) {
    if (!(error instanceof TwilioRefusal)) throw error;
    if (error.httpStatus === 404) return 'gone';
    if (error.httpStatus !== 409 && error.providerCode !== '20409') throw error;
    throw new AppError('provider_refused', 'The recording is still running at Twilio.', { cause: error });
  }
  // The SDK takes any 2xx for a yes, a sign-in page in between included.
  throw new AppError('network_failed', 'Twilio did not say that it deleted the recording.', {
    retryable: true,
  });
}
