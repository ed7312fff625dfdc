// How phone services reach this computer: its state, the address, and what to do when it does not work.
import { useEffect } from 'react';
import type { WebLinkView } from '../../../preload/contract/system.ts';
import { momentInWords } from '../format.ts';
import { webLinkWords } from '../web-link-words.ts';
import { useApp, useProductNow } from '../state/use-app.tsx';
import { CopyValue } from './copy-value.tsx';
import { LinkButton } from './link-button.tsx';
import styles from './services.module.css';
import { ToneText } from './tone-text.tsx';

/** Nothing until the state of Tapedeck is known. */
export function WebLinkSection() {
  const webhooks = useApp((state) => state.status?.webhooks);
  const refreshStatus = useApp((state) => state.refreshStatus);
  const nowMs = useProductNow(30_000);
  // A check that found nothing new is no news to anybody but who looks at this very line.
  useEffect(() => {
    void refreshStatus();
    const timer = setInterval(() => void refreshStatus(), 60_000);
    return () => clearInterval(timer);
  }, [refreshStatus]);
  if (webhooks === undefined) return null;
  const { link, localUrl } = webhooks;
  const { label, sentence, advice, action, icon, tone } = webLinkWords(link, localUrl);
  return (
    <section className={styles.service} aria-label="Web link">
      <div className={styles.head}>
        <h3 className={styles.name}>Web link</h3>
        <ToneText tone={tone} icon={icon}>
          {label}
        </ToneText>
        {action !== null && (
          <LinkButton action={action} probeText={link.state === 'up' ? 'Check' : 'Try again'} />
        )}
      </div>
      <p className={styles.summary}>{sentence}</p>
      {advice !== null && <p className={styles.summary}>{advice}</p>}
      {link.publicUrl !== null && <CopyValue name="address" value={link.publicUrl} form="whole" />}
      {link.kind !== 'none' && <p className={styles.hint}>{times(link, nowMs)}</p>}
    </section>
  );
}

function times({ sinceMs, lastProbeAtMs }: WebLinkView, nowMs: number): string {
  const since = `Like this since ${momentInWords(sinceMs, nowMs)}.`;
  return lastProbeAtMs === null
    ? `${since} Not checked from outside yet.`
    : `${since} Last checked from outside ${momentInWords(lastProbeAtMs, nowMs)}.`;
}
