// Events come one at a time; the state changes once per animation frame, however many came.
import type { EventEnvelope } from '../../../preload/contract/events.ts';
import type { Client } from '../client/client.ts';
import { counted } from '../format.ts';
import type { AppStore } from './store.ts';

// Screen readers get at most one message in this time, merged.
const speakEveryMs = 5_000;

/**
 * Listens for events and keeps the store up to date.
 * @param onFrame runs its argument once, before the next paint
 * @returns a function that stops listening
 */
export function startLiveUpdates(
  client: Client,
  store: AppStore,
  onFrame: (flush: () => void) => void,
): () => void {
  let waiting: EventEnvelope[] = [];
  let lastSeq: number | null = null;
  let wasLost = false;
  let isScheduled = false;
  const speak = createSpeaker((message) => store.getState().announce(message));

  const refetch = (): void => {
    const state = store.getState();
    void state.refreshStatus();
    state.reloadList();
    void state.loadLive();
    void state.loadQueue();
    if (state.route.callId !== null) void state.loadDetail(state.route.callId);
  };

  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    isScheduled = false;
    const state = store.getState();
    // A reset says that events were missed: what is shown is asked for again, what came with it is in there.
    if (batch.some(({ name }) => name === 'reset')) refetch();
    state.applyCalls(batch);
    state.applySystem(batch);
    state.applyPlacing(batch);
    state.applySetup(batch);
    state.applyChecks(batch);
    state.applyTrouble(batch);
    state.applyPlayer(batch);
    speak(batch);
  };

  return client.subscribe({
    onEvent(event) {
      if (lastSeq !== null && event.seq > lastSeq + 1) {
        waiting.push({ seq: event.seq, name: 'reset', data: {} });
      }
      lastSeq = event.seq;
      waiting.push(event);
      if (isScheduled) return;
      isScheduled = true;
      onFrame(flush);
    },
    onConnection(connection) {
      store.getState().setConnection(connection);
      if (connection === 'lost') wasLost = true;
      if (connection === 'live' && wasLost) {
        wasLost = false;
        lastSeq = null;
        refetch();
      }
    },
  });
}

/** Merges what happened into one sentence: "3 recordings saved, 1 needs attention". */
function createSpeaker(say: (message: string) => void): (batch: readonly EventEnvelope[]) => void {
  const saved = new Set<string>();
  const failed = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let lastAtMs = Number.NEGATIVE_INFINITY;
  const tell = (): void => {
    timer = null;
    lastAtMs = performance.now();
    const parts = [
      saved.size > 0 ? `${counted(saved.size, 'recording')} saved` : '',
      failed.size > 0 ? `${failed.size} need${failed.size === 1 ? 's' : ''} attention` : '',
    ].filter((part) => part !== '');
    saved.clear();
    failed.clear();
    say(parts.join(', '));
  };
  return (batch) => {
    for (const event of batch) {
      if (event.name !== 'recording.changed') continue;
      const { recordingId, status } = event.data.recording;
      if (status === 'stored') saved.add(recordingId);
      if (status === 'failed') failed.add(recordingId);
    }
    if (saved.size + failed.size === 0 || timer !== null) return;
    timer = setTimeout(tell, Math.max(0, lastAtMs + speakEveryMs - performance.now()));
  };
}
