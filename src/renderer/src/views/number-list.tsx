// The clinic's numbers at a phone service, and whether it tells Tapedeck of their calls.
import { useEffect, useState } from 'react';
import type { ProviderNumber, ProviderView } from '../../../preload/contract/system.ts';
import { Button } from '../components/button.tsx';
import { Loading } from '../components/pane-state.tsx';
import { numberWords } from '../placing-words.ts';
import { useApp } from '../state/use-app.tsx';
import { CopyValue } from './copy-value.tsx';
import styles from './services.module.css';
import { ToneText } from './tone-text.tsx';

const stateIcons = { connected: 'check', elsewhere: 'alert', nowhere: 'none' } as const;

/** Nothing for a phone service that has no list of numbers. */
export function NumberList({ provider: { providerId, name } }: { provider: ProviderView }) {
  const asked = useApp((state) => state.numbersById[providerId]);
  const load = useApp((state) => state.loadNumbers);
  useEffect(() => void load(providerId), [load, providerId]);
  if (asked === undefined || (asked.phase === 'asking' && asked.data === null)) {
    return <Loading rows={1} slowText={`Still asking ${name} for its numbers.`} />;
  }
  if (asked.phase === 'failed') {
    return (
      <p className={styles.finding}>
        <ToneText tone="err" icon="alert">
          The numbers could not be read. {asked.error.message}
        </ToneText>{' '}
        <Button onClick={() => void load(providerId)}>Try again</Button>
      </p>
    );
  }
  const numbers = asked.data ?? [];
  if (numbers.length === 0) return null;
  const snippet = numbers.find((number) => number.snippet !== null)?.snippet ?? null;
  const note = numbers.find((number) => number.note !== null)?.note ?? null;
  return (
    <>
      {note !== null && <p className={styles.hint}>{note}</p>}
      {snippet !== null && <Snippet snippet={snippet} />}
      <ul className={styles.numbers} aria-label={`Numbers at ${name}`}>
        {numbers.map((number) => (
          <NumberRow key={number.numberId} providerId={providerId} number={number} />
        ))}
      </ul>
    </>
  );
}

function NumberRow({ providerId, number }: { providerId: string; number: ProviderNumber }) {
  const set = useApp((state) => state.setNumber);
  const [isBusy, setBusy] = useState(false);
  const { numberId, display, label, state, currentUrl, wantedUrl, previousUrl } = number;
  const words = numberWords[state];
  const run = (action: 'connect' | 'restore'): void => {
    setBusy(true);
    void set(providerId, numberId, action).finally(() => setBusy(false));
  };
  return (
    <li>
      <div className={styles.number}>
        <strong>{display}</strong>
        {label !== null && label !== display && <span className={styles.hint}>{label}</span>}
      </div>
      <div className={styles.reports}>
        <ToneText tone={words.tone} icon={stateIcons[state]}>
          {words.label}
        </ToneText>
        {state === 'elsewhere' && currentUrl !== null && (
          <span className={`mono ${styles.url}`}>{currentUrl}</span>
        )}
        {previousUrl !== null && <span className={`mono ${styles.url}`}>Before: {previousUrl}</span>}
      </div>
      {state !== 'connected' && wantedUrl !== null && (
        <Button aria-label={`Connect ${display}`} disabled={isBusy} onClick={() => run('connect')}>
          Connect
        </Button>
      )}
      {(previousUrl !== null || state === 'connected') && (
        <Button aria-label={`Put back ${display}`} disabled={isBusy} onClick={() => run('restore')}>
          Put back
        </Button>
      )}
    </li>
  );
}

function Snippet({ snippet }: { snippet: string }) {
  return (
    <details className={styles.addresses}>
      <summary>TwiML that records a call</summary>
      <p className={styles.hint}>
        Put it where the number's TwiML is, with the number that shall ring. It records the call from the
        moment it is answered, with each side on a channel of its own, and tells Tapedeck of it.
      </p>
      <CopyValue name="snippet" value={snippet} form="block" />
    </details>
  );
}
