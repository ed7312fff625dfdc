// How far the dialling of a placed call is: a pure function of its events, like the rest of the fold.
import type { DialState } from '../../preload/contract/calls.ts';
import type { DomainEvent, PlacedFacts } from './provider-event.ts';

export interface Dial {
  placed: PlacedFacts;
  state: DialState;
  generation: number;
  /** Why it was refused or is unknown. */
  code: string | null;
}

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
    if (event.kind === 'call.dial_started' && event.data.generation === generation) take('dialing', null);
    if (event.kind === 'call.dial_unknown' && event.data.generation === generation)
      take('unknown', 'dial_unknown');
    if (event.kind === 'call.dial_refused' && event.data.generation === generation)
      take('refused', event.data.code);
    // Whichever asking it answers: the phone has rung, so nobody may dial again.
    if (event.kind === 'call.dialed') take('dialed', null);
  }
  if (isKnownAtProvider) take('dialed', null);
  return { placed, state, generation, code };
}
