// The frame around every screen: toolbar, strips, sidebar, content, deck, status bar.
import { type ReactNode, useState } from 'react';
import { Button, IconButton } from '../components/button.tsx';
import { Icon } from '../components/icons.tsx';
import { useApp } from '../state/use-app.tsx';
import { Deck } from './deck.tsx';
import styles from './frame.module.css';
import { HelpSheet } from './help-sheet.tsx';
import { MatchDialog } from './match-dialog.tsx';
import { NewCall } from './new-call.tsx';
import { SearchField } from './search-field.tsx';
import { Sidebar } from './sidebar.tsx';
import { StatusBar } from './status-bar.tsx';
import { Strips } from './strips.tsx';

export function Frame({ children }: { children: ReactNode }) {
  const [menuOpen, setMenuOpen] = useState(false);
  const announcement = useApp((state) => state.announcement);
  return (
    <div className={styles.frame}>
      <header className={styles.toolbar}>
        <span className={styles.menuButton}>
          <IconButton
            label="Menu"
            icon="menu"
            aria-expanded={menuOpen}
            onClick={() => setMenuOpen(!menuOpen)}
          />
        </span>
        <h1 className={styles.brand}>Tapedeck</h1>
        <SearchField />
        <NewCallButton />
      </header>
      <Strips />
      <div className={styles.content}>
        <Sidebar isOpen={menuOpen} onLeave={() => setMenuOpen(false)} />
        <main className={styles.main}>{children}</main>
      </div>
      <Deck />
      <StatusBar />
      <HelpSheet />
      <NewCall />
      <MatchDialog />
      <div className="spoken" role="status" aria-live="polite">
        {announcement}
      </div>
    </div>
  );
}

function NewCallButton() {
  const setOpen = useApp((state) => state.setNewCallOpen);
  return (
    <Button
      kind="primary"
      className={styles.newCall ?? ''}
      aria-label="New call"
      onClick={() => setOpen(true)}
    >
      <Icon name="phone" />
      <span>New call</span>
    </Button>
  );
}
