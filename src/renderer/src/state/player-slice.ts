// What the deck holds. Playback time is not here: it moves sixty times a second and is asked from the sound itself.
import type { StateCreator } from 'zustand/vanilla';
import type { EventEnvelope } from '../../../preload/contract/events.ts';
import type { PlaybackView } from '../../../preload/contract/recordings.ts';
import type { Client } from '../client/client.ts';
import type { DeckAudio, Solo } from '../audio/deck-audio.ts';
import type { Peaks } from '../audio/peaks.ts';
import type { AppState } from './store.ts';
import type { Memory } from './ui-slice.ts';

export type Side = 'both' | 'clinic' | 'caller';

export interface Loaded {
  recordingId: string;
  callId: string;
  providerId: string;
  phase: 'loading' | 'ready' | 'failed';
  /** Why there is no sound, in words; null while all is well. */
  problem: string | null;
  playback: PlaybackView | null;
  durationMs: number;
  /** `none`: no waveform can be had; a plain progress bar stands in. */
  peaks: Peaks | 'loading' | 'none';
}

export interface PlayerSlice {
  loaded: Loaded | null;
  playing: boolean;
  rate: number;
  side: Side;
  /** True where the clinic's voice is on the second channel. Providers differ, so it is remembered per provider. */
  swapped: boolean;
  load(what: { recordingId: string; callId: string; providerId: string }, how: LoadHow): Promise<void>;
  unload(): void;
  togglePlay(): Promise<void>;
  seek(atMs: number): void;
  seekBy(deltaMs: number): void;
  setRate(rate: number): void;
  stepRate(step: 1 | -1): void;
  setSide(side: Side): void;
  nextSide(): void;
  swapSides(): void;
  applyPlayer(events: readonly EventEnvelope[]): void;
}

export interface LoadHow {
  play: boolean;
  /** Where to begin; left out: where this call was left the last time. */
  atMs?: number;
}

export interface PlayerPorts {
  deck: DeckAudio;
  memory: Memory;
  /** @returns null where no waveform can be had */
  readPeaks: (playback: PlaybackView, signal: AbortSignal) => Promise<Peaks | null>;
}

