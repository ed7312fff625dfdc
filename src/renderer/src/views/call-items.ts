// Which lines a list has: calls under their days, or what is live above today's. Pure.
import type { CallView } from '../../../preload/contract/calls.ts';
import type { GridItem } from '../components/call-grid.tsx';
import { counted, dayHeading, dayStart } from '../format.ts';
import { endedShownMs } from '../state/call-lists.ts';

type Calls = ReadonlyMap<string, CallView>;

/** The call log: a heading wherever a new day begins. */
export function logItems(ids: readonly string[], callsById: Calls, nowMs: number): GridItem[] {
  let day: number | null = null;
  return ids.flatMap((callId): GridItem[] => {
    const call = callsById.get(callId);
    if (call === undefined) return [];
    const row: GridItem = { type: 'call', key: callId, callId };
    const ownDay = dayStart(call.startedAtMs);
    if (ownDay === day) return [row];
    day = ownDay;
    return [{ type: 'heading', key: `day:${ownDay}`, label: dayHeading(call.startedAtMs, nowMs) }, row];
  });
}

interface LiveLists {
  liveIds: readonly string[];
  endedIds: readonly string[];
  todayIds: readonly string[];
}

/** The Live screen: now, just ended, earlier today. A call is in one of the three only. */
export function liveItems(
  { liveIds, endedIds, todayIds }: LiveLists,
  callsById: Calls,
  nowMs: number,
  timeScale: number,
  todayCount: number | null,
): GridItem[] {
  // A minute of a fast clock would be gone before anyone could read it.
  const shownMs = endedShownMs * Math.max(1, timeScale);
  const ended = endedIds.filter((id) => {
    const endedAtMs = callsById.get(id)?.endedAtMs ?? null;
    return endedAtMs !== null && nowMs - endedAtMs < shownMs;
  });
  const above = new Set([...liveIds, ...ended]);
  const today = todayIds.filter((id) => !above.has(id) && callsById.has(id));
  const heading = (key: string, label: string): GridItem => ({ type: 'heading', key, label });
  const rows = (ids: readonly string[], type: 'call' | 'live'): GridItem[] =>
    // The same call may move from one part to the next; its key stays its own.
    ids.map((callId) => ({ type, key: callId, callId }));
  return [
    heading('now', liveIds.length === 0 ? 'Now' : `${counted(liveIds.length, 'call')} now`),
    ...(liveIds.length === 0
      ? [{ type: 'note' as const, key: 'quiet', label: 'Nobody is on the phone.' }]
      : rows(liveIds, 'live')),
    ...(ended.length === 0 ? [] : [heading('ended', 'Just ended'), ...rows(ended, 'call')]),
    ...(today.length === 0
      ? []
      : [
          heading('today', `Calls today${todayCount === null ? '' : `, ${todayCount}`}`),
          ...rows(today, 'call'),
        ]),
  ];
}
