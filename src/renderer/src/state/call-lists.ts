// The arithmetic of lists: pages put together, changed calls put in their place. Pure functions of the state.
import type { Output } from '../../../preload/contract/api.ts';
import type { CallView } from '../../../preload/contract/calls.ts';
import type { ErrorView } from '../../../preload/contract/errors.ts';
import type { EventEnvelope } from '../../../preload/contract/events.ts';
import { isLive } from '../words.ts';
import { type CallFilter, compareCalls, matchesFilter } from './call-filter.ts';

export interface CallList {
  filter: CallFilter;
  /** Newest first. */
  ids: string[];
  /** New calls that wait behind "3 new calls" while the list is scrolled; newest first. */
  heldIds: string[];
  nextCursor: string | null;
  phase: 'loading' | 'ready' | 'failed';
  loadingMore: boolean;
  error: ErrorView | null;
  atTop: boolean;
}

export interface CallLists {
  callsById: ReadonlyMap<string, CallView>;
  lists: Record<string, CallList>;
  listKey: string;
  /** Oldest first: live rows never jump. */
  liveIds: string[];
  /** Seen live, then ended; latest end first. */
  endedIds: string[];
}

/** "Just ended" shows this many at the most. */
const endedKept = 50;

export function emptyList(filter: CallFilter): CallList {
  return {
    filter,
    ids: [],
    heldIds: [],
    nextCursor: null,
    phase: 'loading',
    loadingMore: false,
    error: null,
    atTop: true,
  };
}

/**
 * Puts a page into its list. The first page is joined with what is shown below it, so that a refresh moves nothing;
 * where it no longer meets what is shown, too much happened in between and the list begins anew.
 */
export function mergePage(
  state: CallLists,
  key: string,
  page: Output<'calls.list'>,
  isFirst: boolean,
): Pick<CallLists, 'callsById' | 'lists'> {
  const callsById = new Map(state.callsById);
  for (const call of page.items) callsById.set(call.callId, call);
  const list = state.lists[key];
  if (list === undefined) return { callsById, lists: state.lists };
  const pageIds = page.items.map(({ callId }) => callId);
  const known = new Set(pageIds);
  const rest = list.ids.filter((id) => !known.has(id));
  const meets = rest.length < list.ids.length;
  const oldest = page.items.at(-1);
  const older = rest.filter((id) => {
    const call = callsById.get(id);
    return call !== undefined && oldest !== undefined && compareCalls(oldest, call) < 0;
  });
  // Scrolled away from the top, what is new waits, so that nothing moves under the reader's eyes.
  const shown = new Set(list.ids);
  const newCount = isFirst && meets && !list.atTop ? pageIds.findIndex((id) => shown.has(id)) : 0;
  const joined = isFirst ? (meets ? [...pageIds.slice(newCount), ...older] : pageIds) : [...rest, ...pageIds];
  const keepsCursor = isFirst && meets && older.length > 0;
  const next: CallList = {
    ...list,
    ids: joined,
    heldIds: isFirst ? pageIds.slice(0, newCount) : list.heldIds,
    nextCursor: keepsCursor ? list.nextCursor : page.nextCursor,
    phase: 'ready',
    loadingMore: false,
    error: null,
  };
  return { callsById, lists: { ...state.lists, [key]: next } };
}

/** Takes calls in without putting them into a list: what is live now, or one that was opened by its address. */
export function putCalls(
  state: CallLists,
  calls: readonly CallView[],
  nowMs: number,
): Pick<CallLists, 'callsById' | 'liveIds' | 'endedIds'> {
  const callsById = new Map(state.callsById);
  for (const call of calls) callsById.set(call.callId, call);
  return { callsById, ...liveAfter(state, callsById, calls, nowMs) };
}

