// The part of the store port that tells what is known about one call, for saying why there is no recording.
import type { CallKey } from '../../preload/contract/calls.ts';
import type { JobRow, RefusalRow } from './store.ts';

/** Whom jobs may be about: a call by all ids that it has or had, its recordings and its exact ids. */
export interface CallJobsQuery {
  callIds: readonly string[];
  recordingIds: readonly string[];
  keys: readonly CallKey[];
  /** Of a placed call: which asking is current. */
  dialGeneration: number | null;
}

export interface CallFactStore {
  /** Makes a job that waits due now. @returns false for one that does not wait */
  hastenJob(jobId: string): Promise<boolean>;
  /** Every job that is about a call, in no order. */
  listJobsOfCall(query: CallJobsQuery): Promise<JobRow[]>;
  /** Those of these providers between two moments, newest first, at most `limit` of each; without header names and bodies. */
  listRefusalsAround(
    providerIds: readonly string[],
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<RefusalRow[]>;
}
