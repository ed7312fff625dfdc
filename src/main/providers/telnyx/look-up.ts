// How a call stands, asked for: what its webhooks would have told, whether they arrived or not.
import type { CallKey, DomainEvent } from '../../domain/provider-event.ts';
import type { LookUp, PulledFact } from '../provider.ts';
import type { Ask } from './client.ts';
import { findControlId } from './dial.ts';
import { eventIdPattern, keyOf, keysOf, providerId, valuesOf } from './ids.ts';
import { canonical, countOf, isJson, type Json, momentOf, objectOf, textOf } from './json.ts';
import { listCallEvents } from './lists.ts';
import { ourKeysOf } from './our-call.ts';
import { TelnyxRefusal } from './refusals.ts';
import { eventOf, isOfInterest } from './webhook.ts';

const maxPages = 5;

/**
 * Reads the events of the call's sessions (or legs), then, where they do not tell of its end, the state of its legs.
 * Rows of other calls are dropped. Final when every leg that is known has ended.
 * Source: https://developers.telnyx.com/api-reference/debugging/list-call-events
 */
export async function lookUpCall(ask: Ask, keys: readonly CallKey[], signal: AbortSignal): Promise<LookUp> {
  const facts: PulledFact[] = [];
  const ended = new Set<string>();
  const begun = new Set<string>(valuesOf(keys, 'call_leg_id'));
  const answered = new Set<string>();
  for (const row of await eventRows(ask, keys, signal)) {
    const legId = textOf(row, 'call_leg_id') ?? '';
    const name = textOf(row, 'name') ?? '';
    begun.add(legId);
    if (name === 'call.answered') answered.add(legId);
    if (name === 'call.hangup') ended.add(legId);
    const fact = rowFact(row, answered.has(legId));
    if (fact !== null) facts.push(fact);
  }
  if (begun.size > 0 && [...begun].every((legId) => ended.has(legId))) return { facts, isFinal: true };
  const states = await legStates(ask, keys, [...ended], signal);
  const isFinal =
    states.length > 0 && states.every((state) => state.isOver) && begun.size <= states.length + ended.size;
  return { facts: [...facts, ...states.flatMap(({ fact }) => fact ?? [])], isFinal };
}

async function eventRows(ask: Ask, keys: readonly CallKey[], signal: AbortSignal): Promise<Json[]> {
  const sessions = valuesOf(keys, 'call_session_id');
  const wanted = sessions.length > 0 ? sessions : valuesOf(keys, 'call_leg_id');
  const field = sessions.length > 0 ? 'call_session_id' : 'call_leg_id';
  const rows: Json[] = [];
  for (const value of wanted) {
    const filter = sessions.length > 0 ? { application_session_id: value } : { leg_id: value };
    for (let page = 1; page <= maxPages; page++) {
      const { items, hasNext } = await listCallEvents(ask, filter, page, signal);
      rows.push(...items.filter((item) => textOf(item, field) === value));
      if (!hasNext) break;
    }
  }
  return rows
    .filter((row) => textOf(row, 'type') === 'webhook' && isOfInterest(textOf(row, 'name') ?? ''))
    .sort((a, b) => (momentOf(a, 'event_timestamp') ?? 0) - (momentOf(b, 'event_timestamp') ?? 0));
}

/**
 * A listed event as the webhook that it stands for. Its metadata "includes the raw event" in a form that is not
 * documented: where that cannot be found, name, moment and ids of the row have to do.
 * @param wasAnswered null while not known: then an end without a cause says nothing, and the call is asked after
 */
export function rowFact(row: Json, wasAnswered: boolean | null): PulledFact | null {
  const type = textOf(row, 'name') ?? '';
  const occurredAtMs = momentOf(row, 'event_timestamp');
  const raw = rawEventIn(row['metadata']);
  const payload = { ...raw.payload, ...idsOf(row) };
  const keys = keysOf(payload);
  if (keys === null || keys.length === 0 || occurredAtMs === undefined) return null;
  // Without a cause only the answer tells whether anybody talked.
  const hasCause = textOf(payload, 'hangup_cause') !== undefined;
  if (type === 'call.hangup' && !hasCause && wasAnswered === null) return null;
  const cause = wasAnswered ? 'normal_clearing' : 'no_answer';
  const dedupeKey = raw.id ?? `call-event:${textOf(row, 'call_leg_id') ?? ''}:${type}:${occurredAtMs}`;
  const event = eventOf({
    type,
    occurredAtMs: raw.occurredAtMs ?? occurredAtMs,
    payload: type === 'call.hangup' && !hasCause ? { ...payload, hangup_cause: cause } : payload,
    keys: [...keys, ...ourKeysOf(payload)],
    eventKey: `${dedupeKey}:0`,
  });
  if (event === null) return null;
  return {
    outcome: 'applied',
    label: type,
    dedupeKey,
    path: '/v2/call_events',
    body: canonical(row),
    events: [event],
  };
}

