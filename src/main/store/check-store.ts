// The part of the store port that remembers checks: runs with their outcomes, how far each provider was compared, and
// when Tapedeck could not listen.
import type {
  CheckKind,
  CheckMarkView,
  CheckRunView,
  OutageView,
  PollDetail,
} from '../../preload/contract/checks.ts';
import type { Page } from './store.ts';

/** A run of a check as it is stored. */
export interface CheckRun extends CheckRunView {
  /** By provider: where a backfill goes on; null for what is not gone on with. */
  resume: Record<string, string> | null;
}

export interface CheckRunsQuery {
  kind?: CheckKind | undefined;
}

export interface CheckStore {
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
  putCheckMark(mark: CheckMarkView): Promise<void>;
  listCheckMarks(): Promise<CheckMarkView[]>;
  /** The same id again changes its end or its code. */
  putOutage(outage: OutageView): Promise<void>;
  /** Those that touch the window, oldest first. */
  listOutages(fromMs: number, toMs: number): Promise<OutageView[]>;
}
