// Calls to be placed: the one whose turn it is, and those that wait, in their order.
import { useEffect } from 'react';
import type { CallView } from '../../../preload/contract/calls.ts';
import { Button } from '../components/button.tsx';
import { lineOf, numberOf } from '../components/call-row.tsx';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { Loading, PaneState } from '../components/pane-state.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { counted, lengthText, momentInWords } from '../format.ts';
import { formatRoute } from '../state/routes.ts';
import { useApp, useProductNow } from '../state/use-app.tsx';
import { statusWords } from '../words.ts';
import { lengthOf, useStatusContext, wayLabel } from './call-rows.tsx';
import { DialDecision, needsDecision } from './dial-decision.tsx';
import styles from './queue.module.css';

export function Queue() {
  const queue = useApp((state) => state.queue);
  const error = useApp((state) => state.queueError);
  const load = useApp((state) => state.loadQueue);
  const openNewCall = useApp((state) => state.setNewCallOpen);
  useEffect(() => void load(), [load]);
  return (
    <section className={styles.queue} aria-label="To call">
      <Head />
      {queue === null && error === null && <Loading rows={6} slowText="Still reading the queue." />}
      {queue === null && error !== null && (
        <PaneState
          title="Couldn't read the queue."
          code={error.code}
          actions={<Button onClick={() => void load()}>Try again</Button>}
        >
          {error.message}
        </PaneState>
      )}
      {queue !== null && (
        <div className={styles.body}>
          {queue.current !== null && <Current call={queue.current} />}
          {queue.waiting.length > 0 ? (
            <Waiting calls={queue.waiting} />
          ) : (
            <PaneState
              title="Nobody is waiting to be called."
              actions={<Button onClick={() => openNewCall(true)}>New call</Button>}
            >
              Calls of the kind Priority queue wait here for their turn, one at a time.
            </PaneState>
          )}
        </div>
      )}
    </section>
  );
}

function Head() {
  const paused = useApp((state) => state.queue?.paused ?? null);
  const pause = useApp((state) => state.pauseQueue);
  return (
    <div className={styles.head}>
      <h2>To call</h2>
      {paused !== null && (
        <>
          <p role="status">
            {paused ? 'Paused. A call that goes on is not touched.' : 'One call after the other.'}
          </p>
          <Button onClick={() => void pause(!paused)}>{paused ? 'Go on' : 'Pause'}</Button>
        </>
      )}
    </div>
  );
}

function Current({ call }: { call: CallView }) {
  const context = useStatusContext(call, call.mainRecordingId);
  const words = statusWords(call, null, context);
  const lengthMs = lengthOf(call, context.nowMs);
  return (
    <section aria-label="Now">
      <h3 className={styles.heading}>{needsDecision(call) ? 'Waits for you' : 'Now'}</h3>
      <div className={styles.current}>
        <div className={styles.who}>
          <OpenLink call={call} />
          <span className={styles.rest}>
            {[lineOf(call), lengthMs === null ? '' : lengthText(lengthMs)]
              .filter((part) => part !== '')
              .join(', ')}
          </span>
        </div>
        <StatusBadge words={words} code={call.dialState ?? call.recordingStatus} />
        {needsDecision(call) && (
          <>
            <p className={styles.sentence}>{words.sentence} The next call waits until then.</p>
            <DialDecision call={call} />
          </>
        )}
      </div>
    </section>
  );
}

function Waiting({ calls }: { calls: readonly CallView[] }) {
  const nowMs = useProductNow(30_000);
  return (
    <section aria-label="Waiting">
      <h3 className={styles.heading}>{counted(calls.length, 'call')} waiting</h3>
      <ol className={styles.waiting}>
        {calls.map((call, index) => (
          <WaitingRow key={call.callId} call={call} place={index + 1} nowMs={nowMs} />
        ))}
      </ol>
    </section>
  );
}

function WaitingRow({ call, place, nowMs }: { call: CallView; place: number; nowMs: number }) {
  const cancel = useApp((state) => state.cancelCall);
  const way = useApp((state) => wayLabel(state.status, call.via));
  const facts = [
    call.priority === null ? '' : `priority ${call.priority}`,
    way,
    lineOf(call),
    `asked for ${momentInWords(call.startedAtMs, nowMs)}`,
  ];
  return (
    <li>
      <span className={styles.place}>{place}</span>
      <div className={styles.who}>
        <OpenLink call={call} />
        <span className={styles.rest}>{facts.filter((part) => part !== '').join(', ')}</span>
      </div>
      <ConfirmButton
        label="Cancel"
        spokenLabel={`Cancel ${numberOf(call)}`}
        question="Not call at all?"
        yes="Take out"
        no="Keep"
        onConfirm={() => cancel(call.callId)}
      />
    </li>
  );
}

function OpenLink({ call }: { call: CallView }) {
  const route = useApp((state) => state.route);
  return (
    <a
      className={styles.number}
      href={formatRoute({ ...route, view: 'calls', callId: call.callId, atSeconds: null })}
    >
      {numberOf(call)}
    </a>
  );
}
