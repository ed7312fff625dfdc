import type { ComponentProps } from 'react';
import styles from './button.module.css';
import { Icon, type IconName } from './icons.tsx';

type ButtonProps = ComponentProps<'button'> & { kind?: 'plain' | 'primary' };

/** One primary button per screen at most. */
export function Button({ kind = 'plain', className = '', ...props }: ButtonProps) {
  return <button type="button" className={`${buttonClass(kind)} ${className}`} {...props} />;
}

/** For links that act like buttons (a download). */
export function buttonClass(kind: 'plain' | 'primary' = 'plain'): string {
  return kind === 'primary' ? `${styles.button} ${styles.primary}` : `${styles.button}`;
}

/** A filter that is on or off. */
export function Chip({ pressed, ...props }: ComponentProps<'button'> & { pressed: boolean }) {
  return (
    <button type="button" className={`${styles.button} ${styles.chip}`} aria-pressed={pressed} {...props} />
  );
}

/** 28 px square; `label` is its name. */
export function IconButton({
  label,
  icon,
  ...props
}: ComponentProps<'button'> & { label: string; icon: IconName }) {
  return (
    <button
      type="button"
      className={`${styles.button} ${styles.icon}`}
      aria-label={label}
      title={label}
      {...props}
    >
      <Icon name={icon} />
    </button>
  );
}
