// Lines under the toolbar that stay until they no longer apply: sample data, a refused password, a failed request.
import { Button, IconButton } from '../components/button.tsx';
import { clockTime, clockWords } from '../format.ts';
import { useApp } from '../state/use-app.tsx';
import { serviceName } from './call-rows.tsx';
import styles from './frame.module.css';

export function Strips() {
  return (
    <div className={styles.strips}>
      <SampleStrip />
      <PausedStrip />
      <ClockStrip />
      <MatchedStrip />
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

function ClockStrip() {
  const skewMs = useApp((state) => (state.status?.clock.isWrong === true ? state.status.clock.skewMs : null));
  const providerId = useApp((state) => state.skewedProviderId);
  if (skewMs !== null) return <WrongClock skewMs={skewMs} />;
  return providerId === null ? null : <Disagreement providerId={providerId} />;
}

/** Measured: it stays until the clock is set. */
function WrongClock({ skewMs }: { skewMs: number }) {
  return (
    <section className={`${styles.strip} ${styles.problem}`} aria-label="Clock">
      <p>{clockWords(skewMs)} Set it, or calls will show at the wrong time and new ones may be missed.</p>
    </section>
  );
}

/** Nothing that was signed at another time than ours is taken in, so calls would be missing without a word. */
function Disagreement({ providerId }: { providerId: string }) {
  const service = useApp((state) => serviceName(state.status, providerId));
  const dismiss = useApp((state) => state.dismissSkew);
  return (
    <section className={`${styles.strip} ${styles.problem}`} aria-label="Clock">
      <p>
        {service} and this computer do not agree on the time, so a report of a call was not taken in. Check
        the clock of this computer.
      </p>
      <IconButton label="Dismiss" icon="close" onClick={dismiss} />
    </section>
  );
}

function MatchedStrip() {
  const match = useApp((state) => state.lastMatch);
  const unmatch = useApp((state) => state.unmatchCalls);
  const dismiss = useApp((state) => state.dismissMatch);
  if (match === null) return null;
  return (
    <section className={styles.strip} aria-label="Matched" role="status">
      <p>
        <strong>Matched.</strong> Both are one call now.
      </p>
      <Button onClick={() => void unmatch(match.callId, match.matchEventKey)}>Undo</Button>
      <IconButton label="Dismiss" icon="close" onClick={dismiss} />
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
