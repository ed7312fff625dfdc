// Placing calls, and asking back what became of a call that may have been placed.
import type { ErrorCode } from '../../../preload/contract/errors.ts';
import { AppError } from '../../domain/errors.ts';
import { type CallKey, ourCallKey } from '../../domain/provider-event.ts';
import type { DialAnswer, DialOrder, PulledFact } from '../provider.ts';
import type { Ask } from './client.ts';
import { keyOf, keysOf, providerId, uuidPattern } from './ids.ts';
import { canonical, isJson, type Json, momentOf, objectOf, textOf } from './json.ts';
import { listActiveCalls, listCallEvents, type Page } from './lists.ts';
import { toClientState } from './our-call.ts';
import { TelnyxRefusal } from './refusals.ts';
import { callEventsPath } from './webhook.ts';

export interface DialDeps {
  ask: Ask;
  now: () => number;
  connectionId: () => string;
  fromNumber: () => string;
}

/**
 * Dials, recorded from the answer on two channels as WAV. `command_id` makes Telnyx drop a second command of the same
 * asking; `recording_id` of the answer names the recording before it exists. `is_alive` is always false here.
 * Source: https://developers.telnyx.com/api-reference/call-commands/dial
 */
export async function dial(deps: DialDeps, order: DialOrder, signal: AbortSignal): Promise<DialAnswer> {
  const connectionId = deps.connectionId();
  const from = order.from ?? deps.fromNumber();
  if (connectionId === '' || from === '') return refused('not_set_up', null);
  try {
    const answer = await deps.ask(signal, (client, options) =>
      client.calls.dial(
        {
          connection_id: connectionId,
          to: order.to,
          from,
          client_state: toClientState(order.callId),
          command_id: order.attemptKey,
          ...(order.record
            ? {
                record: 'record-from-answer',
                record_channels: 'dual',
                record_format: 'wav',
                record_track: 'both',
                record_custom_file_name: order.callId,
              }
            : {}),
          ...(order.publicUrl === null
            ? {}
            : { webhook_url: `${order.publicUrl}${callEventsPath}`, webhook_url_method: 'POST' }),
        },
        options,
      ),
    );
    const data: unknown = answer.data;
    const fact = isJson(data) ? placedFact(data, order, from, '/v2/calls', deps.now()) : null;
    return fact === null ? { outcome: 'unknown', code: 'dial_unknown' } : { outcome: 'placed', fact };
  } catch (error) {
    return answerOf(error);
  }
}

function refused(code: ErrorCode, providerCode: string | null): DialAnswer {
  return { outcome: 'refused', code, providerCode };
}

/** Codes of requests that never left. */
const unsent: readonly ErrorCode[] = ['secret_missing', 'blocked_address'];

/**
 * Refused for certain only where Telnyx said no, or nothing was sent: everything else may have rung a phone. A 429 is
 * answered before a command is looked at; besides, a second one with the same command_id would be ignored.
 * Source: https://developers.telnyx.com/development/api-guide/rate-limiting
 */
function answerOf(error: unknown): DialAnswer {
  if (error instanceof TelnyxRefusal) {
    const { code, providerCode, retryAfterMs = null } = error;
    if (code === 'provider_rate_limited') return { outcome: 'not_processed', retryAfterMs };
    return code === 'provider_unavailable' ? { outcome: 'unknown', code } : refused(code, providerCode);
  }
  if (!(error instanceof AppError)) throw error;
  return unsent.includes(error.code) ? refused(error.code, null) : { outcome: 'unknown', code: error.code };
}

