// Events: what the journal is made of once a delivery has been understood. Provider modules and use cases make
// them; the fold (call.ts) turns a call's set of them into rows. They are stored as JSON and never change.
import type { CallDirection, CallKey, CallStatus } from '../../preload/contract/calls.ts';
import type { RecordingFlag } from '../../preload/contract/recordings.ts';

export type { CallKey };

/** One leg of a call as the provider names it. A child leg says whose child it is. */
export interface Leg {
  legId: string;
  parentLegId: string | null;
}

/** Facts about the call itself. Anything unknown is left out, never null: a later event cannot blank an earlier one. */
export interface CallFacts {
  leg?: Leg;
  status?: CallStatus;
  direction?: CallDirection;
  from?: string;
  to?: string;
  startedAtMs?: number;
  answeredAtMs?: number;
  endedAtMs?: number;
  /** Talk time by the provider's count; better than the difference of two rounded moments. */
  talkMs?: number;
  reference?: string;
  /** The provider's own code for how it ended (SIP response, error code). */
  providerCode?: string;
}

/** Facts about one recording; `providerRecordingId` says which. */
export interface RecordingFacts {
  providerRecordingId: string;
  /** The provider's account that holds it, where media URLs need it. */
  providerAccountId?: string;
  durationMs?: number;
  channels?: number;
  startedAtMs?: number;
  /** A recording reason (contract/recordings.ts) or an error code. */
  reason?: string;
  providerCode?: string;
}

/** Facts about our own copy, known once the file is safe on disk. */
export interface StoredFacts {
  providerRecordingId: string;
  durationMs: number;
  channels: number;
  sizeBytes: number;
  sha256: string;
  contentType: string;
  /** Relative to the recordings folder; made of our own ids only. */
  fileName: string;
  flags: RecordingFlag[];
}

/** Which try of ours an event belongs to. `generation` grows when a person asks again, `attempt` with every try. */
export interface Try {
  providerRecordingId: string;
  generation: number;
  attempt: number;
  /** When this run began: tells apart the runs of one attempt (one that gave its attempt back, and the next). */
  startedAtMs?: number;
}

interface EventHead {
  /** Unique for ever: the same fact heard twice has the same key and is stored once. */
  eventKey: string;
  providerId: string;
  /** Epoch milliseconds, by the provider's word where it gives one; taken from the fact, never from its arrival. */
  occurredAtMs: number;
  /** Breaks ties of equal times: the provider's sequence number, else a rank of the status. */
  sequence: number;
  /** Exact ids that name the call. Two ids in one event are the same call. */
  keys: CallKey[];
}

export type DomainEvent = EventHead &
  (
    | { kind: 'call.started' | 'call.answered' | 'call.ended' | 'call.noted'; data: CallFacts }
    /** Our own id for a call, given when the first event of it is stored. */
    | { kind: 'call.minted'; data: { callId: string } }
    | {
        kind:
          | 'recording.started'
          | 'recording.processing'
          | 'recording.available'
          | 'recording.absent'
          | 'recording.external'
          /** The provider failed or says something new; the words are in `data`. */
          | 'recording.noted';
        data: RecordingFacts;
      }
    | { kind: 'recording.fetch_started'; data: Try }
    | { kind: 'recording.fetch_postponed'; data: Try & { code: string; nextAtMs: number; sha256?: string } }
    | { kind: 'recording.failed'; data: Try & { code: string; providerCode?: string } }
    | { kind: 'recording.retried'; data: Try }
    | { kind: 'recording.stored'; data: StoredFacts }
    | { kind: 'recording.deleted'; data: { providerRecordingId: string; reason: string } }
  );

export type EventKind = DomainEvent['kind'];

/** True for events about a recording; they all name it by `data.providerRecordingId`. */
export function isRecordingEvent(
  event: DomainEvent,
): event is Extract<DomainEvent, { kind: `recording.${string}` }> {
  return event.kind.startsWith('recording.');
}

/**
 * The written order in which a call's events are folded: time, then sequence, then key. Total, so that any two
 * arrivals of the same set give the same fold.
 */
export function compareEvents(a: DomainEvent, b: DomainEvent): number {
  return (
    a.occurredAtMs - b.occurredAtMs ||
    a.sequence - b.sequence ||
    (a.eventKey < b.eventKey ? -1 : a.eventKey > b.eventKey ? 1 : 0)
  );
}
