// A window over the screen, on Base UI's focus handling: Tab stays inside, Esc closes, focus goes back.
import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import type { ReactNode, RefObject } from 'react';
import { IconButton } from './button.tsx';
import styles from './dialog.module.css';

interface DialogProps {
  title: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  width?: 'narrow' | 'wide';
  /** Where the focus begins; left out: on the first control. */
  initialFocus?: RefObject<HTMLElement | null>;
  children: ReactNode;
}

/** `children` are made anew each time it opens. */
export function Dialog({ title, isOpen, onOpenChange, width = 'wide', initialFocus, children }: DialogProps) {
  return (
    <BaseDialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={styles.backdrop} />
        <BaseDialog.Popup
          className={`${styles.sheet} ${styles[width]}`}
          {...(initialFocus === undefined ? {} : { initialFocus })}
        >
          <div className={styles.title}>
            <BaseDialog.Title render={<h2 />}>{title}</BaseDialog.Title>
            <BaseDialog.Close render={<IconButton label="Close" icon="close" />} />
          </div>
          {children}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
