// Who is on the phone now and whether it is being recorded.
import { useMemo } from 'react';
import { CallGrid } from '../components/call-grid.tsx';
import { useApp, useProductNow } from '../state/use-app.tsx';
import { liveItems } from './call-items.ts';
import { renderRow, useOpenList } from './call-log.tsx';
import { FirstTime } from './list-state.tsx';
import styles from './calls.module.css';

export function Live() {
  const key = useOpenList('today');
  const route = useApp((state) => state.route);
  const go = useApp((state) => state.go);
  const todayIds = useApp((state) => state.lists[key]?.ids);
  const isReady = useApp((state) => state.lists[key]?.phase === 'ready');
  const isEmpty = useApp((state) => state.counts?.total === 0);
  const liveIds = useApp((state) => state.liveIds);
  const endedIds = useApp((state) => state.endedIds);
  const callsById = useApp((state) => state.callsById);
  const todayCount = useApp((state) => state.todayCount?.total ?? null);
  const timeScale = useApp((state) => state.clock.scale);
  const loadMore = useApp((state) => state.loadMore);
  const isStale = useApp((state) => state.connection === 'lost');
  const nowMs = useProductNow(5_000);
  const items = useMemo(
    () => liveItems({ liveIds, endedIds, todayIds: todayIds ?? [] }, callsById, nowMs, timeScale, todayCount),
    [liveIds, endedIds, todayIds, callsById, nowMs, timeScale, todayCount],
  );
  const open = (callId: string): void => go({ view: 'calls', callId, show: 'today', atSeconds: null });
  return (
    <div className={styles.panes}>
      <section className={styles.list} aria-label="Live">
        <h2 className={styles.title}>Live</h2>
        <div className={`${styles.body} ${isStale ? styles.stale : ''}`}>
          {isEmpty && isReady && liveIds.length === 0 ? (
            <FirstTime />
          ) : (
            <CallGrid
              label="Live calls"
              columns={null}
              items={items}
              totalRows={items.length}
              selectedId={route.callId}
              selectOnMove={false}
              renderRow={renderRow}
              onSelect={open}
              onOpen={open}
              onNearEnd={loadMore}
              onAtTop={ignore}
              heldCount={0}
              onShowHeld={ignore}
            />
          )}
        </div>
      </section>
    </div>
  );
}

// Rows of this screen are in the order of their start: a new one is added below, so nothing has to be held back.
function ignore(): void {}
