// How views read the store: by selectors, from the nearest provider.
import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { DeckAudio } from '../audio/deck-audio.ts';
import type { AppState, AppStore } from './store.ts';
import { productTime } from './system-slice.ts';

interface App {
  store: AppStore;
  /** Asked for the playback time, which is not state. */
  deck: DeckAudio;
}

const AppContext = createContext<App | null>(null);

export function AppProvider({ app, children }: { app: App; children: ReactNode }) {
  return <AppContext value={app}>{children}</AppContext>;
}

/** @param select should return the same value for the same state, or every change draws again */
export function useApp<T>(select: (state: AppState) => T): T {
  return useStore(useAppPorts().store, select);
}

/** The store itself, for handlers that read at the moment they run. */
export function useAppPorts(): App {
  const app = use(AppContext);
  if (app === null) throw new Error('AppProvider is missing');
  return app;
}

/** Product time, drawn again every `everyMs` of the wall clock. Stands still while the connection is lost. */
export function useProductNow(everyMs: number): number {
  const clock = useApp((state) => state.clock);
  const isStale = useApp((state) => state.connection === 'lost');
  const [wallMs, setWallMs] = useState(() => Date.now());
  useEffect(() => {
    if (isStale) return;
    setWallMs(Date.now());
    const timer = setInterval(() => setWallMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, isStale]);
  return productTime(clock, Math.max(wallMs, clock.wallMs));
}
