// The call log: filter chips, count, list; beside it (or over it on small screens) the call that is open.
import { useCallback, useEffect, useMemo } from 'react';
import { Chip } from '../components/button.tsx';
import { CallGrid } from '../components/call-grid.tsx';
import { useMedia, wideScreen } from '../components/use-media.ts';
import { counted, dayStart } from '../format.ts';
import { filterKey } from '../state/call-filter.ts';
import type { Counts } from '../state/calls-slice.ts';
import type { Show } from '../state/routes.ts';
import { useApp, useProductNow } from '../state/use-app.tsx';
import { CallDetail } from './call-detail.tsx';
import { logItems } from './call-items.ts';
import { ListState } from './list-state.tsx';
import { CallRowFor } from './call-rows.tsx';
import styles from './calls.module.css';

const chips: readonly { show: Show; label: string }[] = [
  { show: 'today', label: 'Today' },
  { show: 'all', label: 'All' },
  { show: 'attention', label: 'Needs attention' },
];

const columns = ['Time', 'Direction', 'Number', 'Line', 'Length', 'Recording'];

export function CallLog() {
  const route = useApp((state) => state.route);
  const isWide = useMedia(wideScreen);
  const showsList = isWide || route.callId === null;
  return (
    <div className={`${styles.panes} ${isWide ? styles.split : ''}`}>
      {showsList && <CallList isWide={isWide} />}
      {(isWide || route.callId !== null) && (
        <div className={styles.detail}>
          <CallDetail isAlone={!isWide} />
        </div>
      )}
    </div>
  );
}

/** Opens the list that the address and the search field ask for, and keeps it open over midnight. */
export function useOpenList(show: Show): string {
  const q = useApp((state) => state.search);
  const hasStatus = useApp((state) => state.status !== null);
  const openList = useApp((state) => state.openList);
  const todayMs = dayStart(useProductNow(30_000));
  useEffect(() => {
    // "Today" is the product's, which is not known before the first status.
    if (hasStatus) openList({ show, q, todayMs });
  }, [hasStatus, openList, show, q, todayMs]);
  return filterKey({ show, q, todayMs });
}

function CallList({ isWide }: { isWide: boolean }) {
  const route = useApp((state) => state.route);
  const go = useApp((state) => state.go);
  const key = useOpenList(route.show);
  const list = useApp((state) => state.lists[key]);
  const callsById = useApp((state) => state.callsById);
  const loadMore = useApp((state) => state.loadMore);
  const setAtTop = useApp((state) => state.setAtTop);
  const showHeld = useApp((state) => state.showHeld);
  const listCounts = useApp((state) => (state.listCounts?.key === key ? state.listCounts.counts : null));
  const isStale = useApp((state) => state.connection === 'lost');
  const nowMs = useProductNow(30_000);
  const today = dayStart(nowMs);
  const ids = list?.ids;
  // Headings depend on the day, not on the second.
  const items = useMemo(() => logItems(ids ?? [], callsById, today), [ids, callsById, today]);
  const select = useCallback(
    (callId: string) => {
      if (route.callId !== callId) {
        // Moving through a list is one step back, not one per row.
        go({ ...route, callId, atSeconds: null }, isWide && route.callId !== null ? 'replace' : 'push');
      }
    },
    [go, route, isWide],
  );
  const total = list?.nextCursor === null ? items.length : -1;

  return (
    <section className={styles.list} aria-label="Calls">
      <div className={styles.filters} role="group" aria-label="Filter">
        {chips.map(({ show, label }) => (
          <Chip key={show} pressed={route.show === show} onClick={() => go({ ...route, show })}>
            {label}
          </Chip>
        ))}
        <span className={styles.count}>{listCounts === null ? '' : countText(listCounts)}</span>
      </div>
      <div className={`${styles.body} ${isStale ? styles.stale : ''}`}>
        {list === undefined || list.ids.length === 0 ? (
          <ListState list={list} />
        ) : (
          <CallGrid
            key={key}
            label="Calls"
            columns={columns}
            items={items}
            totalRows={total}
            selectedId={route.callId}
            selectOnMove={isWide}
            renderRow={renderRow}
            onSelect={select}
            onOpen={focusDetail}
            onNearEnd={loadMore}
            onAtTop={setAtTop}
            heldCount={list.heldIds.length}
            onShowHeld={showHeld}
          />
        )}
      </div>
    </section>
  );
}

export function renderRow(callId: string, kind: 'call' | 'live', isActive: boolean) {
  return <CallRowFor callId={callId} kind={kind} isActive={isActive} />;
}

function focusDetail(): void {
  document.getElementById('call-detail')?.focus();
}

/** "31 calls, 2 need attention"; "1,000+ calls" where the count was cut short. */
export function countText({ total, needsAttention, cap }: Counts): string {
  const calls = total >= cap ? `${cap.toLocaleString('en')}+ calls` : counted(total, 'call');
  if (needsAttention === 0) return calls;
  return `${calls}, ${needsAttention} need${needsAttention === 1 ? 's' : ''} attention`;
}
