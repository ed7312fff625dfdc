// Why there is no recording: one sentence, one next action that works, and behind "Why" what it rests on.
import { momentSaid, verdictSentence } from '../../../preload/contract/verdict-words.ts';
import type { VerdictEvidence, VerdictView } from '../../../preload/contract/verdicts.ts';
import type { CallView } from '../../../preload/contract/calls.ts';
import { Button } from '../components/button.tsx';
import { Icon } from '../components/icons.tsx';
import { clockTimeWithSeconds } from '../format.ts';
import { useApp } from '../state/use-app.tsx';
import { actionHints, actionLabels, evidenceWords, verdictTitle } from '../verdict-words.ts';
import styles from './call-detail.module.css';
import { serviceName } from './call-rows.tsx';

interface VerdictNoteProps {
  call: CallView;
  verdict: VerdictView;
  nowMs: number;
}

export function VerdictNote({ call, verdict, nowMs }: VerdictNoteProps) {
  const service = useApp((state) => serviceName(state.status, verdict.providerId));
  const { title, tone, icon } = verdictTitle(verdict);
  const hint = actionHints[verdict.action];
  return (
    <div className={`${styles.note} ${styles[tone]}`}>
      <strong>
        <Icon name={icon} />
        {title}
      </strong>
      <p>{verdictSentence(verdict, { service, at: (atMs) => momentSaid(atMs, nowMs) })}</p>
      {hint !== undefined && <p>{hint}</p>}
      <NextAction call={call} verdict={verdict} />
      {verdict.evidence.length > 0 && <Why verdict={verdict} service={service} />}
    </div>
  );
}

function NextAction({ call, verdict: { action } }: Pick<VerdictNoteProps, 'call' | 'verdict'>) {
  const route = useApp((state) => state.route);
  const go = useApp((state) => state.go);
  const checkCall = useApp((state) => state.checkCall);
  const retry = useApp((state) => state.retryRecording);
  const label = actionLabels[action];
  const recordingId = call.mainRecordingId;
  // "Try again" of a recording that failed stands among the call's own buttons.
  if (label === null || action === 'see_how_to_prevent') return null;
  if (action === 'try_again' && recordingId !== null) {
    if (call.recordingStatus === 'failed') return null;
    return <Act label={label} onClick={() => void retry(recordingId)} />;
  }
  if (action === 'check_now' || action === 'try_again') {
    return <Act label="Check now" onClick={() => void checkCall(call.callId)} />;
  }
  return <Act label={label} onClick={() => go({ ...route, view: 'services', callId: null })} />;
}

function Act({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <div className={styles.next}>
      <Button onClick={onClick}>{label}</Button>
    </div>
  );
}

function Why({ verdict: { evidence }, service }: { verdict: VerdictView; service: string }) {
  return (
    <details className={styles.why}>
      <summary>Why</summary>
      <ul>
        {evidence.map((item) => (
          <li key={`${item.kind} ${item.id ?? ''} ${item.atMs} ${item.code ?? ''}`}>
            <time dateTime={new Date(item.atMs).toISOString()}>{clockTimeWithSeconds(item.atMs)}</time>
            <span>
              {evidenceWords(item, service)} <Codes item={item} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** For whoever writes to support. */
function Codes({ item: { code, providerCode } }: { item: VerdictEvidence }) {
  const codes = [code, providerCode].filter((one) => one !== undefined);
  return codes.length === 0 ? null : <code>{codes.join(' ')}</code>;
}
