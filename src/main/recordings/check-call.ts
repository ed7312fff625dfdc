// Use case: a person wants to know now whether there is a recording. What waits for its turn runs at once, what gave up
// is opened again, and a call that nobody looks for any more is looked for once more.
import { AppError } from '../domain/errors.ts';
import type { Clock } from '../domain/clock.ts';
import type { NewJob } from '../domain/job.ts';
import { isLiveJob } from '../domain/verdict-known.ts';
import type { Provider } from '../providers/provider.ts';
import type { Store } from '../store/store.ts';

/** @returns how many jobs look now. Errors: not_found, not_eligible (no phone service of the call can be asked) */
export type CheckCall = (callId: string) => Promise<number>;

export function createCheckCall(deps: {
  store: Pick<Store, 'getCall' | 'listJobsOfCall' | 'hastenJob' | 'retryJob' | 'appendEvents'>;
  providers: readonly Provider[];
  clock: Clock;
  newId: (prefix: string, nowMs: number) => string;
}): CheckCall {
  const { store, clock } = deps;
  return async (callId) => {
    const found = await store.getCall(callId);
    if (found === null) throw new AppError('not_found', 'There is no call with this id.');
    const { call, keys, recordings } = found;
    const asked = deps.providers.filter(
      ({ providerId, api, missing }) =>
        api.findRecordings !== undefined &&
        missing().length === 0 &&
        keys.some((key) => key.providerId === providerId),
    );
    if (asked.length === 0) {
      throw new AppError('not_eligible', 'None of the phone services of this call can be asked.');
    }
    const jobs = await store.listJobsOfCall({
      callIds: [call.callId],
      recordingIds: recordings.map(({ recordingId }) => recordingId),
      keys,
      dialGeneration: null,
    });
    const looking = jobs.filter((job) => isLiveJob(job) && job.kind !== 'start-recording');
    const dead = jobs.filter(({ kind, state }) => state === 'dead' && kind !== 'start-recording');
    for (const { jobId } of looking) await store.hastenJob(jobId);
    for (const { jobId } of dead) await store.retryJob(jobId);
    const missed = asked.filter(
      ({ providerId }) => ![...looking, ...dead].some((job) => job.providerId === providerId),
    );
    const nowMs = clock.now();
    const again = missed.map(
      ({ providerId }): NewJob => ({
        kind: 'find-recordings',
        dedupe: `${providerId} ${call.callId} ${deps.newId('ask', nowMs)}`,
        payload: { callId: call.callId },
        providerId,
        runAtMs: nowMs,
      }),
    );
    if (again.length > 0) await store.appendEvents([], 'user', again);
    return looking.length + dead.length + again.length;
  };
}
