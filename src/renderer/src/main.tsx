// Where the console is put together: carrier, sound, store, views.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@fontsource-variable/atkinson-hyperlegible-next/wght.css';
import '@fontsource-variable/atkinson-hyperlegible-mono/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import { App } from './app.tsx';
import { createDeckAudio, type DeckAudio } from './audio/deck-audio.ts';
import { createClient } from './client/client.ts';
import { readPeaks } from './client/read-peaks.ts';
import { bindCommands } from './keyboard.ts';
import { startLiveUpdates } from './state/live-updates.ts';
import { parseRoute } from './state/routes.ts';
import { type AppStore, createAppStore } from './state/store.ts';
import type { Memory } from './state/ui-slice.ts';
import { AppProvider } from './state/use-app.tsx';

declare global {
  interface Window {
    /** For browser tests: what is heard, and where it is. Read-only. */
    readonly __tapedeckDeck?: Pick<DeckAudio, 'analyser' | 'currentTimeMs' | 'playing'>;
  }
}

// Status is asked for now and then even when nothing happens: clocks drift and disks fill.
const statusEveryMs = 30_000;

/** localStorage, which a browser may refuse; then nothing is remembered. */
const memory: Memory = {
  read(key) {
    try {
      return localStorage.getItem(`tapedeck:${key}`);
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(`tapedeck:${key}`, value);
    } catch {
      // A full or forbidden store costs only the memory of a choice.
    }
  },
};

/** Before the next paint; in a hidden tab, which is never painted, soon. */
function beforeNextPaint(run: () => void): void {
  const hiddenDelayMs = 500;
  let frame = 0;
  const timer = setTimeout(() => {
    cancelAnimationFrame(frame);
    run();
  }, hiddenDelayMs);
  frame = requestAnimationFrame(() => {
    clearTimeout(timer);
    run();
  });
}

function applyTheme(store: AppStore): void {
  const { theme } = store.getState();
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

function start(): void {
  const audio = document.createElement('audio');
  document.body.append(audio);
  const deck = createDeckAudio(audio, () => new AudioContext());
  const client = createClient(window);
  const store = createAppStore(
    client,
    {
      wallNow: () => Date.now(),
      goTo: (url) => location.assign(url),
      navigate: (hash, how) => {
        if (how === 'replace') history.replaceState(null, '', hash);
        else history.pushState(null, '', hash);
      },
      memory,
      deck,
      readPeaks,
    },
    parseRoute(location.hash),
  );

  applyTheme(store);
  store.subscribe((state, before) => {
    if (state.theme !== before.theme) applyTheme(store);
  });
  const arrive = (): void => store.getState().arrive(parseRoute(location.hash));
  addEventListener('popstate', arrive);
  addEventListener('hashchange', arrive);
  bindCommands(store, window);
  startLiveUpdates(client, store, beforeNextPaint);
  setInterval(() => void store.getState().refreshStatus(), statusEveryMs);
  void store.getState().refreshStatus();
  void store.getState().loadLive();
  void store.getState().loadQueue();
  store.getState().refreshCounts();
  Object.defineProperty(window, '__tapedeckDeck', {
    value: Object.freeze({
      analyser: deck.analyser,
      currentTimeMs: deck.currentTimeMs,
      playing: deck.playing,
    }),
  });

  const root = document.getElementById('root');
  if (root === null) return;
  createRoot(root).render(
    <StrictMode>
      <AppProvider app={{ store, deck }}>
        <App />
      </AppProvider>
    </StrictMode>,
  );
}

start();
