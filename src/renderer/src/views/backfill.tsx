// Looking through older calls: a range, what it would cost, and how far it has come.
import { type SyntheticEvent, useState } from 'react';
import type { CheckRunView } from '../../../preload/contract/checks.ts';
import { partSentence, runProgress, runSentence } from '../check-words.ts';
import { Button } from '../components/button.tsx';
import { TextField } from '../components/field.tsx';
import { counted, dayStart } from '../format.ts';
import { useApp, useProductNow } from '../state/use-app.tsx';
import styles from './checks.module.css';

/** @param run one that is under way or paused; null shows the form */
export function Backfill({ run }: { run: CheckRunView | null }) {
  return (
    <section className={styles.part} aria-label="Older calls">
      <h3>Look through older calls</h3>
      {run === null ? <BackfillForm /> : <BackfillProgress run={run} />}
    </section>
  );
}

const dayMs = 86_400_000;

/** `2026-11-21`, as date fields have it, in local time. */
function dateText(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Local midnight of a date field; null while it is empty or no date. */
function dateMs(text: string): number | null {
  const atMs = new Date(`${text}T00:00:00`).getTime();
  return Number.isNaN(atMs) ? null : atMs;
}

function BackfillForm() {
  const nowMs = useProductNow(60_000);
  const [from, setFrom] = useState(() => dateText(dayStart(nowMs) - 30 * dayMs));
  const [to, setTo] = useState(() => dateText(nowMs));
  const [problem, setProblem] = useState<string | null>(null);
  const estimate = useApp((state) => state.estimate);
  const isEstimating = useApp((state) => state.isEstimating);
  const ask = useApp((state) => state.estimateBackfill);
  const start = useApp((state) => state.startBackfill);
  const fromMs = dateMs(from);
  const lastMs = dateMs(to);
  // The last day is looked at whole.
  const range =
    fromMs === null || lastMs === null ? null : { fromMs, toMs: Math.min(lastMs + dayMs, Math.floor(nowMs)) };

  const onSubmit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (range === null) return setProblem('Choose both days.');
    const error = estimate === null ? await ask(range) : await start(range);
    setProblem(error?.message ?? null);
  };
  const forget = useApp((state) => state.forgetEstimate);
  /** What was estimated was another range. */
  const change = (set: (value: string) => void, value: string): void => {
    set(value);
    forget();
    setProblem(null);
  };

  return (
    <form className={styles.form} onSubmit={(event) => void onSubmit(event)}>
      <TextField
        id="backfill-from"
        label="First day"
        type="date"
        value={from}
        error={problem}
        onChange={({ target }) => change(setFrom, target.value)}
      />
      <TextField
        id="backfill-to"
        label="Last day"
        type="date"
        value={to}
        onChange={({ target }) => change(setTo, target.value)}
      />
      <Button type="submit" disabled={isEstimating}>
        {estimate === null ? (isEstimating ? 'Asking…' : 'How much is it?') : 'Look through'}
      </Button>
      {estimate !== null && <Estimate />}
    </form>
  );
}

function Estimate() {
  const estimate = useApp((state) => state.estimate);
  const providers = useApp((state) => state.status?.providers);
  return (
    <ul className={styles.estimate} role="status">
      {estimate?.providers.map(({ providerId, requests, recordings, code }) => {
        const name = providers?.find((one) => one.providerId === providerId)?.name ?? providerId;
        return (
          <li key={providerId}>
            {code !== null
              ? `${name} could not be asked.`
              : `${name}: at least ${counted(recordings ?? 0, 'recording')}, at least ${counted(requests ?? 0, 'request')}.`}
          </li>
        );
      })}
      {estimate?.providers.length === 0 && <li>No phone service is set up.</li>}
    </ul>
  );
}

function BackfillProgress({ run }: { run: CheckRunView }) {
  const steer = useApp((state) => state.steerRun);
  const providers = useApp((state) => state.status?.providers);
  const progress = runProgress(run) ?? 0;
  const stuck = run.providers.filter(({ state }) => state === 'failed' || state === 'resting');
  return (
    <>
      <progress className={styles.progress} value={progress} max={1} aria-label="Older calls looked through">
        {Math.round(progress * 100)} %
      </progress>
      <p role="status">
        {runSentence(run)}{' '}
        {run.state === 'paused' ? 'Paused.' : `${Math.round(progress * 100)} % of the time looked through.`}
      </p>
      {stuck.map((part) => (
        <p key={part.providerId} className={styles.quiet}>
          {partSentence(
            part,
            providers?.find((one) => one.providerId === part.providerId)?.name ?? part.providerId,
          )}
        </p>
      ))}
      <div className={styles.buttons}>
        {run.state === 'running' ? (
          <Button onClick={() => void steer(run, 'pause')}>Pause</Button>
        ) : (
          <Button onClick={() => void steer(run, 'resume')}>Go on</Button>
        )}
        <Button onClick={() => void steer(run, 'cancel')}>Stop, keep what was found</Button>
      </div>
    </>
  );
}
