// One call: number, one sentence, actions, one status note, what happened, details.
import { useEffect } from 'react';
import type { CallDetail as Detail, CallView } from '../../../preload/contract/calls.ts';
import type { RecordingView } from '../../../preload/contract/recordings.ts';
import { Button, buttonClass, IconButton } from '../components/button.tsx';
import { directionOf, lineOf, numberOf } from '../components/call-row.tsx';
import { Icon } from '../components/icons.tsx';
import { Loading, PaneState } from '../components/pane-state.tsx';
import { clockTimeWithSeconds, lengthInWords, momentInWords } from '../format.ts';
import { callOf } from '../state/calls-slice.ts';
import { useApp } from '../state/use-app.tsx';
import { tellTimeline } from '../timeline-words.ts';
import { statusWords } from '../words.ts';
import styles from './call-detail.module.css';
import { serviceName, useStatusContext } from './call-rows.tsx';
import { RecordingList } from './recording-list.tsx';

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
  const words = statusWords(call, main, context);
  const sentence = [
    `${directionOf(call).label}, ${momentInWords(call.startedAtMs, context.nowMs)}`,
    ...(call.durationMs === null ? [] : [lengthInWords(call.durationMs)]),
  ].join(', ');
  return (
    <>
      <h2 className={styles.number}>{numberOf(call)}</h2>
      <p className={styles.sentence}>{sentence}</p>
      <Actions call={call} main={main} />
      <div className={`${styles.note} ${styles[words.tone]}`}>
        <strong>
          <Icon name={words.icon} />
          {words.title}
        </strong>
        <p>{words.sentence}</p>
      </div>
    </>
  );
}

function Actions({ call, main }: { call: CallView; main: RecordingView | null }) {
  const load = useApp((state) => state.load);
  const togglePlay = useApp((state) => state.togglePlay);
  const retry = useApp((state) => state.retryRecording);
  const isPlaying = useApp((state) => state.playing && state.loaded?.recordingId === call.mainRecordingId);
  const recordingId = call.mainRecordingId;
  if (recordingId === null) return null;
  if (call.recordingStatus === 'failed') {
    return (
      <div className={styles.actions}>
        <Button kind="primary" onClick={() => void retry(recordingId)}>
          Try again
        </Button>
      </div>
    );
  }
  if (call.recordingStatus !== 'stored') return null;
  return (
    <div className={styles.actions}>
      <Button
        kind="primary"
        onClick={() => {
          if (isPlaying) void togglePlay();
          else void load({ recordingId, callId: call.callId, providerId: call.providerId }, { play: true });
        }}
      >
        {isPlaying ? 'Pause' : 'Play'}
      </Button>
      <a
        className={buttonClass()}
        href={`/media/${recordingId}?download=1`}
        download={main === null ? '' : undefined}
      >
        Save a copy
      </a>
    </div>
  );
}

function Body({ detail }: { detail: Detail }) {
  const service = useApp((state) => serviceName(state.status, detail.call.providerId));
  const told = tellTimeline(detail.timeline, service);
  return (
    <>
      {detail.recordings.length > 1 && <RecordingList detail={detail} service={service} />}
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
      <Facts detail={detail} service={service} />
    </>
  );
}

function Facts({ detail: { call, keys }, service }: { detail: Detail; service: string }) {
  const line = [call.line?.display ?? '', call.line?.label ?? ''].filter((part) => part !== '').join(', ');
  return (
    <dl className={styles.facts}>
      <dt>Line</dt>
      <dd>{line === '' ? lineOf(call) || 'Unknown' : line}</dd>
      <dt>Service</dt>
      <dd>{service}</dd>
      {call.reference !== null && (
        <>
          <dt>Your reference</dt>
          <dd>
            <Reference value={call.reference} />
          </dd>
        </>
      )}
      {keys.map(({ kind, value }) => (
        <div key={value} style={{ display: 'contents' }}>
          <dt>{kind.startsWith('recording') ? 'Recording' : 'Reference'}</dt>
          <dd>
            <Reference value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Reference({ value }: { value: string }) {
  const announce = useApp((state) => state.announce);
  return (
    <>
      <span className="mono" title={value}>
        {shortened(value)}
      </span>
      <span className={styles.copy}>
        <IconButton
          label={`Copy reference ${value}`}
          icon="copy"
          onClick={() => {
            void navigator.clipboard?.writeText(value).then(() => announce('Reference copied'));
          }}
        />
      </span>
    </>
  );
}

/** `CA3f…9b21`: long ids are told apart by their ends; the whole is in the tooltip and on the clipboard. */
function shortened(value: string): string {
  return value.length > 14 ? `${value.slice(0, 4)}…${value.slice(-4)}` : value;
}
