// What a verdict is judged by: everything that is known of one call, gathered by recordings/explain-call.
import type { DeliverySource, JobState, RefusalReason } from '../../preload/contract/activity.ts';
import type { OutageView, PollDetail } from '../../preload/contract/checks.ts';
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { CallRow } from './call.ts';
import type { JobKind } from './job.ts';
import type { DomainEvent } from './provider-event.ts';
import type { RecordingRow } from './recording.ts';

export interface EventFact {
  event: DomainEvent;
  deliveryId: string | null;
  source: DeliverySource;
  /** When Tapedeck learnt it, epoch milliseconds. */
  recordedAtMs: number;
}

export interface JobFact {
  jobId: string;
  kind: JobKind;
  state: JobState;
  attempt: number;
  runAtMs: number;
  lastErrorCode: ErrorCode | null;
  providerId: string | null;
  recordingId: string | null;
  createdAtMs: number;
  finishedAtMs: number | null;
}

export type CheckFact = Pick<PollDetail, 'providerId' | 'status' | 'code' | 'providerCode'> & {
  runId: string;
  atMs: number;
};

export interface RefusalFact {
  refusalId: string;
  atMs: number;
  providerId: string;
  reason: RefusalReason;
}

export interface PauseFact {
  providerId: string;
  code: ErrorCode;
  sinceMs: number;
  untilMs: number;
}

/** A provider that the call is known to, as it is set up now. */
export interface ProviderFact {
  providerId: string;
  isSetUp: boolean;
  /** Can be asked what it has recorded. */
  canFind: boolean;
}

/** Something that a check of a provider's own settings found. */
export interface NoticeFact {
  providerId: string;
  code: 'webhook_disabled';
  sinceMs: number;
}

export interface VerdictFacts {
  nowMs: number;
  /** For so long after its end a call without a recording means "not yet". */
  notYetMs: number;
  call: CallRow;
  recordings: readonly RecordingRow[];
  events: readonly EventFact[];
  /** Those of the call and of its recordings. */
  jobs: readonly JobFact[];
  checks: readonly CheckFact[];
  /** Around the call, and of its providers only. */
  outages: readonly OutageView[];
  refusals: readonly RefusalFact[];
  pauses: readonly PauseFact[];
  providers: readonly ProviderFact[];
  notices: readonly NoticeFact[];
  /** Whether Tapedeck records calls of the clinic's number; null for a number that no line has. */
  lineRecords: boolean | null;
  /** Calls that an unmatched one may belong to. */
  candidates: number;
}
