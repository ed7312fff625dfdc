// Use cases: place a call, take it back, dial it again. Nothing leaves here: what is decided is stored, and the job
// place-call (dial-call.ts) acts on what is stored.
import type { CallKind } from '../../preload/contract/calls.ts';
import type { CallRow } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import { dialClaimOf, nextTryOf, placedFacts } from '../domain/dialling.ts';
import { AppError } from '../domain/errors.ts';
import type { NewJob } from '../domain/job.ts';
import { toE164 } from '../domain/phone.ts';
import { type DomainEvent, ourCallKey, type PlacedFacts, placedEventKey } from '../domain/provider-event.ts';
import type { Provider } from '../providers/provider.ts';
import type { Store } from '../store/store.ts';
import { findVia } from './find-provider.ts';
import type { JournalCommand } from './journal-command.ts';

export interface PlaceInput {
  kind: CallKind;
  via: string;
  /** In any usual form. */
  to: string;
  from?: string | undefined;
  agentId?: string | undefined;
  reference?: string | undefined;
  priority: number;
  record: boolean;
}

export interface PlaceCallDeps {
  store: Pick<Store, 'getCall' | 'getCallRow'>;
  journalCommand: JournalCommand;
  providers: readonly Provider[];
  newId: (prefix: string, nowMs: number) => string;
  clock: Clock;
  /** ISO code of two letters: local numbers are read as this country's. */
  homeCountry: string;
}

export interface PlaceCall {
  /** Errors: bad_number, bad_input (no such way), not_set_up (naming the missing setting). */
  place(input: PlaceInput): Promise<CallRow>;
  /** Errors: not_found, conflict (not ours, or dialled already). */
  cancel(callId: string): Promise<CallRow>;
  /** A person says so after a refusal or an unknown outcome. Errors: not_found, conflict, not_set_up. */
  redial(callId: string): Promise<CallRow>;
}

export function createPlaceCall(deps: PlaceCallDeps): PlaceCall {
  const { store, journalCommand, clock, homeCountry } = deps;

  const rowOf = async (callId: string): Promise<CallRow> => {
    const row = await store.getCallRow(callId);
    if (row === null) throw new AppError('not_found', 'There is no call with this id.');
    return row;
  };
  const placedOf = async (
    callId: string,
  ): Promise<{ call: CallRow; placed: PlacedFacts; generation: number; tryNumber: number }> => {
    const found = await store.getCall(callId);
    if (found === null) throw new AppError('not_found', 'There is no call with this id.');
    const events = found.events.map(({ event }) => event);
    const placed = placedFacts(events, found.call.callId);
    if (placed === null) throw new AppError('conflict', 'Tapedeck did not place this call.');
    const generation = found.call.dialGeneration ?? 0;
    return { call: found.call, placed, generation, tryNumber: nextTryOf(events, generation) };
  };

  return {
    async place(input) {
      const { to, from, agentId, reference, kind: callKind, via, priority, record } = input;
      const numbers = numbersOf(to, from, homeCountry);
      const provider = usableVia(deps.providers, via);
      const nowMs = clock.now();
      const callId = deps.newId('call', nowMs);
      const data: PlacedFacts = {
        callId,
        callKind,
        via,
        ...numbers,
        ...(agentId === undefined ? {} : { agentId }),
        ...(reference === undefined ? {} : { reference }),
        priority,
        record,
      };
      await journalCommand({
        label: 'call placed',
        dedupeKey: placedEventKey(callId),
        source: 'user',
        input: data,
        events: [
          {
            ...headOf(callId, provider.providerId, nowMs, placedEventKey(callId)),
            kind: 'call.placed',
            data,
          },
        ],
        jobs: dialJobs(data, provider.providerId, 0, nowMs),
      });
      return rowOf(callId);
    },

    async cancel(callId) {
      const { call, placed, generation, tryNumber } = await placedOf(callId);
      if (call.dialState === 'canceled') return call;
      const nowMs = clock.now();
      const isWaiting = call.dialState === 'waiting';
      if (!isWaiting && call.dialState !== 'refused' && call.dialState !== 'unknown') throw alreadyDialled();
      const { repeat } = await journalCommand({
        label: 'call canceled',
        // The same key as the dialling itself has: whichever is stored first has happened, the other has not.
        dedupeKey: isWaiting
          ? dialClaimOf(placed.callId, generation, tryNumber)
          : decisionOf(placed.callId, generation),
        source: 'user',
        input: { callId: placed.callId },
        events: [
          {
            ...headOf(placed.callId, call.providerId, nowMs, `canceled:${placed.callId}:${generation}`),
            kind: 'call.canceled',
            data: { reason: 'by_person' },
          },
        ],
      });
      const row = await rowOf(placed.callId);
      if (repeat && row.dialState !== 'canceled') throw alreadyDialled();
      return row;
    },

    async redial(callId) {
      const { call, placed, generation } = await placedOf(callId);
      if (call.dialState !== 'refused' && call.dialState !== 'unknown') {
        throw new AppError('conflict', 'Only a call that could not be dialled can be dialled again.');
      }
      const { providerId } = usableVia(deps.providers, placed.via);
      const nowMs = clock.now();
      const next = generation + 1;
      const { repeat } = await journalCommand({
        label: 'call dialled again',
        dedupeKey: decisionOf(placed.callId, generation),
        source: 'user',
        input: { callId: placed.callId, generation: next },
        events: [
          {
            ...headOf(placed.callId, providerId, nowMs, `redial:${placed.callId}:${next}`),
            kind: 'call.dial_retried',
            data: { generation: next },
          },
        ],
        jobs: dialJobs(placed, providerId, next, nowMs),
      });
      if (repeat) throw new AppError('conflict', 'Somebody has already decided about this call.');
      return rowOf(placed.callId);
    },
  };
}

function alreadyDialled(): AppError {
  return new AppError('conflict', 'This call is being dialled already.');
}

/** What a person may decide once about an asking that did not work. */
function decisionOf(callId: string, generation: number): string {
  return `decided:${callId}:${generation}`;
}

function headOf(
  callId: string,
  providerId: string,
  nowMs: number,
  eventKey: string,
): Omit<DomainEvent, 'kind' | 'data'> {
  return { eventKey, providerId, occurredAtMs: nowMs, sequence: 0, keys: [ourCallKey(callId)] };
}

/** A voice bot's call is dialled at once; one of the queue when its turn comes (run-queue.ts). */
function dialJobs(
  { callId, callKind }: PlacedFacts,
  providerId: string,
  generation: number,
  nowMs: number,
): NewJob[] {
  if (callKind === 'priority-queue') return [];
  const dedupe = `${callId}:${generation}`;
  return [{ kind: 'place-call', dedupe, payload: { callId }, providerId, runAtMs: nowMs }];
}

function numbersOf(to: string, from: string | undefined, homeCountry: string): { to: string; from?: string } {
  const numbers = {
    to: toE164(to, homeCountry),
    ...(from === undefined ? {} : { from: toE164(from, homeCountry) }),
  };
  if (numbers.to === numbers.from) throw new AppError('bad_number', 'A number cannot call itself.');
  return numbers;
}

function usableVia(providers: readonly Provider[], name: string): Provider {
  const found = findVia(providers, name);
  if (found === null) throw new AppError('bad_input', 'There is no such way of placing calls.');
  const { provider, via, missing } = found;
  if (missing.length > 0) {
    throw new AppError('not_set_up', `${via.label} is not set up: ${missing.join(', ')} is missing.`);
  }
  return provider;
}
