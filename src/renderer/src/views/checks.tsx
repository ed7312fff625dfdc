// Checks: when the next one comes, what each phone service has against what we have, the runs with what they found for
// each call, and looking through older calls.
import { useEffect, useState } from 'react';
import type { CheckRunView, ChecksView } from '../../../preload/contract/checks.ts';
import { markSentence, nextCheckText, runLength, runSentence, runState, runTitle } from '../check-words.ts';
import { Button } from '../components/button.tsx';
import { Loading, PaneState } from '../components/pane-state.tsx';
import tones from '../components/tones.module.css';
import { momentShort } from '../format.ts';
import { useApp, useProductNow } from '../state/use-app.tsx';
import { Backfill } from './backfill.tsx';
import { CheckRun } from './check-run.tsx';
import styles from './checks.module.css';

export function Checks() {
  const checks = useApp((state) => state.checks);
  const runs = useApp((state) => state.runs);
  const error = useApp((state) => state.checksError);
  const load = useApp((state) => state.loadChecks);
  const [openId, setOpenId] = useState<string | null>(null);
  useEffect(() => void load(), [load]);
  const isRead = checks !== null && runs !== null;
  return (
    <section className={styles.checks} aria-label="Checks">
      <Head checks={checks} />
      <div className={styles.body}>
        {!isRead && error === null && <Loading rows={8} slowText="Still reading the checks." />}
        {!isRead && error !== null && (
          <PaneState
            title="Couldn't read the checks."
            code={error.code}
            actions={<Button onClick={() => void load()}>Try again</Button>}
          >
            {error.message}
          </PaneState>
        )}
        {isRead && (
          <>
            <Marks checks={checks} />
            <Backfill run={runs.find(isOpenBackfill) ?? null} />
            <Runs runs={runs} openId={openId} onOpen={setOpenId} />
          </>
        )}
      </div>
    </section>
  );
}

function isOpenBackfill({ kind, state }: CheckRunView): boolean {
  return kind === 'backfill' && (state === 'running' || state === 'paused');
}

function Head({ checks }: { checks: ChecksView | null }) {
  const nowMs = useProductNow(1_000);
  const checkNow = useApp((state) => state.checkNow);
  return (
    <div className={styles.head}>
      <h2>Checks</h2>
      {checks !== null && (
        <>
          <p>{nextCheckText(checks, nowMs)}</p>
          <IntervalField checks={checks} />
          <Button disabled={checks.running?.kind === 'poll'} onClick={() => void checkNow()}>
            Check now
          </Button>
        </>
      )}
    </div>
  );
}

const intervals = [1, 2, 3, 5, 10, 15, 30, 60];

function IntervalField({ checks }: { checks: ChecksView }) {
  const update = useApp((state) => state.updateSettings);
  const load = useApp((state) => state.loadChecks);
  const { isPolling, intervalMinutes } = checks;
  const choices = intervals.includes(intervalMinutes)
    ? intervals
    : [...intervals, intervalMinutes].sort((a, b) => a - b);
  return (
    <label className={styles.interval}>
      <span className="spoken">How often</span>
      <select
        value={isPolling ? String(intervalMinutes) : 'off'}
        onChange={({ target: { value } }) => {
          const chosen =
            value === 'off'
              ? { isPolling: false, intervalMinutes }
              : { isPolling: true, intervalMinutes: Number(value) };
          void update({ checks: chosen }).then(() => load());
        }}
      >
        {choices.map((minutes) => (
          <option key={minutes} value={minutes}>
            {minutes === 1 ? 'every minute' : `every ${minutes} minutes`}
          </option>
        ))}
        <option value="off">not by themselves</option>
      </select>
    </label>
  );
}

function Marks({ checks: { marks } }: { checks: ChecksView }) {
  const nowMs = useProductNow(60_000);
  const names = useApp((state) => state.status?.providers);
  const compare = useApp((state) => state.compareNow);
  return (
    <section className={styles.part} aria-label="Compared">
      <h3>What the phone services have</h3>
      {marks.length === 0 && <p className={styles.quiet}>Nothing was compared yet.</p>}
      <ul>
        {marks.map((mark) => (
          <li key={mark.providerId}>
            {markSentence(
              mark,
              names?.find((one) => one.providerId === mark.providerId)?.name ?? mark.providerId,
              nowMs,
            )}
          </li>
        ))}
      </ul>
      <Button onClick={() => void compare()}>Compare now</Button>
    </section>
  );
}

interface RunsProps {
  runs: readonly CheckRunView[];
  openId: string | null;
  onOpen: (runId: string | null) => void;
}

function Runs({ runs, openId, onOpen }: RunsProps) {
  const nowMs = useProductNow(5_000);
  if (runs.length === 0) {
    return (
      <PaneState title="There was no check yet.">
        Each check is kept here with what it found for every call.
      </PaneState>
    );
  }
  return (
    <section aria-label="Checks so far">
      <h3 className={styles.heading}>Checks so far</h3>
      <ul className={styles.runs}>
        {runs.map((run) => {
          const state = runState(run);
          const isOpen = run.runId === openId;
          return (
            <li key={run.runId}>
              <button
                type="button"
                className={styles.run}
                aria-expanded={isOpen}
                onClick={() => onOpen(isOpen ? null : run.runId)}
              >
                <span className={styles.when}>{momentShort(run.startedAtMs, nowMs)}</span>
                <span className={styles.what}>{runTitle(run)}</span>
                <span className={styles.found}>{runSentence(run)}</span>
                <span className={tones[state.tone]}>{state.text}</span>
                <span className={styles.took}>{runLength(run, nowMs)}</span>
              </button>
              {isOpen && <CheckRun run={run} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
