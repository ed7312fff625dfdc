// Calls and ports for renderer tests.
import type { ProcedureName, Reply } from '../../../src/preload/contract/api.ts';
import type { CallView } from '../../../src/preload/contract/calls.ts';
import type { EventEnvelope } from '../../../src/preload/contract/events.ts';
import type { DeckAudio, DeckSignal } from '../../../src/renderer/src/audio/deck-audio.ts';
import type { Client, EventListeners } from '../../../src/renderer/src/client/client.ts';

export const noonMs = new Date(2026, 10, 21, 12, 0, 0).getTime();
export const todayMs = new Date(2026, 10, 21).getTime();

export function makeCall(callId: string, change: Partial<CallView> = {}): CallView {
  return {
    callId,
    reference: null,
    providerId: 'twilio',
    direction: 'inbound',
    from: '+14155550132',
    to: '+14155550100',
    status: 'completed',
    startedAtMs: noonMs - 600_000,
    answeredAtMs: noonMs - 598_000,
    endedAtMs: noonMs - 500_000,
    recordingStatus: 'stored',
    durationMs: 98_000,
    otherParty: { number: '+14155550132', display: '(415) 555-0132' },
    line: null,
    recordingCount: 1,
    mainRecordingId: `rec_${callId}`,
    recordingReason: null,
    needsAttention: false,
    kind: null,
    via: null,
    priority: null,
    dialState: null,
    dialCode: null,
    unmatched: false,
    matchedBy: null,
    hasTranscript: false,
    ...change,
  };
}

export function changed(call: CallView, seq = 1): EventEnvelope {
  return { seq, name: 'call.changed', data: { call } };
}

/** A client whose answers are given by the test; every question is kept. */
export function createFakeClient(answer: (name: ProcedureName, input: unknown) => unknown) {
  const asked: { name: ProcedureName; input: unknown }[] = [];
  let listeners: EventListeners | null = null;
  const client: Client = {
    async invoke(name, input) {
      asked.push({ name, input });
      const data = answer(name, input);
      const reply: unknown =
        data === undefined ? { ok: false, error: { code: 'internal', message: 'no' } } : { ok: true, data };
      return reply as Reply<never>;
    },
    subscribe(given) {
      listeners = given;
      return () => {
        listeners = null;
      };
    },
  };
  return { client, asked, listeners: () => listeners };
}

/** A deck without sound that remembers what it was told. */
export function createFakeDeck() {
  const told: unknown[][] = [];
  const listeners = new Set<(signal: DeckSignal) => void>();
  let timeMs = 0;
  let playing = false;
  const signal = (what: DeckSignal): void => listeners.forEach((listener) => listener(what));
  const deck: DeckAudio = {
    load(url, channels, startMs) {
      told.push(['load', url, channels, startMs]);
      timeMs = startMs;
      signal('ready');
    },
    unload: () => void (playing = false),
    play: async () => {
      playing = true;
      signal('playing');
    },
    pause: () => {
      playing = false;
      signal('paused');
    },
    seek: (atMs) => void (timeMs = atMs),
    setRate: (rate) => void told.push(['rate', rate]),
    setSolo: (solo) => void told.push(['solo', solo]),
    currentTimeMs: () => timeMs,
    durationMs: () => 100_000,
    playing: () => playing,
    analyser: () => [],
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return { deck, told, signal };
}
