// Several recordings of one call, in the order in which they began.
import type { CallDetail } from '../../../preload/contract/calls.ts';
import { Button } from '../components/button.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { clockTime, lengthText } from '../format.ts';
import { useApp, useProductNow } from '../state/use-app.tsx';
import { recordingWords } from '../words.ts';
import styles from './call-detail.module.css';

interface RecordingListProps {
  detail: CallDetail;
  serviceOf: (providerId: string) => string;
}

export function RecordingList({ detail, serviceOf }: RecordingListProps) {
  const load = useApp((state) => state.load);
  const retry = useApp((state) => state.retryRecording);
  const progressById = useApp((state) => state.progressById);
  const nowMs = useProductNow(30_000);
  const { call } = detail;
  return (
    <>
      <h3 className={styles.heading}>{detail.recordings.length} recordings</h3>
      <ol className={styles.recordings}>
        {detail.recordings.map((recording) => {
          const { recordingId, status } = recording;
          const fetched = progressById[recordingId] ?? null;
          const words = recordingWords(
            { ...call, recordingStatus: status, recordingReason: recording.reason },
            recording,
            {
              nowMs,
              service: serviceOf(recording.providerId),
              fetched,
            },
          );
          return (
            <li key={recordingId}>
              <span>{clockTime(recording.startedAtMs ?? call.startedAtMs)}</span>
              <span>{recording.durationMs === null ? '' : lengthText(recording.durationMs)}</span>
              <StatusBadge words={words} code={status} />
              {words.action === 'play' && (
                <Button
                  onClick={() =>
                    void load(
                      { recordingId, callId: call.callId, providerId: recording.providerId },
                      { play: true },
                    )
                  }
                >
                  Play
                </Button>
              )}
              {words.action === 'retry' && <Button onClick={() => void retry(recordingId)}>Try again</Button>}
            </li>
          );
        })}
      </ol>
    </>
  );
}
