import type { StatusWords } from '../words.ts';
import { Icon } from './icons.tsx';
import styles from './status-badge.module.css';
import tones from './tones.module.css';

/** A status in a row: icon shape and word, never colour alone. The raw code is in the tooltip. */
export function StatusBadge({ words, code }: { words: StatusWords; code: string }) {
  const weight = words.quiet ? styles.quiet : styles.loud;
  return (
    <span
      className={`${styles.badge} ${tones[words.tone]} ${weight} ${words.tone === 'mute' ? styles.faint : ''}`}
      title={code}
    >
      <Icon name={words.icon} />
      <span className={styles.label}>{words.label}</span>
    </span>
  );
}
