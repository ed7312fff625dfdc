// The store port: atomic steps, each one transaction. `async` in every signature so that a second implementation
// (PostgreSQL) can satisfy the same suite; for SQLite there is no await inside a transaction.
import type {
  DeliveryOutcome,
  DeliverySource,
  JobState,
  RefusalReason,
  Verification,
} from '../../preload/contract/activity.ts';
import type { CallKey, CallsListInput, LegView, TranscriptLine } from '../../preload/contract/calls.ts';
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { CallRow } from '../domain/call.ts';
import type { ClaimedJob, JobKind, NewJob } from '../domain/job.ts';
import type { DomainEvent } from '../domain/provider-event.ts';
import type { RecordingRow } from '../domain/recording.ts';
import type { CallFactStore } from './call-fact-store.ts';
import type { CheckStore } from './check-store.ts';

export interface HeaderPair {
  name: string;
  value: string;
}

/**
 * A body that was too large for a row: the content of its audio string went to a file. The body as it came is
 * `body[0..offsetBytes)`, the file in base64, `body[offsetBytes..]`.
 */
export interface CutBody {
  /** Into `body`. */
  offsetBytes: number;
  /** Relative to the recordings folder; null when the same audio was here already or was not wanted. */
  fileName: string | null;
  /** Of the decoded audio, lower-case hex. */
  audioSha256: string;
  /** Of the whole body as it came; what is shown as the delivery's size and hash. */
  sizeBytes: number;
  bodySha256: string;
  /** False when the base64 was written in an unusual way, so that the bytes cannot be made again. */
  isExact: boolean;
}

/** An inbound fact as it is journaled, before anything is known of what it means for a call. */
export interface NewDelivery {
  deliveryId: string;
  providerId: string;
  receivedAtMs: number;
  source: DeliverySource;
  verification: Verification;
  outcome: DeliveryOutcome;
  label: string;
  /** Unique per provider and call: the same fact again, which names the same call, is a repeat and changes nothing. */
  dedupeKey: string;
  method: string;
  /** Path and query as received. */
  path: string;
  headers: HeaderPair[];
  body: Uint8Array;
  cut?: CutBody;
  events: DomainEvent[];
  jobs: NewJob[];
}

/** `isNewCall`: nothing was known of its call before. */
export type RecordedDelivery = {
  deliveryId: string;
  callId: string | null;
  repeat: boolean;
  isNewCall: boolean;
};

export interface DeliveryRow
  extends Omit<NewDelivery, 'events' | 'jobs' | 'body' | 'headers' | 'dedupeKey' | 'cut'> {
  callId: string | null;
  /** Of the body as it came, whatever was cut out of it. */
  sizeBytes: number;
  bodySha256: string;
  repeats: number;
  lastRepeatAtMs: number | null;
}

export interface DeliveryWithBody extends DeliveryRow {
  headers: HeaderPair[];
  /** Null once pruned. */
  body: Uint8Array | null;
  /** What was cut out of `body`; null for one that is whole. */
  cut: CutBody | null;
  events: { eventKey: string; kind: string; occurredAtMs: number }[];
}

export interface JobRow {
  jobId: string;
  kind: JobKind;
  state: JobState;
  attempt: number;
  runAtMs: number;
  lastErrorCode: ErrorCode | null;
  crashes: number;
  providerId: string | null;
  recordingId: string | null;
  /** The job's call, where one is known for what it names. */
  callId: string | null;
  createdAtMs: number;
  finishedAtMs: number | null;
  generation: number;
}

export interface JobsQuery {
  state?: JobState | undefined;
  kind?: string | undefined;
  providerId?: string | undefined;
  errorCode?: ErrorCode | undefined;
  /** Ended, or asked for where it has not ended, at or after this, epoch milliseconds. */
  sinceMs?: number | undefined;
}

export interface StoredEvent {
  event: DomainEvent;
  deliveryId: string | null;
  source: DeliverySource;
  /** When Tapedeck stored it. Never used by the fold. */
  recordedAtMs: number;
}

