// The store port: atomic steps, each one transaction. `async` in every signature so that a second implementation
// (PostgreSQL) can satisfy the same suite; for SQLite there is no await inside a transaction.
import type {
  DeliveryOutcome,
  DeliverySource,
  JobState,
  RefusalReason,
  Verification,
} from '../../preload/contract/activity.ts';
import type { CallKey, CallsListInput } from '../../preload/contract/calls.ts';
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { CallRow } from '../domain/call.ts';
import type { ClaimedJob, JobKind, NewJob } from '../domain/job.ts';
import type { DomainEvent } from '../domain/provider-event.ts';
import type { RecordingRow } from '../domain/recording.ts';

export interface HeaderPair {
  name: string;
  value: string;
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
  events: DomainEvent[];
  jobs: NewJob[];
}

export type RecordedDelivery = { deliveryId: string; callId: string | null; repeat: boolean };

export interface DeliveryRow extends Omit<NewDelivery, 'events' | 'jobs' | 'body' | 'headers' | 'dedupeKey'> {
  callId: string | null;
  sizeBytes: number;
  bodySha256: string;
  repeats: number;
  lastRepeatAtMs: number | null;
}

export interface DeliveryWithBody extends DeliveryRow {
  headers: HeaderPair[];
  /** Null once pruned. */
  body: Uint8Array | null;
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
  createdAtMs: number;
  finishedAtMs: number | null;
  generation: number;
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

/** How one run of a job ended. `release` gives the attempt back (provider paused, shutting down). */
export type JobSettlement = { jobId: string; lease: string; events: DomainEvent[]; jobs: NewJob[] } & (
  | { result: 'done' }
  | { result: 'retry'; runAtMs: number; errorCode: ErrorCode }
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
  /** Provider pauses or settings changed. */
  system: boolean;
}

export type CallsQuery = Omit<CallsListInput, 'limit' | 'cursor'>;

export interface Store {
  /**
   * Journals a delivery with its events, the rows they fold into and the jobs they cause, in one durable (FULL)
   * commit that deliveries waiting together share; one that fails does not fail its neighbours.
   * @returns after the commit
   */
  recordDelivery(delivery: NewDelivery): Promise<RecordedDelivery>;
  /** Appends events of our own making (no delivery; a job's unless said otherwise) and folds them. Events already known are skipped. */
  appendEvents(events: DomainEvent[], source?: 'job' | 'user'): Promise<void>;

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

  listDeliveries(
    query: { callId?: string | undefined; providerId?: string | undefined },
    limit: number,
    cursor: string | null,
  ): Promise<Page<DeliveryRow>>;
  getDelivery(deliveryId: string): Promise<DeliveryWithBody | null>;
  listJobs(
    query: { state?: JobState | undefined; kind?: string | undefined },
    limit: number,
    cursor: string | null,
  ): Promise<Page<JobRow>>;
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
