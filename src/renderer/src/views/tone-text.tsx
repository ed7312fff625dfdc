// A few words with an icon in the colour of how things stand; never the colour alone.
import type { ReactNode } from 'react';
import { Icon, type IconName } from '../components/icons.tsx';
import tones from '../components/tones.module.css';
import type { Tone } from '../words.ts';
import styles from './tone-text.module.css';

interface ToneTextProps {
  tone: Tone;
  icon: IconName;
  /** Quiet text is ordinary ink beside a coloured icon. */
  isQuiet?: boolean;
  children: ReactNode;
}

export function ToneText({ tone, icon, isQuiet = false, children }: ToneTextProps) {
  return (
    <span className={`${styles.tone} ${tones[tone]}`}>
      <Icon name={icon} />
      <span className={isQuiet ? styles.quiet : styles.loud}>{children}</span>
    </span>
  );
}
