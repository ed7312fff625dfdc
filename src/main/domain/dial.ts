// How far the dialling of a placed call is: a pure function of its events, like the rest of the fold.
import type { CallStatus, DialState } from '../../preload/contract/calls.ts';
import type { DomainEvent, PlacedFacts } from './provider-event.ts';

export interface Dial {
  placed: PlacedFacts;
  state: DialState;
  generation: number;
  /** Why it was refused or is unknown. */
  code: string | null;
}

/** What a placed call's status is while no provider has told of it. */
export const statusOfDial: Record<DialState, CallStatus> = {
  waiting: 'queued',
  dialing: 'queued',
  dialed: 'queued',
  unknown: 'unknown',
  refused: 'failed',
  canceled: 'canceled',
};

/** Merge order of what is known of one asking, weakest first: an answer beats a beginning, a yes beats a no. */
const rank: Record<DialState, number> = {
  waiting: 0,
  dialing: 1,
  unknown: 2,
  refused: 3,
  canceled: 4,
  dialed: 5,
};

/**
 * @param events of one call, any order
 * @param isKnownAtProvider a provider told of the call itself: then it was dialled, whatever we heard of the asking
 * @returns null for a call that was never placed
 */
export function foldDial(events: readonly DomainEvent[], isKnownAtProvider: boolean): Dial | null {
  let placed: PlacedFacts | null = null;
  let generation = 0;
  for (const event of events) {
    if (event.kind === 'call.placed') placed ??= event.data;
    if (event.kind === 'call.dial_retried') generation = Math.max(generation, event.data.generation);
  }
  if (placed === null) return null;
  let state: DialState = 'waiting';
  let code: string | null = null;
  const take = (next: DialState, because: string | null): void => {
    if (rank[next] <= rank[state]) return;
    state = next;
    code = because;
  };
  for (const event of events) {
    if (event.kind === 'call.canceled') take('canceled', null);
    if (event.kind === 'call.dial_unknown' && event.data.generation === generation)
      take('unknown', 'dial_unknown');
    if (event.kind === 'call.dial_refused' && event.data.generation === generation)
      take('refused', event.data.code);
    // Whichever asking it answers: the phone has rung, so nobody may dial again.
    if (event.kind === 'call.dialed') take('dialed', null);
  }
  if (isDialling(events, generation)) take('dialing', null);
  if (isKnownAtProvider) take('dialed', null);
  return { placed, state, generation, code };
}

/** Whether a request of this asking left that was not turned away unprocessed. */
function isDialling(events: readonly DomainEvent[], generation: number): boolean {
  const tries = (kind: 'call.dial_started' | 'call.dial_postponed'): number[] =>
    events.flatMap((event) =>
      event.kind === kind && event.data.generation === generation ? [event.data.tryNumber ?? 0] : [],
    );
  const postponed = new Set(tries('call.dial_postponed'));
  return tries('call.dial_started').some((tryNumber) => !postponed.has(tryNumber));
}
