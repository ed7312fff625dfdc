// The one way in which facts that Tapedeck asked for (dialled, listed, looked up, commanded) get into the journal.
import { hash } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import type { NewJob } from '../domain/job.ts';
import type { DomainEvent } from '../domain/provider-event.ts';
import type { PulledFact } from '../providers/provider.ts';
import type { RecordedDelivery, Store } from '../store/store.ts';

export interface Pulled {
  providerId: string;
  facts: readonly PulledFact[];
  source: 'job' | 'poll' | 'sweep';
  /** Which of the jobs that the facts cause are wanted; default all. */
  wants?: (job: NewJob) => boolean;
}

export interface JournalPulledFacts {
  /** Resolves once all are durable. An item that says the same as before writes nothing. */
  (pulled: Pulled): Promise<RecordedDelivery[]>;
}

/**
 * @param followUp the jobs that events cause (domain/follow-up)
 */
export function createJournalPulledFacts(deps: {
  store: Pick<Store, 'recordDelivery'>;
  newId: (prefix: string, nowMs: number) => string;
  clock: Clock;
  followUp: (events: readonly DomainEvent[]) => NewJob[];
}): JournalPulledFacts {
  return ({ providerId, facts, source, wants = () => true }) => {
    const nowMs = deps.clock.now();
    // Handed over together, so that a page of a list is one commit.
    return Promise.all(
      facts.map((fact) =>
        deps.store.recordDelivery({
          deliveryId: deps.newId('dlv', nowMs),
          providerId,
          receivedAtMs: nowMs,
          source,
          verification: 'own',
          outcome: fact.outcome,
          label: fact.label,
          dedupeKey: pulledKey(fact),
          method: 'GET',
          path: fact.path,
          headers: [],
          body: fact.body,
          events: fact.events,
          jobs: deps.followUp(fact.events).filter(wants),
        }),
      ),
    );
  };
}

/** An item keeps its name while its content changes; only name and content together are the fact. */
export function pulledKey({ dedupeKey, body }: PulledFact): string {
  return `${dedupeKey} ${hash('sha256', body, 'hex').slice(0, 32)}`;
}
