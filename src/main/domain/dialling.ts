// The rules of dialling that need no database: how long a silent provider is asked, and whose turn it is.
import type { CallRow } from './call.ts';
import type { DomainEvent, PlacedFacts } from './provider-event.ts';

/** Nothing more is expected of a dial that its provider still does not list after this long. */
export const askBackMs = 3 * 60_000;

/** A provider that never tells of a call's end must not stop the queue for ever; no call of a clinic is longer. */
export const longestCallMs = 4 * 3_600_000;

/**
 * What every request of one asking carries, so that a provider drops a second one. Fits the limits that providers set
 * for such names (under 40 characters).
 */
export function attemptKeyOf(callId: string, generation: number): string {
  return `${callId}-${generation}`;
}

/**
 * The journal's own key of the one decision that may be made about an asking: dial it, or take it back. A request that
 * the provider turned away unprocessed leaves that decision to be made once more, under the next try's key.
 */
export function dialClaimOf(callId: string, generation: number, tryNumber: number): string {
  return `dial:${callId}:${generation}${tryNumber === 0 ? '' : `:${tryNumber}`}`;
}

/** The try of this asking that may be made next: one more than were turned away unprocessed. */
export function nextTryOf(events: readonly DomainEvent[], generation: number): number {
  return events.reduce(
    (next, event) =>
      event.kind === 'call.dial_postponed' && event.data.generation === generation
        ? Math.max(next, (event.data.tryNumber ?? 0) + 1)
        : next,
    0,
  );
}

/** So often an asking waits when a provider is too busy; then a person decides. Leaves enough attempts to ask back. */
export const maxPostponed = 5;
/** Nobody expects a call of now to be placed later than this by itself. */
export const longestPostponedMs = 10 * 60_000;

/** What was asked for under this id; null when this call was not placed. */
export function placedFacts(events: readonly DomainEvent[], callId: string): PlacedFacts | null {
  const placed = events.filter((event) => event.kind === 'call.placed').map(({ data }) => data);
  return placed.find((data) => data.callId === callId) ?? placed[0] ?? null;
}

/** When the last request of this asking left; null when none did. */
export function dialStartedAtMs(events: readonly DomainEvent[], generation: number): number | null {
  const startedAtMs = events
    .filter((event) => event.kind === 'call.dial_started' && event.data.generation === generation)
    .map(({ occurredAtMs }) => occurredAtMs);
  return startedAtMs.length === 0 ? null : Math.max(...startedAtMs);
}

/**
 * Whether a call of the queue keeps the next one waiting. One whose dial nobody knows the outcome of does: somebody's
 * phone may be ringing, and going on would turn one outage into a whole queue of calls to be looked up by hand.
 */
export function isHolding({ dialState, status }: Pick<CallRow, 'dialState' | 'status'>): boolean {
  if (dialState === 'dialing' || dialState === 'unknown') return true;
  return dialState === 'dialed' && !isOver(status);
}

/** Whether nothing more is spoken on a call. */
export function isOver(status: CallRow['status']): boolean {
  return (
    status === 'completed' ||
    status === 'busy' ||
    status === 'no_answer' ||
    status === 'failed' ||
    status === 'canceled'
  );
}
