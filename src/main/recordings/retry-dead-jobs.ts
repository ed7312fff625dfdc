// Use cases: dead jobs are run again, all that match what a person asks for, or those that another day may mend.
import type { Clock } from '../domain/clock.ts';
import type { JobsQuery, Store } from '../store/store.ts';

/** Small enough that a webhook never waits long for its own commit behind one of these. */
const chunkSize = 200;

/**
 * Opens every dead job that matches again, whatever page of them is shown.
 * @returns how many; each at most once, also when some die again meanwhile
 */
export type RetryDeadJobs = (query: Omit<JobsQuery, 'state'>) => Promise<number>;

export function createRetryDeadJobs({ store }: { store: Pick<Store, 'retryJobs'> }): RetryDeadJobs {
  return async (query) => {
    let count = 0;
    let after: string | null = null;
    do {
      const chunk: Awaited<ReturnType<Store['retryJobs']>> = await store.retryJobs(query, after, chunkSize);
      count += chunk.count;
      after = chunk.lastJobId;
    } while (after !== null);
    return count;
  };
}

/**
 * Opens fetches again that gave up, once a day for 30 days: to be called as often as one likes, e.g. with every sweep.
 * @returns how many
 */
export type ReopenDeadFetches = () => Promise<number>;

export function createReopenDeadFetches({
  store,
  clock,
}: {
  store: Pick<Store, 'reopenDeadFetches'>;
  clock: Pick<Clock, 'now'>;
}): ReopenDeadFetches {
  return async () => {
    // One moment for all chunks: what dies again meanwhile is not a day old.
    const nowMs = clock.now();
    let count = 0;
    for (;;) {
      const opened = await store.reopenDeadFetches(nowMs, chunkSize);
      count += opened;
      if (opened < chunkSize) return count;
    }
  };
}
