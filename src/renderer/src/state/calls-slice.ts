// Calls by id and the lists that name them: pages by cursor, changes as they are told.
import type { StateCreator } from 'zustand/vanilla';
import type { Input } from '../../../preload/contract/api.ts';
import type { CallView } from '../../../preload/contract/calls.ts';
import type { ErrorView } from '../../../preload/contract/errors.ts';
import type { EventEnvelope } from '../../../preload/contract/events.ts';
import type { Client } from '../client/client.ts';
import { applyCallEvents, type CallLists, emptyList, mergePage, putCalls } from './call-lists.ts';
import { type CallFilter, filterKey, toCountInput, toListInput } from './call-filter.ts';
import type { AppState } from './store.ts';

export interface Counts {
  total: number;
  live: number;
  needsAttention: number;
  cap: number;
}

export interface CallsSlice extends CallLists {
  /** Overall, for the sidebar. */
  counts: Counts | null;
  /** How many calls began today, for the Live view. */
  todayCount: Counts | null;
  /** Of the list that is shown. */
  listCounts: { key: string; counts: Counts } | null;
  liveError: ErrorView | null;
  openList(filter: CallFilter): void;
  reloadList(): void;
  loadMore(): void;
  /** The list was scrolled: while it is not at the top, new calls are held back so that nothing moves. */
  setAtTop(atTop: boolean): void;
  showHeld(): void;
  loadLive(): Promise<void>;
  refreshCounts(): void;
  applyCalls(events: readonly EventEnvelope[]): void;
}

// Counts are asked for at most this often: a burst of calls must not become a burst of questions.
const countDelayMs = 400;
const keptLists = 6;

/** @param client asked for pages and counts */
export function createCallsSlice(
  client: Client,
  productNow: () => number,
): StateCreator<AppState, [], [], CallsSlice> {
  return (set, get) => {
    // What changed while an answer was on its way is newer than the answer: it is laid over it again.
    const underway = new Set<EventEnvelope[]>();
    const askList = async (input: Input<'calls.list'>) => {
      const meanwhile: EventEnvelope[] = [];
      underway.add(meanwhile);
      const reply = await client.invoke('calls.list', input);
      underway.delete(meanwhile);
      return { reply, meanwhile };
    };

    let countTimer: ReturnType<typeof setTimeout> | null = null;

    const patchList = (key: string, patch: Partial<CallLists['lists'][string]>): void => {
      const list = get().lists[key];
      if (list !== undefined) set({ lists: { ...get().lists, [key]: { ...list, ...patch } } });
    };

    const readPage = async (filter: CallFilter, cursor: string | null): Promise<void> => {
      const key = filterKey(filter);
      const { reply, meanwhile } = await askList(toListInput(filter, cursor));
      if (!reply.ok) {
        patchList(key, { phase: 'failed', error: reply.error, loadingMore: false });
        return;
      }
      set((state) => {
        const merged = { ...state, ...mergePage(state, key, reply.data, cursor === null) };
        return { ...merged, ...applyCallEvents(merged, meanwhile, productNow()) };
      });
    };

    const count = async (input: Input<'calls.count'>): Promise<Counts | null> => {
      const reply = await client.invoke('calls.count', input);
      return reply.ok ? reply.data : null;
    };

    const readCounts = async (): Promise<void> => {
      const filter = get().lists[get().listKey]?.filter;
      const todayMs = filter?.todayMs ?? new Date(productNow()).setHours(0, 0, 0, 0);
      const [all, today, shown] = await Promise.all([
        count({}),
        count({ startedFromMs: todayMs }),
        filter === undefined ? null : count(toCountInput(filter)),
      ]);
      set((state) => ({
        counts: all ?? state.counts,
        todayCount: today ?? state.todayCount,
        listCounts:
          shown === null || filter === undefined
            ? state.listCounts
            : { key: filterKey(filter), counts: shown },
      }));
    };

    return {
      callsById: new Map(),
      lists: {},
      listKey: '',
      liveIds: [],
      endedIds: [],
      counts: null,
      todayCount: null,
      listCounts: null,
      liveError: null,

      openList(filter) {
        const key = filterKey(filter);
        const known = get().lists[key];
        const kept = Object.entries(get().lists).slice(-keptLists);
        const list = known ?? emptyList(filter);
        set({ listKey: key, lists: { ...Object.fromEntries(kept), [key]: { ...list, filter } } });
        // A list seen before is shown at once and brought up to date behind it.
        void readPage(filter, null);
        void readCounts();
      },

      reloadList() {
        const list = get().lists[get().listKey];
        if (list === undefined) return;
        patchList(get().listKey, { phase: list.ids.length === 0 ? 'loading' : list.phase, error: null });
        void readPage(list.filter, null);
        get().refreshCounts();
      },

      loadMore() {
        const list = get().lists[get().listKey];
        if (list === undefined || list.loadingMore || list.nextCursor === null) return;
        patchList(get().listKey, { loadingMore: true });
        void readPage(list.filter, list.nextCursor);
      },

      setAtTop(atTop) {
        const list = get().lists[get().listKey];
        if (list === undefined || list.atTop === atTop) return;
        patchList(get().listKey, { atTop });
        if (atTop) get().showHeld();
      },

      showHeld() {
        const list = get().lists[get().listKey];
        if (list === undefined || list.heldIds.length === 0) return;
        patchList(get().listKey, { ids: [...list.heldIds, ...list.ids], heldIds: [] });
      },

      async loadLive() {
        const { reply, meanwhile } = await askList({ live: true, limit: 200 });
        if (!reply.ok) {
          set({ liveError: reply.error });
          return;
        }
        set((state) => {
          // The answer is the whole truth about what is live; what ended unseen is no longer in it.
          const isLiveNow = new Set(reply.data.items.map(({ callId }) => callId));
          const known = { ...state, liveIds: state.liveIds.filter((id) => isLiveNow.has(id)) };
          const put = { ...known, ...putCalls(known, reply.data.items, productNow()) };
          return { ...put, ...applyCallEvents(put, meanwhile, productNow()), liveError: null };
        });
      },

      refreshCounts() {
        countTimer ??= setTimeout(() => {
          countTimer = null;
          void readCounts();
        }, countDelayMs);
      },

      applyCalls(events) {
        const changed = events.some(({ name }) => name === 'call.changed' || name === 'call.merged');
        if (!changed) return;
        for (const meanwhile of underway) meanwhile.push(...events);
        set((state) => applyCallEvents(state, events, productNow()));
        get().refreshCounts();
      },
    };
  };
}

/** Looks a call up by id; a merged id that was open stays open as the call it became. */
export function callOf(state: CallLists, callId: string | null): CallView | null {
  return callId === null ? null : (state.callsById.get(callId) ?? null);
}
