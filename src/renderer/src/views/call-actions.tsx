// What can be done with a call now: match it, decide about its dial, record it, play it.
import type { CallDetail, CallView } from '../../../preload/contract/calls.ts';
import type { RecordingView } from '../../../preload/contract/recordings.ts';
import { Button, buttonClass } from '../components/button.tsx';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { useApp } from '../state/use-app.tsx';
import styles from './call-detail.module.css';
import { DialDecision, needsDecision } from './dial-decision.tsx';
import { RecordingControls } from './recording-controls.tsx';

interface CallActionsProps {
  call: CallView;
  detail: CallDetail | null;
  /** The recording that Play means. */
  main: RecordingView | null;
}

export function CallActions({ call, detail, main }: CallActionsProps) {
  const setMatchingId = useApp((state) => state.setMatchingId);
  const cancel = useApp((state) => state.cancelCall);
  return (
    <div className={styles.actions}>
      {call.unmatched && (
        <Button kind="primary" onClick={() => setMatchingId(call.callId)}>
          Match by hand
        </Button>
      )}
      {needsDecision(call) && <DialDecision call={call} />}
      {call.dialState === 'waiting' && (
        <ConfirmButton
          label="Cancel"
          spokenLabel="Cancel this call"
          question="Not call at all?"
          yes="Take out"
          no="Keep"
          onConfirm={() => cancel(call.callId)}
        />
      )}
      <RecordingControls call={call} detail={detail} />
      <MainRecording call={call} main={main} isPrimary={!call.unmatched} />
    </div>
  );
}

interface MainRecordingProps {
  call: CallView;
  main: RecordingView | null;
  isPrimary: boolean;
}

function MainRecording({ call, main, isPrimary }: MainRecordingProps) {
  const load = useApp((state) => state.load);
  const togglePlay = useApp((state) => state.togglePlay);
  const retry = useApp((state) => state.retryRecording);
  const isPlaying = useApp((state) => state.playing && state.loaded?.recordingId === call.mainRecordingId);
  const recordingId = call.mainRecordingId;
  const kind = isPrimary ? 'primary' : 'plain';
  if (recordingId === null) return null;
  if (call.recordingStatus === 'failed') {
    return (
      <Button kind={kind} onClick={() => void retry(recordingId)}>
        Try again
      </Button>
    );
  }
  if (call.recordingStatus !== 'stored') return null;
  const providerId = main?.providerId ?? call.providerId;
  return (
    <>
      <Button
        kind={kind}
        onClick={() => {
          if (isPlaying) void togglePlay();
          else void load({ recordingId, callId: call.callId, providerId }, { play: true });
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
    </>
  );
}
