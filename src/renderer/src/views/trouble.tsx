// What Tapedeck tried and stopped trying: what, of which call, why, when last; and trying it again, one or all.
import { useEffect } from 'react';
import type { JobView } from '../../../preload/contract/activity.ts';
import type { CallView } from '../../../preload/contract/calls.ts';
import { Button, Chip } from '../components/button.tsx';
import { numberOf } from '../components/call-row.tsx';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { Loading, PaneState } from '../components/pane-state.tsx';
import { counted, momentInWords } from '../format.ts';
import { reasonSentence } from '../reasons.ts';
import { formatRoute } from '../state/routes.ts';
import { useApp, useProductNow } from '../state/use-app.tsx';
import { serviceName } from './call-rows.tsx';
// The same frame as the other list of things to do.
import screen from './queue.module.css';
import styles from './trouble.module.css';

/** Each kind of work in words. A kind that this version does not know gets a true, general one. */
const tasks: Readonly<Record<string, string>> = {
  'fetch-recording': 'Saving a recording',
  'make-peaks': 'Drawing the sound of a recording',
  'place-call': 'Placing a call',
  'start-recording': 'Starting a recording',
  'follow-call': 'Asking how a call went',
  'find-recordings': 'Looking for recordings of a call',
};

export function Trouble() {
  const trouble = useApp((state) => state.trouble);
  const error = useApp((state) => state.troubleError);
  const load = useApp((state) => state.loadTrouble);
  useEffect(() => void load(), [load]);
  return (
    <section className={screen.queue} aria-label="Stopped tasks">
      <Head />
      <Filters />
      {trouble === null && error === null && <Loading rows={6} slowText="Still reading the list." />}
      {error !== null && (
        <PaneState
          title="Couldn't read the list."
          code={error.code}
          actions={<Button onClick={() => void load()}>Try again</Button>}
        >
          {error.message}
        </PaneState>
      )}
      {trouble !== null && error === null && <List />}
    </section>
  );
}

function Head() {
  const total = useApp((state) => state.trouble?.total ?? 0);
  const result = useApp((state) => state.troubleResult);
  const retryAll = useApp((state) => state.retryTrouble);
  return (
    <div className={screen.head}>
      <h2>Stopped tasks</h2>
      <p role="status">{result ?? (total > 0 ? `${counted(total, 'task')} stopped.` : '')}</p>
      {total > 0 && (
        <ConfirmButton
          label={`Try all ${total.toLocaleString('en')} again`}
          spokenLabel={`Try all ${total.toLocaleString('en')} again`}
          question={`Try ${counted(total, 'task')} again?`}
          yes="Try again"
          no="Cancel"
          onConfirm={retryAll}
        />
      )}
    </div>
  );
}

/** One chip for each phone service, and all of them. */
function Filters() {
  const providers = useApp((state) => state.status?.providers ?? null);
  const filter = useApp((state) => state.troubleFilter);
  const choose = useApp((state) => state.filterTrouble);
  const shown = (providers ?? []).filter(({ state }) => state !== 'not_set_up');
  if (shown.length < 2) return null;
  return (
    <div className={styles.filters} role="group" aria-label="Phone service">
      <Chip pressed={filter.providerId === undefined} onClick={() => void choose({})}>
        All
      </Chip>
      {shown.map(({ providerId, name }) => (
        <Chip
          key={providerId}
          pressed={filter.providerId === providerId}
          onClick={() => void choose({ providerId })}
        >
          {name}
        </Chip>
      ))}
    </div>
  );
}

function List() {
  const trouble = useApp((state) => state.trouble);
  const isFiltered = useApp((state) => state.troubleFilter.providerId !== undefined);
  const more = useApp((state) => state.loadMoreTrouble);
  const nowMs = useProductNow(30_000);
  if (trouble === null) return null;
  if (trouble.items.length === 0) {
    return (
      <PaneState title={isFiltered ? 'Nothing has stopped here.' : 'Nothing has stopped.'}>
        What Tapedeck tries and has to stop trying is listed here, with the reason.
      </PaneState>
    );
  }
  const callOf = new Map(trouble.calls.map((call) => [call.callId, call]));
  return (
    <div className={screen.body}>
      <ul className={styles.list}>
        {trouble.items.map((job) => (
          <Row key={job.jobId} job={job} call={callOf.get(job.callId ?? '') ?? null} nowMs={nowMs} />
        ))}
      </ul>
      {trouble.nextCursor !== null && (
        <p className={styles.more}>
          <Button onClick={() => void more()}>Show more</Button>
        </p>
      )}
    </div>
  );
}

function Row({ job, call, nowMs }: { job: JobView; call: CallView | null; nowMs: number }) {
  const retry = useApp((state) => state.retryJob);
  const service = useApp((state) => serviceName(state.status, job.providerId ?? ''));
  const task = tasks[job.kind] ?? 'A task in the background';
  const tried = `last tried ${momentInWords(job.finishedAtMs ?? job.createdAtMs, nowMs)}`;
  return (
    <li>
      <div className={styles.what}>
        <span>
          <strong>{task}</strong>
          {call !== null && <CallLink call={call} nowMs={nowMs} />}
        </span>
        <span className={styles.rest}>
          {reasonSentence(job.lastErrorCode, { service })} It was {tried}.
        </span>
      </div>
      <Button
        aria-label={`Try again: ${task}${call === null ? '' : `, ${numberOf(call)}`}`}
        onClick={() => void retry(job.jobId)}
      >
        Try again
      </Button>
    </li>
  );
}

function CallLink({ call, nowMs }: { call: CallView; nowMs: number }) {
  const route = useApp((state) => state.route);
  return (
    <>
      {', '}
      <a href={formatRoute({ ...route, view: 'calls', callId: call.callId, atSeconds: null })}>
        {numberOf(call)}
      </a>
      {`, ${momentInWords(call.startedAtMs, nowMs)}`}
    </>
  );
}
