import { useEffect, useState } from 'react';
import { Icon } from '../components/icons.tsx';
import { IconButton } from '../components/button.tsx';
import { shownKeys } from '../commands.ts';
import { useApp } from '../state/use-app.tsx';
import styles from './frame.module.css';

// Long enough that a typed number is one question, short enough that rows answer within 100 ms of the pause.
const typingPauseMs = 60;

/** Typed text stays here and in the store: it may hold a patient's number, so it never enters the address. */
export function SearchField() {
  const search = useApp((state) => state.search);
  const setSearch = useApp((state) => state.setSearch);
  const route = useApp((state) => state.route);
  const go = useApp((state) => state.go);
  const [typed, setTyped] = useState(search);

  // Cleared elsewhere (Esc, "Clear search").
  useEffect(() => setTyped(search), [search]);
  useEffect(() => {
    if (typed.trim() === search) return;
    const timer = setTimeout(() => {
      setSearch(typed.trim());
      if (route.view !== 'calls') go({ ...route, view: 'calls' });
    }, typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed, search, setSearch, route, go]);

  return (
    <search className={styles.search}>
      <Icon name="search" />
      <input
        id="search"
        type="search"
        aria-label="Search calls"
        placeholder="Search by number or reference"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
          event.preventDefault();
          document.getElementById('call-grid')?.focus();
        }}
      />
      {typed === '' ? (
        <kbd className={styles.key}>{shownKeys('search')}</kbd>
      ) : (
        <IconButton
          label="Clear search"
          icon="close"
          onClick={() => {
            setTyped('');
            setSearch('');
          }}
        />
      )}
    </search>
  );
}
