// Which use case does which kind of job.
import type { ClaimedJob, JobKind } from '../domain/job.ts';
import type { FetchRecording } from '../recordings/fetch-recording.ts';
import type { MakePeaks } from '../recordings/make-peaks.ts';
import type { JobSettlement } from '../store/store.ts';

/** Does one run. May throw an AppError, which then decides about the next one; stops soon when `signal` aborts. */
export type JobHandler = (job: ClaimedJob, signal: AbortSignal) => Promise<JobSettlement>;
export type JobHandlers = Readonly<Record<JobKind, JobHandler>>;

/** A kind without a use case does not compile. */
export function createJobHandlers(useCases: {
  fetchRecording: FetchRecording;
  makePeaks: MakePeaks;
}): JobHandlers {
  return { 'fetch-recording': useCases.fetchRecording, 'make-peaks': useCases.makePeaks };
}
