// Dead jobs that run again, with what that means for their recordings, inside one transaction of the store.
import type { ChangeLog } from './changes.ts';
import type { Connection } from './connection.ts';
import { retriedAgain } from './own-events.ts';
import type { JobRow } from './store.ts';

export interface Reopening {
  nowMs: number;
  /** Who asked: a person, or the sweep by itself. */
  source: 'user' | 'job';
  log: ChangeLog;
}

type Parts = Pick<Connection, 'jobs' | 'journal' | 'recordings'>;

/** @returns the job as it is now ready again; null when it was not dead (any more) */
export function reopenJob(
  { jobs, journal, recordings }: Parts,
  jobId: string,
  { nowMs, source, log }: Reopening,
): JobRow | null {
  const job = jobs.reopen(jobId, log);
  const recording = job === null || job.recordingId === null ? null : recordings.get(job.recordingId);
  if (job !== null && recording !== null) journal.addEvents(retriedAgain(job, recording, nowMs), source, log);
  return job;
}

/** @returns how many were dead and are ready now */
export function reopenJobs(parts: Parts, jobIds: readonly string[], reopening: Reopening): number {
  return jobIds.filter((jobId) => reopenJob(parts, jobId, reopening) !== null).length;
}