export const rates = [0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;
const sides: readonly Side[] = ['both', 'clinic', 'caller'];
const swappedKey = (providerId: string): string => `swapped:${providerId}`;
// A call left this close to its end starts from the beginning the next time.
const nearEndMs = 1_500;

export function createPlayerSlice(
  client: Client,
  { deck, memory, readPeaks }: PlayerPorts,
): StateCreator<AppState, [], [], PlayerSlice> {
  return (set, get) => {
    const positions = new Map<string, number>();
    let loading = new AbortController();

    const patch = (change: Partial<Loaded>): void => {
      const { loaded } = get();
      if (loaded !== null) set({ loaded: { ...loaded, ...change } });
    };
    const remember = (): void => {
      const { loaded } = get();
      if (loaded === null || loaded.phase !== 'ready') return;
      const atMs = deck.currentTimeMs();
      positions.set(loaded.recordingId, atMs > loaded.durationMs - nearEndMs ? 0 : atMs);
    };
    const drawPeaks = async (playback: PlaybackView, { signal } = loading): Promise<void> => {
      const peaks = await readPeaks(playback, signal).catch(() => null);
      // What was read already stays: two readings may be under way, and the slower one may know less.
      if (!signal.aborted && (peaks !== null || get().loaded?.peaks === 'loading'))
        patch({ peaks: peaks ?? 'none' });
    };
    /** The waveform is made after the recording is stored: one that was opened in between gets it later. */
    const drawStoredPeaks = async (): Promise<void> => {
      const { loaded } = get();
      if (loaded === null || loaded.playback === null || loaded.playback.peaks !== null) return;
      const current = loading;
      const reply = await client.invoke('recordings.playback', { recordingId: loaded.recordingId });
      if (current.signal.aborted || !reply.ok || reply.data.peaks === null) return;
      patch({ playback: reply.data });
      await drawPeaks(reply.data, current);
    };
    const applySolo = (): void => deck.setSolo(soloOf(get().side, get().swapped));
    const start = async (): Promise<void> => {
      try {
        await deck.play();
      } catch (error) {
        // A newer load or a pause interrupts play(); only a browser's refusal is worth a word.
        if (error instanceof DOMException && error.name === 'NotAllowedError') {
          patch({ problem: 'The browser wants a click before it plays sound. Press play.' });
        }
      }
    };

    deck.onSignal((signal) => {
      if (signal === 'playing') set({ playing: true });
      if (signal === 'paused' || signal === 'ended') {
        remember();
        set({ playing: false });
      }
      if (signal === 'ready') patch({ phase: 'ready', durationMs: deck.durationMs(), problem: null });
      if (signal === 'failed') {
        set({ playing: false });
        patch({ phase: 'failed', problem: 'This recording could not be read. The file may be damaged.' });
      }
    });

    return {
      loaded: null,
      playing: false,
      rate: 1,
      side: 'both',
      swapped: false,

      async load(what, { play, atMs }) {
        if (get().loaded?.recordingId === what.recordingId && get().loaded?.phase !== 'failed') {
          if (atMs !== undefined) deck.seek(atMs);
          void drawStoredPeaks();
          if (play) await start();
          return;
        }
        remember();
        deck.unload();
        loading.abort();
        loading = new AbortController();
        const { signal } = loading;
        set({
          loaded: {
            ...what,
            phase: 'loading',
            problem: null,
            playback: null,
            durationMs: 0,
            peaks: 'loading',
          },
          swapped: memory.read(swappedKey(what.providerId)) === 'yes',
        });
        const reply = await client.invoke('recordings.playback', { recordingId: what.recordingId });
        if (signal.aborted) return;
        if (!reply.ok) {
          deck.unload();
          patch({ phase: 'failed', problem: notHere(reply.error.code, reply.error.message), peaks: 'none' });
          return;
        }
        const playback = reply.data;
        patch({ playback, durationMs: playback.durationMs });
        // One channel has no sides: what was chosen for the last call would silence this one.
        if (playback.channels < 2) set({ side: 'both' });
        deck.load(playback.url, playback.channels, atMs ?? positions.get(what.recordingId) ?? 0);
        deck.setRate(get().rate);
        applySolo();
        void drawPeaks(playback);
        if (play) await start();
      },

      unload() {
        remember();
        loading.abort();
        deck.unload();
        set({ loaded: null, playing: false });
      },

      async togglePlay() {
        if (get().loaded === null) return;
        if (deck.playing()) deck.pause();
        else await start();
      },

      seek(atMs) {
        const { loaded } = get();
        if (loaded === null) return;
        deck.seek(Math.min(Math.max(0, atMs), loaded.durationMs));
      },
      seekBy: (deltaMs) => get().seek(deck.currentTimeMs() + deltaMs),

      setRate(rate) {
        deck.setRate(rate);
        set({ rate });
      },
      stepRate(step) {
        const index = rates.findIndex((rate) => rate === get().rate) + step;
        get().setRate(rates[Math.min(Math.max(0, index), rates.length - 1)] ?? 1);
      },

      setSide(side) {
        if ((get().loaded?.playback?.channels ?? 2) < 2) return;
        set({ side });
        applySolo();
      },
      nextSide: () => get().setSide(sides[(sides.indexOf(get().side) + 1) % sides.length] ?? 'both'),

      swapSides() {
        const { loaded, swapped } = get();
        if (loaded === null) return;
        memory.write(swappedKey(loaded.providerId), swapped ? 'no' : 'yes');
        set({ swapped: !swapped });
        applySolo();
      },

      applyPlayer(events) {
        const isMade = events.some(
          ({ name, data }) =>
            name === 'reset' ||
            (name === 'job.changed' &&
              data.job.kind === 'make-peaks' &&
              data.job.state === 'done' &&
              data.job.recordingId === get().loaded?.recordingId),
        );
        if (isMade) void drawStoredPeaks();
      },
    };
  };
}

/** Which channel carries a side. The order is a guess until a person swaps it. */
export function channelOf(side: 'clinic' | 'caller', swapped: boolean): 0 | 1 {
  return (side === 'clinic') === swapped ? 1 : 0;
}

function soloOf(side: Side, swapped: boolean): Solo {
  return side === 'both' ? 'both' : channelOf(side, swapped);
}

function notHere(code: string, message: string): string {
  return code === 'not_found' || code === 'conflict' ? 'This recording is not kept here.' : message;
}