/** The call as the answer to its dialling, the list of live calls or an event tells of it. */
function placedFact(
  item: Json,
  order: DialOrder,
  from: string,
  path: string,
  nowMs: number,
): PulledFact | null {
  const keys = keysOf(item);
  const control = textOf(item, 'call_control_id');
  const legId = textOf(item, 'call_leg_id');
  if (keys === null || legId === undefined) return null;
  const all: CallKey[] = [...keys, ourCallKey(order.callId)];
  const recordingId = textOf(item, 'recording_id');
  if (recordingId !== undefined && uuidPattern.test(recordingId))
    all.push(keyOf('recording_id', recordingId));
  const dedupeKey = `dial:${legId}:${control === undefined ? 'listed' : 'placed'}:${recordingId ?? ''}`;
  const startedAtMs = momentOf(item, 'start_time');
  return {
    outcome: 'applied',
    label: 'call dialed',
    dedupeKey,
    path,
    body: canonical(item),
    events: [
      {
        kind: 'call.started',
        eventKey: `${dedupeKey}:0`,
        providerId,
        occurredAtMs: startedAtMs ?? nowMs,
        sequence: 0,
        keys: all,
        data: {
          leg: { legId, parentLegId: null },
          status: 'queued',
          direction: 'outbound',
          from,
          to: order.to,
          ...(startedAtMs === undefined ? {} : { startedAtMs }),
        },
      },
    ],
  };
}

/** Pages of a search that are looked through: 2,000 live calls or events. */
const maxPages = 20;

/**
 * Looks for a call by what its order carried: among the live calls by client_state, then, because it may have ended,
 * among the events of the last 24 hours.
 * Sources: https://developers.telnyx.com/api-reference/call-information/list-all-active-calls-for-given-connection,
 * https://developers.telnyx.com/api-reference/debugging/list-call-events
 * @returns null when it is not listed (yet)
 */
export async function findDial(
  deps: DialDeps,
  order: DialOrder,
  signal: AbortSignal,
): Promise<PulledFact | null> {
  const connectionId = deps.connectionId();
  const from = order.from ?? deps.fromNumber();
  const clientState = toClientState(order.callId);
  const fact = (item: Json | undefined, path: string): PulledFact | null =>
    item === undefined ? null : placedFact(item, order, from, path, deps.now());
  if (connectionId !== '') {
    const path = `/v2/connections/${connectionId}/active_calls`;
    const live = await search(
      (page) => listActiveCalls(deps.ask, connectionId, page, signal),
      (item) => (textOf(item, 'client_state') === clientState ? item : undefined),
    );
    if (live !== undefined) return fact(live, path);
  }
  const marks = [clientState, order.attemptKey];
  const past = await search(
    (page) => listCallEvents(deps.ask, { product: 'call_control', to: order.to }, page, signal),
    (item) => (names(objectOf(item, 'metadata'), marks) ? withControlId(item) : undefined),
  );
  return fact(past, '/v2/call_events');
}

async function search(
  list: (page: number) => Promise<Page>,
  pick: (item: Json) => Json | undefined,
): Promise<Json | undefined> {
  for (let page = 1; page <= maxPages; page++) {
    const { items, hasNext } = await list(page);
    for (const item of items) {
      const picked = pick(item);
      if (picked !== undefined) return picked;
    }
    if (!hasNext) return undefined;
  }
  return undefined;
}

/** Whether metadata, whose form is not documented, names one of our marks in its client_state or command_id. */
function names(metadata: unknown, marks: readonly string[]): boolean {
  if (Array.isArray(metadata)) return metadata.some((item) => names(item, marks));
  if (!isJson(metadata)) return false;
  return Object.entries(metadata).some(([name, value]) =>
    (name === 'client_state' || name === 'command_id') && typeof value === 'string'
      ? marks.includes(value)
      : names(value, marks),
  );
}

/** Call events name leg and session; the call control id is in the metadata. */
function withControlId(item: Json): Json {
  const control = findControlId(item['metadata']);
  return {
    call_leg_id: item['call_leg_id'],
    call_session_id: item['call_session_id'],
    ...(control === undefined ? {} : { call_control_id: control }),
  };
}

/** The first call_control_id anywhere in the metadata of a call event. */
export function findControlId(metadata: unknown): string | undefined {
  if (!isJson(metadata)) return undefined;
  const own = textOf(metadata, 'call_control_id');
  return (
    own ??
    Object.values(metadata)
      .map(findControlId)
      .find((id) => id !== undefined)
  );
}