export interface CallWithEvents {
  call: CallRow;
  recordings: RecordingRow[];
  legs: LegView[];
  transcript: TranscriptLine[];
  keys: CallKey[];
  events: StoredEvent[];
}

export interface Page<Row> {
  items: Row[];
  nextCursor: string | null;
}

export interface RefusalRow {
  refusalId: string;
  atMs: number;
  providerId: string;
  path: string;
  reason: RefusalReason;
  httpStatus: number;
  sizeBytes: number;
  headerNames: string[];
  bodySha256: string | null;
  /** Only while the 15-minute capture is on, and only up to 256 KB. Never parsed. */
  body: Uint8Array | null;
}

/** How one run of a job ended. A `retry` without a code found nothing wrong and looks again. `release` gives the attempt back (provider paused, shutting down). */
export type JobSettlement = { jobId: string; lease: string; events: DomainEvent[]; jobs: NewJob[] } & (
  | { result: 'done' }
  | { result: 'retry'; runAtMs: number; errorCode: ErrorCode | null }
  | { result: 'dead'; errorCode: ErrorCode }
  | { result: 'release'; runAtMs: number; errorCode: ErrorCode | null }
);

export interface ProviderPause {
  providerId: string;
  code: ErrorCode;
  sinceMs: number;
  /** When one job may try again. */
  untilMs: number;
  refusals: number;
}

/** What a commit changed; handed to listeners after the commit, never before. */
export interface Changes {
  callIds: ReadonlySet<string>;
  /** Pairs of a merged id and the id that it became. */
  merged: readonly { callId: string; intoCallId: string }[];
  recordingIds: ReadonlySet<string>;
  deliveryIds: ReadonlySet<string>;
  refusalIds: ReadonlySet<string>;
  jobIds: ReadonlySet<string>;
  runIds: ReadonlySet<string>;
  /** Provider pauses or settings changed. */
  system: boolean;
}

export type CallsQuery = Omit<CallsListInput, 'limit' | 'cursor'>;

export interface Store extends CheckStore, CallFactStore {
  /**
   * Journals a delivery with its events, the rows they fold into and the jobs they cause, in one durable (FULL)
   * commit that deliveries waiting together share; one that fails does not fail its neighbours. A repeat is counted
   * when it came by webhook; one that we asked for writes nothing at all.
   * @returns after the commit
   */
  recordDelivery(delivery: NewDelivery): Promise<RecordedDelivery>;
  /** Appends events of our own making (no delivery; a job's unless said otherwise) and folds them. Events already known are skipped. `jobs` are added in the same commit. */
  appendEvents(events: DomainEvent[], source?: 'job' | 'user', jobs?: NewJob[]): Promise<void>;

  /** Takes up to `limit` due jobs of unpaused providers, oldest due first. Also takes over jobs whose lease ran out. */
  claimJobs(limit: number): Promise<ClaimedJob[]>;
  /** Extends a lease. @returns false when the job is no longer ours */
  renewLease(jobId: string, lease: string): Promise<boolean>;
  /** Writes a run's effect and its acknowledgement in one transaction. @returns false, having written nothing, when the lease is no longer ours */
  settleJob(settlement: JobSettlement): Promise<boolean>;
  /**
   * Opens a dead job again: generation + 1, attempts 0, due now, plus `recording.retried`.
   * @returns null when there is no such job; the row unchanged when it is not dead
   */
  retryJob(jobId: string): Promise<JobRow | null>;
  /**
   * Opens dead jobs that match, as retryJob does, in one transaction: at most `limit` of those after `afterJobId`,
   * by id, so that a caller who goes on from `lastJobId` opens each once, however fast they die again.
   * @returns how many, and where to go on; null when there are no more
   */
  retryJobs(
    query: Omit<JobsQuery, 'state'>,
    afterJobId: string | null,
    limit: number,
  ): Promise<{ count: number; lastJobId: string | null }>;
  /** Opens dead fetches again that another day may mend (domain/job: isReopened), at most `limit` in one transaction. @returns how many */
  reopenDeadFetches(nowMs: number, limit: number): Promise<number>;
  /** At start, while the instance lock is held: every running job is ready again and has one crash more. @returns how many */
  recoverJobs(): Promise<number>;

