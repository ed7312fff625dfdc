// One phone service: how it stands, what is missing and where to find it, what a check found, its addresses.
import { useState } from 'react';
import type { ProviderView } from '../../../preload/contract/system.ts';
import { Button } from '../components/button.tsx';
import { momentInWords } from '../format.ts';
import { providerWords } from '../placing-words.ts';
import { useApp, useProductNow } from '../state/use-app.tsx';
import { CopyValue } from './copy-value.tsx';
import { Lacking } from './lacking.tsx';
import { NumberList } from './number-list.tsx';
import styles from './services.module.css';
import { ToneText } from './tone-text.tsx';

const stateIcons = { ready: 'check', not_set_up: 'none', paused: 'alert' } as const;

export function ServiceSection({ provider }: { provider: ProviderView }) {
  const { providerId, name, state } = provider;
  const check = useApp((app) => app.checkProvider);
  const isChecking = useApp((app) => app.checksById[providerId]?.phase === 'asking');
  const nowMs = useProductNow(30_000);
  const words = providerWords[state];
  return (
    <section className={styles.service} aria-label={name}>
      <div className={styles.head}>
        <h3 className={styles.name}>{name}</h3>
        <ToneText tone={words.tone} icon={stateIcons[state]}>
          {words.label}
        </ToneText>
        <Button aria-label={`Check ${name}`} disabled={isChecking} onClick={() => void check(providerId)}>
          {isChecking ? 'Checking…' : 'Check'}
        </Button>
      </div>
      <p className={styles.summary}>{summaryOf(provider, nowMs)}</p>
      <Findings providerId={providerId} />
      <Lacking provider={provider} />
      {state !== 'not_set_up' && <NumberList provider={provider} />}
      <Addresses provider={provider} />
    </section>
  );
}

function Findings({ providerId }: { providerId: string }) {
  const asked = useApp((state) => state.checksById[providerId]);
  if (asked === undefined) return null;
  if (asked.phase === 'failed') {
    return (
      <p className={styles.finding} role="status">
        <ToneText tone="err" icon="alert">
          {asked.error.message}
        </ToneText>
      </p>
    );
  }
  return (
    <ul aria-live="polite">
      {asked.data?.findings.map(({ ok, text }) => (
        <li key={text} className={styles.finding}>
          <ToneText tone={ok ? 'ok' : 'wait'} icon={ok ? 'check' : 'alert'} isQuiet>
            {text}
          </ToneText>
        </li>
      ))}
    </ul>
  );
}

/** Needed once, while setting up; out of the way afterwards. */
function Addresses({ provider: { name, webhookUrls, state, lastDeliveryAtMs } }: { provider: ProviderView }) {
  const [isOpen, setOpen] = useState(state === 'ready' && lastDeliveryAtMs === null);
  return (
    <details
      className={styles.addresses}
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>Addresses for {name}</summary>
      {webhookUrls.length === 0 ? (
        <p className={styles.hint}>
          There is no web link, so {name} cannot report to this computer: Web link, above, says how to get
          one. Until then {name} is asked in regular checks.
        </p>
      ) : (
        <>
          <p className={styles.hint}>To be entered at {name}, where it asks where to report calls.</p>
          <ul>
            {webhookUrls.map((url) => (
              <li key={url}>
                <CopyValue name="address" value={url} form="whole" />
              </li>
            ))}
          </ul>
        </>
      )}
    </details>
  );
}

/** What it does now, in one sentence or two. */
function summaryOf(
  { state, name, vias, lastDeliveryAtMs, pausedSinceMs }: ProviderView,
  nowMs: number,
): string {
  if (state === 'not_set_up') return `Calls of ${name} are not seen until the settings below are there.`;
  if (state === 'paused') {
    const since = pausedSinceMs === null ? '' : ` since ${momentInWords(pausedSinceMs, nowMs)}`;
    return `Saved recordings are safe. ${name} has not accepted the account details${since}.`;
  }
  const heard =
    lastDeliveryAtMs === null
      ? `${name} has not reported a call yet.`
      : `Last heard of it ${momentInWords(lastDeliveryAtMs, nowMs)}.`;
  return vias.length === 0 ? heard : `${heard} Calls can be placed with it.`;
}
