// Use case: another program placed a call and tells of it: its reference, and the provider ids that it knows. What is
// known already under any of these ids becomes one call with it, whichever came first.
import { hash } from 'node:crypto';
import type { CallDirection, CallKey } from '../../preload/contract/calls.ts';
import type { CallRow } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import { AppError } from '../domain/errors.ts';
import { followJob } from '../domain/follow-up.ts';
import type { NewJob } from '../domain/job.ts';
import type { CallFacts, DomainEvent } from '../domain/provider-event.ts';
import type { Provider } from '../providers/provider.ts';
import type { Store } from '../store/store.ts';
import { ownKeys } from './find-provider.ts';
import { type JournalCommand, ourselves } from './journal-command.ts';

export interface RegisterInput {
  reference: string;
  keys: readonly CallKey[];
  direction?: CallDirection | undefined;
  from?: string | undefined;
  to?: string | undefined;
  startedAtMs?: number | undefined;
}

export type RegisterCall = (input: RegisterInput) => Promise<CallRow>;

/** Ids as providers make them; anything else is a mistake of the caller and would join nothing. */
const valuePattern = /^[\x21-\x7e]{2,200}$/;
const kindPattern = /^[a-z0-9_]{2,40}$/i;

/**
 * @returns the call as it is now; telling the same twice changes nothing
 * Errors of the function: bad_input (an unknown provider, an id that is none).
 */
export function createRegisterCall(deps: {
  store: Pick<Store, 'getCall' | 'getCallRow' | 'findCallId'>;
  journalCommand: JournalCommand;
  providers: readonly Provider[];
  clock: Clock;
}): RegisterCall {
  const { store, journalCommand, providers, clock } = deps;

  /** A call's own id is replaced by the ids that it has: only those of placed calls are keys themselves. */
  const resolve = async (key: CallKey): Promise<CallKey[]> => {
    if (!kindPattern.test(key.kind) || !valuePattern.test(key.value)) {
      throw new AppError('bad_input', 'One of the ids does not look like an id of a call.');
    }
    if (key.providerId !== ourselves) {
      if (providers.some(({ providerId }) => providerId === key.providerId)) return [key];
      throw new AppError('bad_input', 'One of the ids is of a phone service that Tapedeck does not know.');
    }
    const known = await store.getCall(key.value);
    const keys = known === null ? [] : ownKeys(known);
    if (keys.length === 0) throw new AppError('bad_input', 'There is no call with this id of ours.');
    return keys;
  };

  return async (input) => {
    const keys = (await Promise.all(input.keys.map(resolve))).flat();
    const nowMs = clock.now();
    const { reference, direction, from, to, startedAtMs } = input;
    const data: CallFacts = {
      reference,
      ...(direction === undefined ? {} : { direction }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(startedAtMs === undefined ? {} : { startedAtMs }),
    };
    const same = hash('sha256', JSON.stringify([data, [...input.keys].map(textOf).sort()]), 'hex').slice(
      0,
      32,
    );
    const event: DomainEvent = {
      kind: 'call.registered',
      eventKey: `registered:${same}`,
      providerId: keys.find(({ providerId }) => providerId !== ourselves)?.providerId ?? ourselves,
      occurredAtMs: startedAtMs ?? nowMs,
      sequence: 0,
      keys,
      data,
    };
    const { callId } = await journalCommand({
      label: 'call registered',
      dedupeKey: `registered:${same}`,
      source: 'user',
      input,
      events: [event],
      jobs: followJobs(keys, nowMs),
    });
    const row = callId === null ? null : await store.getCallRow(callId);
    if (row === null) throw new AppError('internal', 'A registered call was not found.');
    return row;
  };

  /** What the providers know of it already: its status, and what was recorded before anybody told us. */
  function followJobs(keys: readonly CallKey[], nowMs: number): NewJob[] {
    const jobs: NewJob[] = [];
    for (const { providerId, api, missing } of providers) {
      const key = keys.find((one) => one.providerId === providerId);
      if (key === undefined || missing().length > 0) continue;
      if (api.lookUpCall !== undefined) jobs.push(followJob(key, nowMs));
      else if (api.findRecordings !== undefined) {
        const dedupe = `${key.providerId} ${key.kind} ${key.value}`;
        jobs.push({ kind: 'find-recordings', dedupe, payload: { callKey: key }, providerId, runAtMs: nowMs });
      }
    }
    return jobs;
  }
}

function textOf({ providerId, kind, value }: CallKey): string {
  return `${providerId} ${kind} ${value}`;
}
