// A list without rows: loading, failed, empty for the first time, or empty because of a filter.
import { Button, buttonClass } from '../components/button.tsx';
import { Loading, PaneState } from '../components/pane-state.tsx';
import type { CallList } from '../state/call-lists.ts';
import { useApp } from '../state/use-app.tsx';
import { howToBegin } from './status-items.ts';

export function ListState({ list }: { list: CallList | undefined }) {
  const reload = useApp((state) => state.reloadList);
  const hasCalls = useApp((state) => (state.counts === null ? null : state.counts.total > 0));
  if (list === undefined || list.phase === 'loading') {
    return <Loading rows={12} slowText="Still reading the call log. Large logs can take a moment." />;
  }
  if (list.phase === 'failed') {
    return (
      <PaneState
        title="Couldn't read the call log."
        {...(list.error === null ? {} : { code: list.error.code })}
        actions={<Button onClick={reload}>Try again</Button>}
      >
        {list.error?.message}
      </PaneState>
    );
  }
  if (list.filter.q !== '') return <NothingFound q={list.filter.q} />;
  if (list.filter.show === 'attention') return <NothingShown title="No calls need attention." />;
  if (hasCalls === null) return null;
  if (list.filter.show === 'today' && hasCalls) return <NothingShown title="No calls yet today." />;
  return <FirstTime />;
}

function NothingFound({ q }: { q: string }) {
  const setSearch = useApp((state) => state.setSearch);
  return (
    <PaneState
      title={`No calls found for “${q}”.`}
      actions={<Button onClick={() => setSearch('')}>Clear search</Button>}
    >
      The search looks at all dates, at numbers in any format and at references.
    </PaneState>
  );
}

function NothingShown({ title }: { title: string }) {
  const route = useApp((state) => state.route);
  const go = useApp((state) => state.go);
  return (
    <PaneState
      title={title}
      actions={<Button onClick={() => go({ ...route, view: 'calls', show: 'all' })}>Show all calls</Button>}
    />
  );
}

/** Says what will appear and the one thing to do. */
export function FirstTime() {
  const isSample = useApp((state) => state.status?.mode === 'sample');
  const begin = useApp((state) => howToBegin(state.status));
  const isBusy = useApp((state) => state.sandboxBusy);
  const enter = useApp((state) => state.enterSandbox);
  const place = useApp((state) => state.placeSampleCalls);
  if (isSample) {
    return (
      <PaneState
        title="Calls will appear here."
        actions={
          <Button kind="primary" onClick={() => void place(5)}>
            Make five sample calls
          </Button>
        }
      >
        The simulator makes calls, records them and sends them here as a phone service would.
      </PaneState>
    );
  }
  return (
    <PaneState
      title="Calls will appear here."
      actions={
        <>
          <Button kind="primary" disabled={isBusy} onClick={() => void enter()}>
            Try with sample calls
          </Button>
          <a className={buttonClass()} href="#/services">
            Phone services
          </a>
        </>
      }
    >
      {begin} Sample calls are kept apart and removed when you leave them.
    </PaneState>
  );
}
