// One call: number, one sentence, actions, one status note, its parts, what was said, what happened, details.
import { useEffect } from 'react';
import type { CallDetail as Detail, CallView } from '../../../preload/contract/calls.ts';
import { Button } from '../components/button.tsx';
import { directionOf, numberOf } from '../components/call-row.tsx';
import { Icon } from '../components/icons.tsx';
import { Loading, PaneState } from '../components/pane-state.tsx';
import { clockTimeWithSeconds, lengthInWords, momentInWords } from '../format.ts';
import { callOf } from '../state/calls-slice.ts';
import { useApp } from '../state/use-app.tsx';
import { tellTimeline } from '../timeline-words.ts';
import { isPaused } from '../told-words.ts';
import { isLive, pausedWords, statusWords } from '../words.ts';
import { CallActions } from './call-actions.tsx';
import styles from './call-detail.module.css';
import { CallFacts } from './call-facts.tsx';
import { serviceName, useStatusContext } from './call-rows.tsx';
import { LegList } from './leg-list.tsx';
import { MatchNote } from './match-note.tsx';
import { RecordingList } from './recording-list.tsx';
import { Transcript } from './transcript.tsx';
import { VerdictNote } from './verdict-note.tsx';

export function CallDetail({ isAlone }: { isAlone: boolean }) {
  const callId = useApp((state) => state.route.callId);
  const loadDetail = useApp((state) => state.loadDetail);
  const entry = useApp((state) => (callId === null ? undefined : state.detailsById[callId]));
  // The row's own facts show at once; the rest follows.
  const known = useApp((state) => callOf(state, callId));
  const call = known ?? entry?.detail?.call ?? null;
  useEffect(() => {
    if (callId !== null) void loadDetail(callId);
  }, [callId, loadDetail]);
  useSeekFromAddress(entry?.detail ?? null);

  if (callId === null)
    return <PaneState title="No call selected">Choose a call to see what happened.</PaneState>;
  return (
    <article className={styles.detail} id="call-detail" tabIndex={-1} aria-label="Call">
      {isAlone && <BackButton />}
      {call !== null && <Head call={call} detail={entry?.detail ?? null} />}
      {entry?.phase === 'failed' && entry.detail === null && (
        <PaneState
          title="Couldn't open this call."
          {...(entry.error === null ? {} : { code: entry.error.code })}
          actions={<Button onClick={() => void loadDetail(callId)}>Try again</Button>}
        >
          {entry.error?.code === 'not_found' ? 'It is not in this call log.' : entry.error?.message}
        </PaneState>
      )}
      {(entry === undefined || entry.phase === 'loading') && entry?.detail == null && (
        <Loading rows={4} slowText="Still reading this call." />
      )}
      {entry?.detail != null && <Body key={callId} detail={entry.detail} />}
    </article>
  );
}

/** `?t=108` in the address: the deck opens at that second. */
function useSeekFromAddress(detail: Detail | null): void {
  const atSeconds = useApp((state) => state.route.atSeconds);
  const load = useApp((state) => state.load);
  useEffect(() => {
    if (atSeconds === null || detail === null) return;
    const { callId, providerId, mainRecordingId } = detail.call;
    const main = detail.recordings.find(({ recordingId }) => recordingId === mainRecordingId);
    if (main?.status !== 'stored') return;
    void load(
      { recordingId: main.recordingId, callId, providerId },
      { play: false, atMs: atSeconds * 1_000 },
    );
    // Once per address: later news about the call must not move the playhead.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [atSeconds, detail?.call.mainRecordingId, load]);
}

function BackButton() {
  const route = useApp((state) => state.route);
  const go = useApp((state) => state.go);
  return (
    <div className={styles.back}>
      <Button onClick={() => go({ ...route, callId: null, atSeconds: null })}>
        <Icon name="back" /> Back
      </Button>
    </div>
  );
}

function Head({ call, detail }: { call: CallView; detail: Detail | null }) {
  const main = detail?.recordings.find(({ recordingId }) => recordingId === call.mainRecordingId) ?? null;
  const context = useStatusContext(call, call.mainRecordingId);
  const words =
    detail !== null && isLive(call) && call.recordingStatus === 'recording' && isPaused(detail.timeline)
      ? pausedWords
      : statusWords(call, main, context);
  // A verdict is of the moment at which it was read: while newer news is on its way, the row's words stand.
  const isCurrent =
    detail?.call.recordingStatus === call.recordingStatus && detail.call.status === call.status;
  const verdict = isCurrent ? detail.verdict : null;
  const sentence = [
    `${directionOf(call).label}, ${momentInWords(call.startedAtMs, context.nowMs)}`,
    ...(call.durationMs === null ? [] : [lengthInWords(call.durationMs)]),
  ].join(', ');
  return (
    <>
      <h2 className={styles.number}>{numberOf(call)}</h2>
      <p className={styles.sentence}>{sentence}</p>
      <CallActions call={call} detail={detail} main={main} />
      {verdict === null ? (
        <div className={`${styles.note} ${styles[words.tone]}`}>
          <strong>
            <Icon name={words.icon} />
            {words.title}
          </strong>
          <p>{words.sentence}</p>
        </div>
      ) : (
        <VerdictNote call={call} verdict={verdict} nowMs={context.nowMs} />
      )}
      {detail !== null && detail.matches.length > 0 && <MatchNote detail={detail} />}
    </>
  );
}

function Body({ detail }: { detail: Detail }) {
  const status = useApp((state) => state.status);
  const serviceOf = (providerId: string): string => serviceName(status, providerId);
  const told = tellTimeline(detail.timeline, serviceOf);
  return (
    <>
      {detail.recordings.length > 1 && <RecordingList detail={detail} serviceOf={serviceOf} />}
      {detail.legs.length > 1 && <LegList detail={detail} serviceOf={serviceOf} />}
      {detail.transcript.length > 0 && (
        <>
          <h3 className={styles.heading}>Transcript</h3>
          <Transcript detail={detail} />
        </>
      )}
      <h3 className={styles.heading}>What happened</h3>
      <ol className={styles.timeline}>
        {told.map(({ entry, words }) => (
          <li key={entry.eventKey}>
            <time dateTime={new Date(entry.atMs).toISOString()}>{clockTimeWithSeconds(entry.atMs)}</time>
            <span className={styles.told}>
              <strong>{words.strong}</strong>
              {words.rest}
            </span>
          </li>
        ))}
      </ol>
      <h3 className={styles.heading}>Details</h3>
      <CallFacts detail={detail} serviceOf={serviceOf} />
    </>
  );
}
