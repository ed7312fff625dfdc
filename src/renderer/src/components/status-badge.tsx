import type { StatusWords } from '../words.ts';
import { Icon } from './icons.tsx';
import styles from './status-badge.module.css';

/** A status in a row: icon shape and word, never colour alone. The raw code is in the tooltip. */
export function StatusBadge({ words, code }: { words: StatusWords; code: string }) {
  return (
    <span
      className={`${styles.badge} ${styles[words.tone]} ${words.quiet ? styles.quiet : styles.loud}`}
      title={code}
    >
      <Icon name={words.icon} />
      <span className={styles.label}>{words.label}</span>
    </span>
  );
}
