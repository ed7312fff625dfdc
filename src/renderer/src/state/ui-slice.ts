// Where the person is and how they like it: route, search text, theme, open sheets, what is said aloud.
import type { StateCreator } from 'zustand/vanilla';
import { formatRoute, type Route } from './routes.ts';
import type { AppState } from './store.ts';

export type Theme = 'light' | 'dark' | 'system';

export interface UiSlice {
  route: Route;
  /** Typed search text; never in the address. */
  search: string;
  theme: Theme;
  helpOpen: boolean;
  newCallOpen: boolean;
  /** The call without a match that a person is choosing for. */
  matchingId: string | null;
  /** For the one polite live region. */
  announcement: string;
  go(route: Route, how?: 'push' | 'replace'): void;
  /** The address changed from outside: Back, Forward, a link. */
  arrive(route: Route): void;
  setSearch(search: string): void;
  setTheme(theme: Theme): void;
  setHelpOpen(open: boolean): void;
  setNewCallOpen(open: boolean): void;
  setMatchingId(callId: string | null): void;
  announce(message: string): void;
}

export interface UiPorts {
  /** Writes the address. */
  navigate: (hash: string, how: 'push' | 'replace') => void;
  memory: Memory;
}

/** What outlives the page; localStorage in a browser, which may refuse. */
export interface Memory {
  read(key: string): string | null;
  write(key: string, value: string): void;
}

export function createUiSlice(
  { navigate, memory }: UiPorts,
  start: Route,
): StateCreator<AppState, [], [], UiSlice> {
  const remembered = memory.read('theme');
  return (set) => ({
    route: start,
    search: '',
    theme: remembered === 'light' || remembered === 'dark' ? remembered : 'system',
    helpOpen: false,
    newCallOpen: false,
    matchingId: null,
    announcement: '',
    go(route, how = 'push') {
      navigate(formatRoute(route), how);
      set({ route });
    },
    arrive: (route) => set({ route }),
    setSearch: (search) => set({ search }),
    setTheme(theme) {
      memory.write('theme', theme);
      set({ theme });
    },
    setHelpOpen: (helpOpen) => set({ helpOpen }),
    setNewCallOpen: (newCallOpen) => set({ newCallOpen }),
    setMatchingId: (matchingId) => set({ matchingId }),
    announce: (announcement) => set({ announcement }),
  });
}
