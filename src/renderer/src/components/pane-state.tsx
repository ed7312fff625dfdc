// What a pane shows while it has no rows: why, and the one thing to do about it.
import { type ReactNode, useEffect, useState } from 'react';
import styles from './pane-state.module.css';

interface PaneStateProps {
  title: string;
  children?: ReactNode;
  code?: string;
  actions?: ReactNode;
}

export function PaneState({ title, children, code, actions }: PaneStateProps) {
  return (
    <div className={styles.state}>
      <strong>{title}</strong>
      {children !== undefined && <p>{children}</p>}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      {code !== undefined && <p className={styles.code}>{code}</p>}
    </div>
  );
}

const skeletonAfterMs = 150;
const slowAfterMs = 4_000;

/** Nothing for 150 ms, then rows of true height, after 4 s words. */
export function Loading({ rows, slowText }: { rows: number; slowText: string }) {
  const [stage, setStage] = useState<'none' | 'skeleton' | 'slow'>('none');
  useEffect(() => {
    const timers = [
      setTimeout(() => setStage('skeleton'), skeletonAfterMs),
      setTimeout(() => setStage('slow'), slowAfterMs),
    ];
    return () => timers.forEach(clearTimeout);
  }, []);
  if (stage === 'none') return null;
  return (
    <div aria-busy="true">
      {stage === 'slow' && (
        <p className={styles.slow} role="status">
          {slowText}
        </p>
      )}
      <div className={styles.skeleton} aria-hidden="true">
        {Array.from({ length: rows }, (_, index) => (
          <div key={index} />
        ))}
      </div>
    </div>
  );
}
