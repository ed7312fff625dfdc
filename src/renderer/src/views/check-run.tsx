// One check opened: each phone service's part, what was found for each call, and the exact answer that programs get.
import { useEffect } from 'react';
import type { CheckRunView, PollDetail } from '../../../preload/contract/checks.ts';
import { outcomeWords, partSentence } from '../check-words.ts';
import { Button } from '../components/button.tsx';
import { Loading } from '../components/pane-state.tsx';
import tones from '../components/tones.module.css';
import { formatRoute } from '../state/routes.ts';
import { useApp } from '../state/use-app.tsx';
import styles from './checks.module.css';
import { CopyValue } from './copy-value.tsx';

export function CheckRun({ run }: { run: CheckRunView }) {
  const { runId } = run;
  const load = useApp((state) => state.loadRun);
  const steer = useApp((state) => state.steerRun);
  const opened = useApp((state) => state.runDetails);
  const providers = useApp((state) => state.status?.providers);
  useEffect(() => void load(runId), [load, runId]);
  const nameOf = (providerId: string): string =>
    providers?.find((one) => one.providerId === providerId)?.name ?? providerId;
  const shown = opened?.run.runId === runId ? opened : null;
  return (
    <div className={styles.opened}>
      <ul>
        {run.providers.map((part) => (
          <li key={part.providerId}>
            {partSentence(part, nameOf(part.providerId))}
            {part.code !== null && <code className={styles.code}>{part.code}</code>}
          </li>
        ))}
      </ul>
      {run.state === 'running' && <Button onClick={() => void steer(run, 'cancel')}>Stop</Button>}
      {shown === null && <Loading rows={3} slowText="Still reading what was found." />}
      {shown !== null && shown.details.length > 0 && <Outcomes details={shown.details} nameOf={nameOf} />}
      {shown !== null && run.kind === 'poll' && (
        <details className={styles.answer}>
          <summary>The answer that programs are given</summary>
          <CopyValue value={shown.json} name="answer" form="block" />
        </details>
      )}
    </div>
  );
}

interface OutcomesProps {
  details: readonly PollDetail[];
  nameOf: (providerId: string) => string;
}

function Outcomes({ details, nameOf }: OutcomesProps) {
  const route = useApp((state) => state.route);
  return (
    <div className={styles.scroll}>
      <table className={styles.outcomes}>
        <thead>
          <tr>
            <th scope="col">Reference</th>
            <th scope="col">Service</th>
            <th scope="col">Result</th>
            <th scope="col">Meaning</th>
            <th scope="col">
              <span className="spoken">Call</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {details.map((detail, index) => {
            const { meaning, tone } = outcomeWords(detail.status);
            const codes = [detail.status, detail.code, detail.providerCode].filter(
              (code) => code !== undefined,
            );
            return (
              <tr key={`${detail.callId} ${index}`}>
                <td>
                  <CopyValue value={detail.callSid} name="reference" />
                </td>
                <td>{nameOf(detail.providerId)}</td>
                <td>
                  <code>{codes.join(' ')}</code>
                </td>
                <td className={tones[tone]} title={detail.message}>
                  {meaning}
                </td>
                <td>
                  <a href={formatRoute({ ...route, view: 'calls', callId: detail.callId, atSeconds: null })}>
                    Open call
                  </a>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
