// The part of the store port that remembers checks: runs with their outcomes, how far each provider was compared, and
// when Tapedeck could not listen.
import type {
  CheckKind,
  CheckMarkView,
  CheckRunView,
  OutageView,
  PollDetail,
} from '../../preload/contract/checks.ts';
import type { CallRow } from '../domain/call.ts';
import type { JobKind } from '../domain/job.ts';
import type { JobRow, Page } from './store.ts';

/** A run of a check as it is stored. */
export interface CheckRun extends CheckRunView {
  /** By provider: where a backfill goes on; null for what is not gone on with. */
  resume: Record<string, string> | null;
}

/** How far a provider was compared; `lacking` are our ids of the recordings that were not safe here then. */
export interface CheckMark extends Omit<CheckMarkView, 'ourRecordings'> {
  lacking: string[];
}

export interface CheckRunsQuery {
  kind?: CheckKind | undefined;
}

/** A job by what it is about: unique for ever. */
export interface JobName {
  kind: JobKind;
  dedupe: string;
}

export interface CheckStore {
  /**
   * Calls of a stretch of time that have no recording yet and may still get one, or whose recording needs attention;
   * newest first.
   */
  listOpenCalls(fromMs: number, toMs: number, limit: number): Promise<CallRow[]>;
  /** Makes waiting jobs due now. @returns how many had to wait longer */
  hastenJobs(names: readonly JobName[]): Promise<number>;
  /** Those of the names that there are. */
  listJobsNamed(names: readonly JobName[]): Promise<JobRow[]>;
  /** Writes a run, new or as it is now. The oldest ones go, with their outcomes, when there are more than 2,000. */
  putCheckRun(run: CheckRun): Promise<void>;
  addCheckOutcomes(runId: string, outcomes: readonly PollDetail[]): Promise<void>;
  getCheckRun(runId: string): Promise<CheckRun | null>;
  /** Newest first. */
  listCheckRuns(query: CheckRunsQuery, limit: number, cursor: string | null): Promise<Page<CheckRun>>;
  /** Those that run or are paused, oldest first. */
  listOpenCheckRuns(): Promise<CheckRun[]>;
  /** In the order found. */
  listCheckOutcomes(runId: string, offset: number, limit: number): Promise<PollDetail[]>;
  /** Of one call, newest run first. */
  listOutcomesOfCall(callId: string, limit: number): Promise<(PollDetail & { runId: string })[]>;
  putCheckMark(mark: CheckMark): Promise<void>;
  listCheckMarks(): Promise<CheckMark[]>;
  /** The same id again changes its end or its code. */
  putOutage(outage: OutageView): Promise<void>;
  /** Those that touch the window, oldest first. */
  listOutages(fromMs: number, toMs: number): Promise<OutageView[]>;
}