function idsOf(row: Json): Json {
  const control = findControlId(row['metadata']);
  return {
    call_leg_id: row['call_leg_id'],
    call_session_id: row['call_session_id'],
    ...(control === undefined ? {} : { call_control_id: control }),
  };
}

interface RawEvent {
  id: string | undefined;
  occurredAtMs: number | undefined;
  payload: Json;
}

/** The first object with a payload, however deep; the event's own id makes it the same fact as its webhook. */
function rawEventIn(metadata: unknown): RawEvent {
  const none = { id: undefined, occurredAtMs: undefined, payload: {} };
  if (!isJson(metadata)) return none;
  if (isJson(metadata['payload'])) {
    const id = textOf(metadata, 'id');
    return {
      id: id !== undefined && eventIdPattern.test(id) ? id : undefined,
      occurredAtMs: momentOf(metadata, 'occurred_at'),
      payload: objectOf(metadata, 'payload'),
    };
  }
  const deeper = Object.values(metadata).filter(isJson).map(rawEventIn);
  return deeper.find(({ payload }) => Object.keys(payload).length > 0) ?? none;
}

/**
 * The state of each leg; known until ten minutes after its end.
 * Source: https://developers.telnyx.com/api-reference/call-information/retrieve-a-call-status
 */
async function legStates(
  ask: Ask,
  keys: readonly CallKey[],
  told: readonly string[],
  signal: AbortSignal,
): Promise<{ isOver: boolean; fact: PulledFact | null }[]> {
  const states: { isOver: boolean; fact: PulledFact | null }[] = [];
  for (const controlId of valuesOf(keys, 'call_control_id')) {
    const item = await fetchState(ask, controlId, signal);
    // Not known any more: it ended longer ago than states are kept.
    if (item === null) continue;
    if (told.includes(textOf(item, 'call_leg_id') ?? '')) continue;
    const endedAtMs = momentOf(item, 'end_time');
    const isOver = item['is_alive'] === false && endedAtMs !== undefined;
    states.push({ isOver, fact: isOver ? endedFact(item, controlId, endedAtMs) : null });
  }
  return states;
}

async function fetchState(ask: Ask, controlId: string, signal: AbortSignal): Promise<Json | null> {
  try {
    const answer = await ask(signal, (client, options) => client.calls.retrieveStatus(controlId, options));
    const item: unknown = answer.data;
    return isJson(item) && textOf(item, 'call_control_id') === controlId ? item : null;
  } catch (error) {
    if (error instanceof TelnyxRefusal && ['10005', '90015', '90018'].includes(error.providerCode ?? ''))
      return null;
    if (error instanceof TelnyxRefusal && error.httpStatus === 404) return null;
    throw error;
  }
}

/** The state does not say whether anybody answered; a duration of zero is no talk. */
function endedFact(item: Json, controlId: string, endedAtMs: number): PulledFact | null {
  const keys = keysOf(item);
  if (keys === null) return null;
  const startedAtMs = momentOf(item, 'start_time');
  const legId = textOf(item, 'call_leg_id');
  const dedupeKey = `call-state:${controlId}:${endedAtMs}`;
  const event: DomainEvent = {
    kind: 'call.ended',
    eventKey: `${dedupeKey}:0`,
    providerId,
    occurredAtMs: endedAtMs,
    // Before the hangup itself, which knows more, should it still be heard of.
    sequence: 3,
    keys: [...keys, keyOf('call_control_id', controlId), ...ourKeysOf(item)],
    data: {
      ...(legId === undefined ? {} : { leg: { legId, parentLegId: null } }),
      status: (countOf(item, 'call_duration') ?? 0) > 0 ? 'completed' : 'no_answer',
      endedAtMs,
      ...(startedAtMs === undefined ? {} : { startedAtMs }),
    },
  };
  return {
    outcome: 'applied',
    label: 'call ended',
    dedupeKey,
    path: `/v2/calls/${controlId}`,
    body: canonical(item),
    events: [event],
  };
}
