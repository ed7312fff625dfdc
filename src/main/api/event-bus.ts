// Pushed events, numbered, with a memory of the last thousand: a client that was away for a moment catches up, one
// that was away for longer is told to ask again for everything (`reset`).
import type { EventData, EventEnvelope, EventName } from '../../preload/contract/events.ts';

export type EventListener = (envelope: EventEnvelope) => void;

export interface EventBus {
  publish<N extends EventName>(name: N, data: EventData<N>): void;
  /**
   * @param afterSeq the last number that the subscriber has seen; later events that are still known come at once,
   * after a `reset` when some are not. Left out: only what comes from now on.
   * @returns stops it
   */
  subscribe(listener: EventListener, afterSeq?: number): () => void;
  lastSeq(): number;
  subscriberCount(): number;
}

/** How many events are remembered. */
const ringSize = 1_000;

/**
 * @param startedAtMs when this run began; numbers start there (in microseconds), so that a number of an earlier
 * run is always older than everything remembered, and one of a run whose clock was ahead is newer: both give `reset`
 */
export function createEventBus(startedAtMs = Date.now()): EventBus {
  const firstSeq = Math.floor(startedAtMs) * 1_000;
  let seq = firstSeq;
  const ring: EventEnvelope[] = [];
  const listeners = new Set<EventListener>();

  const catchUp = (listener: EventListener, afterSeq: number): void => {
    const oldest = seq - ring.length;
    if (!(afterSeq >= oldest && afterSeq <= seq)) return listener({ seq, name: 'reset', data: {} });
    for (const envelope of ring.slice(afterSeq - oldest)) listener(envelope);
  };

  return {
    publish(name, data) {
      seq += 1;
      const envelope = { seq, name, data } as EventEnvelope;
      ring.push(envelope);
      if (ring.length > ringSize) ring.shift();
      for (const listener of [...listeners]) listener(envelope);
    },
    subscribe(listener, afterSeq) {
      // A wrapper of its own, so that the same function subscribed twice is two subscriptions.
      const own: EventListener = (envelope) => listener(envelope);
      if (afterSeq !== undefined) catchUp(own, afterSeq);
      listeners.add(own);
      return () => listeners.delete(own);
    },
    lastSeq: () => seq,
    subscriberCount: () => listeners.size,
  };
}
