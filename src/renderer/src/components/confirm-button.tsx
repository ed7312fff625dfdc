// A button that asks once more in its own place. The safe answer gets the focus, so a second Enter does no harm.
import { useEffect, useRef, useState } from 'react';
import { Button } from './button.tsx';
import styles from './confirm-button.module.css';

interface ConfirmButtonProps {
  label: string;
  /** The whole of it for those who hear the button alone, e.g. "Cancel (415) 555-0132". */
  spokenLabel: string;
  question: string;
  yes: string;
  no: string;
  onConfirm: () => Promise<void>;
}

export function ConfirmButton({ label, spokenLabel, question, yes, no, onConfirm }: ConfirmButtonProps) {
  const [stage, setStage] = useState<'idle' | 'asking' | 'busy'>('idle');
  const safe = useRef<HTMLButtonElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const wasAsking = useRef(false);
  useEffect(() => {
    if (stage === 'asking') safe.current?.focus();
    if (stage === 'idle' && wasAsking.current) first.current?.focus();
    wasAsking.current = stage !== 'idle';
  }, [stage]);
  if (stage === 'idle') {
    return (
      <Button ref={first} aria-label={spokenLabel} onClick={() => setStage('asking')}>
        {label}
      </Button>
    );
  }
  return (
    <span
      className={styles.confirm}
      role="group"
      aria-label={question}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        // Esc answers this question and closes nothing else.
        event.stopPropagation();
        setStage('idle');
      }}
    >
      {question}
      <Button
        disabled={stage === 'busy'}
        onClick={() => {
          setStage('busy');
          void onConfirm().finally(() => setStage('idle'));
        }}
      >
        {yes}
      </Button>
      <Button ref={safe} disabled={stage === 'busy'} onClick={() => setStage('idle')}>
        {no}
      </Button>
    </span>
  );
}