/** Folds a batch of events into calls and lists: one change of the state per animation frame, however many came. */
export function applyCallEvents(
  state: CallLists,
  events: readonly EventEnvelope[],
  nowMs: number,
): Pick<CallLists, 'callsById' | 'lists' | 'liveIds' | 'endedIds'> {
  const callsById = new Map(state.callsById);
  const changed = new Map<string, CallView>();
  const gone = new Set<string>();
  for (const event of events) {
    if (event.name === 'call.changed') {
      const { call } = event.data;
      callsById.set(call.callId, call);
      changed.set(call.callId, call);
      gone.delete(call.callId);
    } else if (event.name === 'call.merged') {
      callsById.delete(event.data.callId);
      changed.delete(event.data.callId);
      gone.add(event.data.callId);
    }
  }
  const lists = Object.fromEntries(
    Object.entries(state.lists).map(([key, list]) => [key, listAfter(list, callsById, changed, gone)]),
  );
  return { callsById, lists, ...liveAfter(state, callsById, [...changed.values()], nowMs, gone) };
}

function listAfter(
  list: CallList,
  callsById: ReadonlyMap<string, CallView>,
  changed: ReadonlyMap<string, CallView>,
  gone: ReadonlySet<string>,
): CallList {
  if (list.phase === 'loading') return list;
  const stays = (id: string): boolean => {
    const call = changed.get(id);
    // A row that stops matching leaves; one found by a search stays, because only the main process can judge it.
    return !gone.has(id) && (call === undefined || list.filter.q !== '' || matchesFilter(call, list.filter));
  };
  const ids = list.ids.filter(stays);
  const heldIds = list.heldIds.filter(stays);
  const present = new Set([...ids, ...heldIds]);
  const added = [...changed.values()].filter(
    (call) => !present.has(call.callId) && matchesFilter(call, list.filter),
  );
  if (added.length === 0 && ids.length === list.ids.length && heldIds.length === list.heldIds.length)
    return list;

  const first = callsById.get(ids[0] ?? '');
  const last = callsById.get(ids.at(-1) ?? '');
  const order = (a: string, b: string): number => {
    const [left, right] = [callsById.get(a), callsById.get(b)];
    return left === undefined || right === undefined ? 0 : compareCalls(left, right);
  };
  const insert: string[] = [];
  const hold: string[] = [];
  for (const call of added) {
    // Older than the last row that was read: it comes with its page.
    if (last !== undefined && list.nextCursor !== null && compareCalls(last, call) < 0) continue;
    const isAbove = first === undefined || compareCalls(call, first) < 0;
    (isAbove && !list.atTop ? hold : insert).push(call.callId);
  }
  return {
    ...list,
    ids: insert.length > 0 ? [...ids, ...insert].sort(order) : ids,
    heldIds: hold.length > 0 ? [...heldIds, ...hold].sort(order) : heldIds,
  };
}

function liveAfter(
  state: CallLists,
  callsById: ReadonlyMap<string, CallView>,
  changed: readonly CallView[],
  nowMs: number,
  gone: ReadonlySet<string> = new Set(),
): Pick<CallLists, 'liveIds' | 'endedIds'> {
  const live = new Set(state.liveIds.filter((id) => !gone.has(id)));
  const ended = new Set(state.endedIds.filter((id) => !gone.has(id)));
  for (const call of changed) {
    if (isLive(call)) {
      live.add(call.callId);
      ended.delete(call.callId);
    } else if (live.delete(call.callId) || justEnded(call, nowMs)) {
      ended.add(call.callId);
    }
  }
  const startedAt = (id: string): number => callsById.get(id)?.startedAtMs ?? 0;
  const endedAt = (id: string): number => callsById.get(id)?.endedAtMs ?? 0;
  return {
    liveIds: [...live].sort((a, b) => startedAt(a) - startedAt(b) || (a < b ? -1 : 1)),
    endedIds: [...ended].sort((a, b) => endedAt(b) - endedAt(a) || (a < b ? -1 : 1)).slice(0, endedKept),
  };
}

function justEnded(call: CallView, nowMs: number): boolean {
  return call.endedAtMs !== null && nowMs - call.endedAtMs < endedShownMs;
}

/** An ended call stays in "Just ended" this long, by the product's clock. */
export const endedShownMs = 60_000;
