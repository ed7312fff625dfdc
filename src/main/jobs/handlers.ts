// Which use case does which kind of job.
import type { ClaimedJob, JobKind } from '../domain/job.ts';
import type { DialCall } from '../recordings/dial-call.ts';
import type { FetchRecording } from '../recordings/fetch-recording.ts';
import type { FindRecordings } from '../recordings/find-recordings.ts';
import type { FollowCall } from '../recordings/follow-call.ts';
import type { MakePeaks } from '../recordings/make-peaks.ts';
import type { StartRecording } from '../recordings/start-recording.ts';
import type { JobSettlement } from '../store/store.ts';

/** Does one run. May throw an AppError, which then decides about the next one; stops soon when `signal` aborts. */
export type JobHandler = (job: ClaimedJob, signal: AbortSignal) => Promise<JobSettlement>;
export type JobHandlers = Readonly<Record<JobKind, JobHandler>>;

/** A kind without a use case does not compile. */
export function createJobHandlers(useCases: {
  fetchRecording: FetchRecording;
  makePeaks: MakePeaks;
  dialCall: DialCall;
  startRecording: StartRecording;
  followCall: FollowCall;
  findRecordings: FindRecordings;
}): JobHandlers {
  return {
    'fetch-recording': useCases.fetchRecording,
    'make-peaks': useCases.makePeaks,
    'place-call': useCases.dialCall,
    'start-recording': useCases.startRecording,
    'follow-call': useCases.followCall,
    'find-recordings': useCases.findRecordings,
  };
}
