// Tasks that stopped, as the stand-in of the private listener tells of them.
import type { JobView } from '../../../src/preload/contract/activity.ts';
import { nowMs } from './sample-data.ts';

function stopped(jobId: string, fields: Partial<JobView>): JobView {
  return {
    jobId,
    kind: 'fetch-recording',
    state: 'dead',
    attempt: 12,
    runAtMs: nowMs - 3_600_000,
    lastErrorCode: 'gave_up',
    crashes: 0,
    providerId: 'twilio',
    recordingId: null,
    callId: 'call_6',
    createdAtMs: nowMs - 90_000_000,
    finishedAtMs: nowMs - 3_600_000,
    ...fields,
  };
}

export const stoppedJobs: readonly JobView[] = [
  stopped('job_3', {}),
  stopped('job_2', { kind: 'find-recordings', providerId: 'telnyx', lastErrorCode: 'provider_refused' }),
  stopped('job_1', { kind: 'make-peaks', callId: null, lastErrorCode: 'worker_failed' }),
];

/** Those of the filter that have not been tried again. */
export function matchingJobs(jobs: readonly JobView[], { providerId }: { providerId?: unknown }): JobView[] {
  return jobs.filter((job) => providerId === undefined || job.providerId === providerId);
}
