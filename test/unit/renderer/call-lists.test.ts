import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallView } from '../../../src/preload/contract/calls.ts';
import {
  compareCalls,
  filterKey,
  matchesFilter,
  toListInput,
} from '../../../src/renderer/src/state/call-filter.ts';
import {
  applyCallEvents,
  type CallLists,
  emptyList,
  mergePage,
} from '../../../src/renderer/src/state/call-lists.ts';
import { changed, makeCall, noonMs, todayMs } from './calls-for-tests.ts';

const filter = { show: 'all', q: '', todayMs } as const;
const key = filterKey(filter);
const minute = (id: string, minutes: number) => makeCall(id, { startedAtMs: noonMs - minutes * 60_000 });

function withPage(calls: readonly CallView[], nextCursor: string | null = null): CallLists {
  const empty: CallLists = {
    callsById: new Map(),
    lists: { [key]: emptyList(filter) },
    listKey: key,
    liveIds: [],
    endedIds: [],
  };
  return { ...empty, ...mergePage(empty, key, { items: [...calls], nextCursor }, true) };
}

const ids = (state: Pick<CallLists, 'lists'>) => state.lists[key]?.ids;
const at = (state: CallLists, atTop: boolean): CallLists => ({
  ...state,
  lists: { ...state.lists, [key]: { ...(state.lists[key] ?? emptyList(filter)), atTop } },
});

describe('pages', () => {
  it('adds the next page below, without repeating what both hold', () => {
    const first = withPage([minute('c', 1), minute('b', 2)], 'next');
    const both = mergePage(first, key, { items: [minute('b', 2), minute('a', 3)], nextCursor: null }, false);
    expect(ids(both)).toEqual(['c', 'b', 'a']);
    expect(both.lists[key]?.nextCursor).toBeNull();
  });

  it('keeps older rows and their cursor when the first page is read again', () => {
    const first = withPage([minute('c', 1), minute('b', 2)], 'one');
    const both = {
      ...first,
      ...mergePage(first, key, { items: [minute('a', 3)], nextCursor: 'two' }, false),
    };
    const again = mergePage(both, key, { items: [minute('d', 0), minute('c', 1)], nextCursor: 'new' }, true);
    expect(ids(again)).toEqual(['d', 'c', 'b', 'a']);
    expect(again.lists[key]?.nextCursor).toBe('two');
  });

  it('begins anew when the first page no longer meets what is shown', () => {
    const old = withPage([minute('b', 500), minute('a', 501)], 'old');
    const again = mergePage(old, key, { items: [minute('z', 1)], nextCursor: 'new' }, true);
    expect(ids(again)).toEqual(['z']);
    expect(again.lists[key]?.nextCursor).toBe('new');
  });

  it('holds new rows of a refresh back while the list is scrolled', () => {
    const scrolled = at(withPage([minute('b', 2), minute('a', 3)]), false);
    const again = mergePage(
      scrolled,
      key,
      { items: [minute('c', 1), minute('b', 2), minute('a', 3)], nextCursor: null },
      true,
    );
    expect(ids(again)).toEqual(['b', 'a']);
    expect(again.lists[key]?.heldIds).toEqual(['c']);
  });
});

describe('live updates', () => {
  it('puts a new call on top, and changes a known one in place', () => {
    const state = withPage([minute('b', 2), minute('a', 3)]);
    const next = applyCallEvents(
      state,
      [changed(minute('c', 1)), changed({ ...minute('a', 3), recordingStatus: 'failed' })],
      noonMs,
    );
    expect(ids(next)).toEqual(['c', 'b', 'a']);
    expect(next.callsById.get('a')?.recordingStatus).toBe('failed');
  });

  it('moves nothing under the eyes of someone who has scrolled', () => {
    const state = at(withPage([minute('b', 2), minute('a', 3)]), false);
    const next = applyCallEvents(state, [changed(minute('c', 1)), changed(minute('d', 0))], noonMs);
    expect(ids(next)).toEqual(['b', 'a']);
    expect(next.lists[key]?.heldIds).toEqual(['d', 'c']);
  });

  it('leaves a call older than the last row read to its page', () => {
    const next = applyCallEvents(withPage([minute('b', 2)], 'more'), [changed(minute('old', 90))], noonMs);
    expect(ids(next)).toEqual(['b']);
  });

  it('drops a call that became part of another', () => {
    const state = withPage([minute('b', 2), minute('a', 3)]);
    const next = applyCallEvents(
      state,
      [{ seq: 1, name: 'call.merged', data: { callId: 'b', intoCallId: 'a' } }],
      noonMs,
    );
    expect(ids(next)).toEqual(['a']);
    expect(next.callsById.has('b')).toBe(false);
  });

  it('moves a call from live to just ended, oldest live first', () => {
    const live = (id: string, minutes: number) => ({
      ...minute(id, minutes),
      status: 'in_progress' as const,
      endedAtMs: null,
    });
    const state = withPage([]);
    const on = {
      ...state,
      ...applyCallEvents(state, [changed(live('b', 1)), changed(live('a', 5))], noonMs),
    };
    expect(on.liveIds).toEqual(['a', 'b']);
    const off = applyCallEvents(on, [changed({ ...minute('a', 5), endedAtMs: noonMs })], noonMs);
    expect(off.liveIds).toEqual(['b']);
    expect(off.endedIds).toEqual(['a']);
  });

  it('ends with the same list in whatever batches the events come', () => {
    const calls = Array.from({ length: 8 }, (_, index) => minute(`call${index}`, index * 3));
    const all = [...calls].sort(compareCalls).map(({ callId }) => callId);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(calls, { minLength: 8 }),
        fc.integer({ min: 1, max: 8 }),
        (order, size) => {
          let state = withPage([]);
          for (let start = 0; start < order.length; start += size) {
            const batch = order.slice(start, start + size).map((call) => changed(call));
            state = { ...state, ...applyCallEvents(state, batch, noonMs) };
          }
          expect(ids(state)).toEqual(all);
        },
      ),
    );
  });
});

describe('filters', () => {
  it('asks for today by its midnight, but searches all dates', () => {
    expect(toListInput({ show: 'today', q: '', todayMs }, null)).toEqual({
      startedFromMs: todayMs,
      limit: 100,
    });
    expect(toListInput({ show: 'today', q: '0132', todayMs }, 'c')).toEqual({
      q: '0132',
      limit: 100,
      cursor: 'c',
    });
    expect(toListInput({ show: 'attention', q: '', todayMs }, null)).toMatchObject({ needsAttention: true });
  });

  it('judges a changed call as the main process would', () => {
    const call = makeCall('a', { reference: 'Intake-7' });
    expect(matchesFilter(call, { show: 'today', q: '', todayMs })).toBe(true);
    expect(matchesFilter({ ...call, startedAtMs: todayMs - 1 }, { show: 'today', q: '', todayMs })).toBe(
      false,
    );
    expect(matchesFilter(call, { show: 'attention', q: '', todayMs })).toBe(false);
    expect(matchesFilter(call, { show: 'all', q: '(415) 555-0132', todayMs })).toBe(true);
    expect(matchesFilter(call, { show: 'all', q: 'intake-7', todayMs })).toBe(true);
    expect(matchesFilter(call, { show: 'all', q: '999', todayMs })).toBe(false);
  });
});
