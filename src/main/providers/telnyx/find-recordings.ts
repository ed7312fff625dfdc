// What Telnyx has recorded of exactly one call.
import { randomUUID } from 'node:crypto';
import { AppError } from '../../domain/errors.ts';
import type { CallKey } from '../../domain/provider-event.ts';
import type { LookUp, PulledFact } from '../provider.ts';
import type { Ask } from './client.ts';
import { type KeyKind, keyOf, valuesOf } from './ids.ts';
import { type Json, isJson, textOf } from './json.ts';
import { listRecordings, type RecordingFilter } from './lists.ts';
import { recordingFact } from './recording.ts';
import { TelnyxRefusal } from './refusals.ts';

/** Told of rows that were listed for a call and are of another one: the API did not do what was asked. */
export type OnForeignRows = (count: number) => void;

/** If a filter is ignored the whole account is listed: so many pages are searched for the call's own rows. */
const maxPages = 20;

/** So long after its end a call is asked after whose SIP Call-ID is all that is known of it. */
const guessedMs = 15 * 60_000;

/** Recordings of a call that end together are saved within seconds of each other. */
const settledMs = 90_000;

/**
 * Lists by one documented filter per request and keeps only rows whose own ids are those of the call: an API that
 * ignores a filter answers with other people's recordings. A session covers all its legs; legs, call control ids and
 * SIP Call-IDs are asked for only where no session is known. Recordings whose id is known (from the dialling or a
 * webhook) are asked for by it.
 * Source: https://developers.telnyx.com/api-reference/call-recordings/list-all-call-recordings (filters, fields of a row)
 */
export async function findRecordings(
  deps: { ask: Ask; now: () => number; onForeignRows: OnForeignRows },
  keys: readonly CallKey[],
  signal: AbortSignal,
): Promise<LookUp> {
  const facts = new Map<string, PulledFact>();
  const missing = new Set(valuesOf(keys, 'recording_id'));
  let isAnswered = true;
  const keep = (fact: PulledFact | null): void => {
    if (fact === null) return;
    facts.set(fact.dedupeKey, fact);
    for (const { keys: named } of fact.events) for (const { value } of named) missing.delete(value);
  };
  for (const { kind, value } of questions(keys)) {
    const path = `/v2/recordings?filter[${kind}]=${value}`;
    const { rows, foreign } = await ownRows(deps, kind, value, signal);
    if (foreign > 0) isAnswered = false;
    const known = kind === 'sip_call_id' ? [keyOf('sip_call_id', value)] : [];
    for (const row of rows) keep(recordingFact(row, path, known));
  }
  for (const id of [...missing]) {
    const row = await fetchRecording(deps.ask, id, signal);
    if (row !== null && isOfCall(row, keys)) keep(recordingFact(row, `/v2/recordings/${id}`));
  }
  const found = [...facts.values()];
  const newestMs = Math.max(...found.flatMap(({ events }) => events.map((event) => event.occurredAtMs)));
  const isFinal = found.length > 0 && missing.size === 0 && deps.now() - newestMs >= settledMs;
  // Whether the trunk is Telnyx's at all is not known then; if it is, the recording is there within minutes.
  const isGuess = found.length === 0 && questions(keys).every(({ kind }) => kind === 'sip_call_id');
  // A list whose filter was ignored has not answered the question, however late it is.
  const mayEnd = isGuess && isAnswered && missing.size === 0;
  return { facts: found, isFinal, ...(mayEnd ? { finalAfterEndMs: guessedMs } : {}) };
}

type Question = { kind: Exclude<KeyKind, 'recording_id'>; value: string };

function questions(keys: readonly CallKey[]): Question[] {
  for (const kind of ['call_session_id', 'call_leg_id', 'call_control_id'] as const) {
    const values = valuesOf(keys, kind);
    if (values.length > 0) return values.map((value) => ({ kind, value }));
  }
  return valuesOf(keys, 'sip_call_id').map((value) => ({ kind: 'sip_call_id', value }));
}

function filterOf({ kind, value }: Question): RecordingFilter {
  if (kind === 'call_session_id') return { call_session_id: value };
  if (kind === 'call_leg_id') return { call_leg_id: value };
  if (kind === 'call_control_id') return { call_control_id: value };
  return { sip_call_id: value };
}

async function ownRows(
  deps: { ask: Ask; onForeignRows: OnForeignRows },
  kind: Question['kind'],
  value: string,
  signal: AbortSignal,
): Promise<{ rows: Json[]; foreign: number }> {
  const own: Json[] = [];
  const unsure: Json[] = [];
  let foreign = 0;
  for (let page = 1; page <= maxPages; page++) {
    const { items, hasNext } = await listRecordings(deps.ask, filterOf({ kind, value }), page, signal);
    for (const item of items) {
      const given = textOf(item, kind);
      if (given === value) own.push(item);
      // Rows do not name their SIP Call-ID.
      else if (kind === 'sip_call_id' && given === undefined) unsure.push(item);
      else foreign += 1;
    }
    if (!hasNext) break;
  }
  const proven = unsure.length > 0 && (await areProven(deps.ask, unsure, signal));
  if (!proven) foreign += unsure.length;
  if (foreign > 0) deps.onForeignRows(foreign);
  return { rows: proven ? [...own, ...unsure] : own, foreign };
}

/**
 * Whether rows that do not name what was asked for are the answer to it: they are all of one session, and a question
 * that nothing can be the answer to gets none. Otherwise the filter is ignored and they may be anybody's.
 */
async function areProven(ask: Ask, rows: readonly Json[], signal: AbortSignal): Promise<boolean> {
  const sessions = new Set(rows.map((row) => textOf(row, 'call_session_id')));
  if (sessions.size !== 1 || sessions.has(undefined)) return false;
  const nothing = await listRecordings(ask, { sip_call_id: `none-${randomUUID()}` }, 1, signal);
  return nothing.items.length === 0;
}

/** A recording that is asked for by its id is of the call unless it names another one. */
function isOfCall(row: Json, keys: readonly CallKey[]): boolean {
  const sessions = valuesOf(keys, 'call_session_id');
  const session = textOf(row, 'call_session_id');
  return sessions.length === 0 || session === undefined || sessions.includes(session);
}

/**
 * One recording.
 * Source: https://developers.telnyx.com/api-reference/call-recordings/retrieve-a-call-recording
 * @returns null while it does not exist: one in progress is not there yet
 */
export async function fetchRecording(ask: Ask, id: string, signal: AbortSignal): Promise<Json | null> {
  try {
    const answer = await ask(signal, (client, options) => client.recordings.retrieve(id, options));
    const row: unknown = answer.data;
    if (isJson(row) && textOf(row, 'id') === id) return row;
    throw new AppError('provider_unavailable', 'Telnyx answered with another recording.', {
      retryable: true,
    });
  } catch (error) {
    if (error instanceof TelnyxRefusal && error.httpStatus === 404) return null;
    throw error;
  }
}