  listCalls(query: CallsQuery, limit: number, cursor: string | null): Promise<Page<CallRow>>;
  countCalls(
    query: CallsQuery,
    cap: number,
  ): Promise<{ total: number; live: number; needsAttention: number }>;
  /** Resolves merged ids. */
  getCall(callId: string): Promise<CallWithEvents | null>;
  getCallRow(callId: string): Promise<CallRow | null>;
  getRecording(recordingId: string): Promise<RecordingRow | null>;
  /** The call that an exact id names; null when no call of ours has it. */
  findCallId(key: CallKey): Promise<string | null>;
  /** Placed calls that wait to be dialled, are being dialled or are talking: by priority (highest first), then age. */
  listQueue(): Promise<CallRow[]>;
  /** Calls that overlap in time with this one or share its number, for a person to choose from; best first, at most `limit`. */
  listCandidates(callId: string, limit: number): Promise<CallRow[]>;
  /**
   * Journals that two calls are one (`call.matched` naming keys of both). @returns the surviving call and the event's key
   * Errors: not_found, conflict (the same call already).
   */
  matchCalls(
    callId: string,
    withCallId: string,
    by: 'person' | 'auto_unique',
  ): Promise<{ callId: string; matchEventKey: string }>;
  /**
   * Journals `call.unmatched` and takes the call apart again along its exact ids, each part under the id it had before.
   * @returns the calls that there are now. Errors: not_found, conflict (already undone).
   */
  unmatchCalls(callId: string, matchEventKey: string): Promise<string[]>;

  listDeliveries(
    query: { callId?: string | undefined; providerId?: string | undefined },
    limit: number,
    cursor: string | null,
  ): Promise<Page<DeliveryRow>>;
  getDelivery(deliveryId: string): Promise<DeliveryWithBody | null>;
  listJobs(query: JobsQuery, limit: number, cursor: string | null): Promise<Page<JobRow>>;
  /** How many match, of all pages. */
  countMatchingJobs(query: JobsQuery): Promise<number>;
  getJob(jobId: string): Promise<JobRow | null>;
  findJob(kind: JobKind, dedupe: string): Promise<JobRow | null>;
  countJobs(): Promise<{ ready: number; running: number; dead: number }>;

  /** Keeps the newest 1,000 refusals. */
  recordRefusal(refusal: RefusalRow): Promise<void>;
  listRefusals(limit: number, cursor: string | null): Promise<Page<RefusalRow>>;
  getRefusal(refusalId: string): Promise<RefusalRow | null>;
  /** Drops all kept bodies of refused requests. */
  dropRefusedBodies(): Promise<void>;

  getSetting(name: string): Promise<unknown>;
  putSetting(name: string, value: unknown): Promise<void>;

  /** Notes that a provider refused our credentials; each refusal in a row waits longer. */
  pauseProvider(providerId: string, code: ErrorCode): Promise<ProviderPause>;
  /** Ends a pause, because a request worked or a person said so. @returns whether there was one */
  resumeProvider(providerId: string): Promise<boolean>;
  listPauses(): Promise<ProviderPause[]>;
  lastDeliveryAtMs(providerId: string): Promise<number | null>;
  storedTotals(): Promise<{ recordings: number; sizeBytes: number }>;

  /** Folds every stored event again beside the live rows and compares; swaps in one transaction when `apply`. */
  rebuild(
    apply: boolean,
  ): Promise<{ events: number; calls: number; recordings: number; differences: number; applied: boolean }>;

  /** Calls `listener` after each commit that changed something. @returns stops it */
  onChange(listener: (changes: Changes) => void): () => void;
  /** Waits for open commits, checkpoints and closes. */
  close(): Promise<void>;
}
