// Use case of the job find-recordings: lists what a provider has recorded of one call, by its exact ids, until the
// provider says that nothing more will come. What it finds is fetched by the jobs that follow from the facts.
import type { ClaimedJob } from '../domain/job.ts';
import type { Provider } from '../providers/provider.ts';
import type { JobSettlement, Store } from '../store/store.ts';
import { callOfJob, readyProvider } from './find-provider.ts';
import { ackOf, createSettler, type SettlerDeps } from './job-trouble.ts';
import type { JournalPulledFacts } from './journal-pulled-facts.ts';

export interface FindRecordingsDeps extends SettlerDeps {
  store: Pick<Store, 'getCall' | 'findCallId' | 'pauseProvider' | 'resumeProvider'>;
  providers: readonly Provider[];
  journalPulledFacts: JournalPulledFacts;
}

export type FindRecordings = (job: ClaimedJob, signal: AbortSignal) => Promise<JobSettlement>;

export function createFindRecordings(deps: FindRecordingsDeps): FindRecordings {
  const { store, clock } = deps;
  const settler = createSettler(deps);

  return async (job, signal) => {
    const found = await callOfJob(store, job);
    if (found === null) return { ...ackOf(job), result: 'dead', errorCode: 'not_found' };
    // Nobody answered: what is not there cannot be late.
    if (found.call.recordingStatus === 'not_expected') return { ...ackOf(job), result: 'done' };
    try {
      const { providerId, api } = readyProvider(deps.providers, job.providerId);
      if (api.findRecordings === undefined) return { ...ackOf(job), result: 'done' };
      const { facts, isFinal, finalAfterEndMs = Infinity } = await api.findRecordings(found.keys, signal);
      await deps.journalPulledFacts({ providerId, facts, source: 'poll' });
      await store.resumeProvider(providerId);
      const { endedAtMs } = found.call;
      const isTooLate = endedAtMs !== null && clock.now() - endedAtMs > finalAfterEndMs;
      return isFinal || isTooLate ? { ...ackOf(job), result: 'done' } : settler.again(job, null);
    } catch (error) {
      return settler.trouble(job, error, signal);
    }
  };
}
