// What a person or Tapedeck itself decided about a call, as a delivery of its own: stored before anything follows
// from it, and, by its dedupe key, decided once.
import type { Clock } from '../domain/clock.ts';
import type { NewJob } from '../domain/job.ts';
import type { DomainEvent } from '../domain/provider-event.ts';
import type { RecordedDelivery, Store } from '../store/store.ts';

export interface Command {
  /** In words for the list of what came in, without numbers. */
  label: string;
  /** The first command with this key is the one that counts; every later one is a repeat and changes nothing. */
  dedupeKey: string;
  source: 'user' | 'job';
  /** What was asked for; kept as JSON. */
  input: unknown;
  events: DomainEvent[];
  jobs?: NewJob[];
}

export type JournalCommand = (command: Command) => Promise<RecordedDelivery>;

/** Whose word a command is; no provider has this id. */
export const ourselves = 'tapedeck';

/** @returns of the function: `repeat` tells that another command with this key was first */
export function createJournalCommand(deps: {
  store: Pick<Store, 'recordDelivery'>;
  newId: (prefix: string, nowMs: number) => string;
  clock: Clock;
}): JournalCommand {
  return ({ label, dedupeKey, source, input, events, jobs = [] }) => {
    const nowMs = deps.clock.now();
    return deps.store.recordDelivery({
      deliveryId: deps.newId('dlv', nowMs),
      providerId: ourselves,
      receivedAtMs: nowMs,
      source,
      verification: 'own',
      outcome: 'applied',
      label,
      dedupeKey,
      method: 'POST',
      path: `/${label.replaceAll(' ', '-')}`,
      headers: [],
      body: Buffer.from(JSON.stringify(input)),
      events,
      jobs,
    });
  };
}
