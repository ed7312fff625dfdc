// Use case of the job follow-call: asks a provider how a call stands until nothing more will come of it. For calls
// whose callbacks go to somebody else, or may never come.
import { isOver } from '../domain/dialling.ts';
import type { ClaimedJob, NewJob } from '../domain/job.ts';
import type { Provider } from '../providers/provider.ts';
import type { CallWithEvents, JobSettlement, Store } from '../store/store.ts';
import { callOfJob, readyProvider } from './find-provider.ts';
import { ackOf, createSettler, type SettlerDeps } from './job-trouble.ts';
import type { JournalPulledFacts } from './journal-pulled-facts.ts';

export interface FollowCallDeps extends SettlerDeps {
  store: Pick<Store, 'getCall' | 'findCallId' | 'pauseProvider' | 'resumeProvider'>;
  providers: readonly Provider[];
  journalPulledFacts: JournalPulledFacts;
}

export type FollowCall = (job: ClaimedJob, signal: AbortSignal) => Promise<JobSettlement>;

/** What comes late of a call that has ended (a transcript) comes within this. */
const afterEndMs = 30 * 60_000;

export function createFollowCall(deps: FollowCallDeps): FollowCall {
  const { store, clock } = deps;
  const settler = createSettler(deps);

  return async (job, signal) => {
    const found = await callOfJob(store, job);
    if (found === null) return { ...ackOf(job), result: 'dead', errorCode: 'not_found' };
    try {
      const { providerId, api } = readyProvider(deps.providers, job.providerId);
      if (api.lookUpCall === undefined) return { ...ackOf(job), result: 'done' };
      const { facts, isFinal } = await api.lookUpCall(found.keys, signal);
      await deps.journalPulledFacts({ providerId, facts, source: 'poll' });
      await store.resumeProvider(providerId);
      const now = (await callOfJob(store, job)) ?? found;
      if (!isFinal && !isLongOver(now)) return settler.again(job, null);
      return { ...ackOf(job), result: 'done', jobs: isFinal ? findJobs(now) : [] };
    } catch (error) {
      return settler.trouble(job, error, signal);
    }
  };

  function isLongOver({ call: { status, endedAtMs } }: CallWithEvents): boolean {
    return isOver(status) && endedAtMs !== null && clock.now() - endedAtMs > afterEndMs;
  }

  /** Every provider that the call is known to by now is asked what it has recorded, also those below the one that told. */
  function findJobs({ call, keys }: CallWithEvents): NewJob[] {
    if (call.recordingStatus === 'not_expected') return [];
    return deps.providers
      .filter((provider) => findsRecordingsOf(provider, keys))
      .map(({ providerId }) => ({
        kind: 'find-recordings',
        dedupe: `${providerId} ${call.callId}`,
        payload: { callId: call.callId },
        providerId,
        runAtMs: clock.now(),
      }));
  }
}

function findsRecordingsOf({ providerId, api, missing }: Provider, keys: CallWithEvents['keys']): boolean {
  return (
    api.findRecordings !== undefined &&
    keys.some((key) => key.providerId === providerId) &&
    missing().length === 0
  );
}
