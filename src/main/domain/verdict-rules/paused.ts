// Whether a running recording stands still because a person said so.
import type { EventFact } from '../verdict-facts.ts';

/** @param events of one call, oldest first; the last that was told of pausing and resuming decides */
export function isPausedBy(events: readonly EventFact[]): boolean {
  const last = events.findLast(
    ({ event }) =>
      event.kind === 'recording.started' ||
      (event.kind === 'call.told' && /^recording_(?:paused|resumed|stopped|started)$/.test(event.data.what)),
  );
  return last?.event.kind === 'call.told' && last.event.data.what === 'recording_paused';
}
