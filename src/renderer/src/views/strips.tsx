// Lines under the toolbar that stay until they no longer apply: sample data, a refused password, a failed request.
import { Button, IconButton } from '../components/button.tsx';
import { clockTime } from '../format.ts';
import { useApp } from '../state/use-app.tsx';
import styles from './frame.module.css';

export function Strips() {
  return (
    <div className={styles.strips}>
      <SampleStrip />
      <PausedStrip />
      <NoticeStrip />
    </div>
  );
}

function SampleStrip() {
  const isSample = useApp((state) => state.status?.mode === 'sample');
  const isBusy = useApp((state) => state.sandboxBusy);
  const leave = useApp((state) => state.leaveSandbox);
  const place = useApp((state) => state.placeSampleCalls);
  if (!isSample) return null;
  return (
    <section className={styles.strip} aria-label="Sample data">
      <p>
        <strong>Sample data.</strong> These calls are made up. Nothing here is real.
      </p>
      <Button onClick={() => void place(1)}>Make a sample call</Button>
      <Button disabled={isBusy} onClick={() => void leave()}>
        Leave sample calls
      </Button>
    </section>
  );
}

function PausedStrip() {
  const paused = useApp((state) => state.status?.providers.find((provider) => provider.state === 'paused'));
  const resume = useApp((state) => state.resumeProvider);
  if (paused === undefined) return null;
  const since = paused.pausedSinceMs === null ? '' : ` since ${clockTime(paused.pausedSinceMs)}`;
  return (
    <section className={`${styles.strip} ${styles.problem}`} aria-label={paused.name}>
      <p>
        Saved recordings are safe. {paused.name} has not accepted the account details{since}, so no new ones
        can be fetched.
      </p>
      <Button onClick={() => void resume(paused.providerId)}>Try again</Button>
    </section>
  );
}

function NoticeStrip() {
  const notice = useApp((state) => state.notice);
  const dismiss = useApp((state) => state.dismissNotice);
  if (notice === null) return null;
  return (
    <section className={`${styles.strip} ${styles.problem}`} aria-label="Notice" role="status">
      <p>{notice}</p>
      <IconButton label="Dismiss" icon="close" onClick={dismiss} />
    </section>
  );
}
