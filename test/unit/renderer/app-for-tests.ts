// The whole store of the renderer on a fake client and a deck without sound.
import type { Peaks } from '../../../src/renderer/src/audio/peaks.ts';
import { parseRoute } from '../../../src/renderer/src/state/routes.ts';
import { createAppStore } from '../../../src/renderer/src/state/store.ts';
import { createFakeClient, createFakeDeck, makeCall, noonMs } from './calls-for-tests.ts';

const counts = { total: 2, live: 0, needsAttention: 0, cap: 1_000 };
export const playback = {
  url: '/media/rec_a',
  contentType: 'audio/wav',
  durationMs: 100_000,
  channels: 2,
  peaks: null,
};

export const waveform: Peaks = { values: new Int8Array(4), perSecond: 50, channels: 2, stepCount: 1 };

/** @param answers by procedure; a change of them changes what is answered from then on */
export function makeApp(answers: Record<string, unknown> = {}) {
  const calls = [makeCall('b', { startedAtMs: noonMs - 1_000 }), makeCall('a')];
  const fake = createFakeClient((name) => {
    if (name in answers) return answers[name];
    if (name === 'calls.list') return { items: calls, nextCursor: null };
    if (name === 'calls.count') return counts;
    if (name === 'recordings.playback') return playback;
    if (name === 'calls.get') {
      return {
        call: calls[1],
        recordings: [],
        keys: [],
        timeline: [],
        legs: [],
        transcript: [],
        matches: [],
      };
    }
    if (name === 'queue.get') return { paused: false, current: null, waiting: [] };
    return undefined;
  });
  const deck = createFakeDeck();
  const remembered = new Map<string, string>();
  const addresses: string[] = [];
  const store = createAppStore(
    fake.client,
    {
      wallNow: () => noonMs,
      goTo: (url) => void addresses.push(url),
      navigate: (hash) => void addresses.push(hash),
      memory: {
        read: (name) => remembered.get(name) ?? null,
        write: (name, value) => void remembered.set(name, value),
      },
      deck: deck.deck,
      // As for a file that is too large to be drawn by the browser.
      readPeaks: async ({ peaks }) => (peaks === null ? null : waveform),
    },
    parseRoute('#/calls'),
  );
  return { ...fake, ...deck, store, remembered, addresses, state: () => store.getState() };
}

/** After every answer that was under way. */
export const settled = () => new Promise((done) => setTimeout(done, 0));
