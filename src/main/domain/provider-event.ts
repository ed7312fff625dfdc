// Events: what the journal is made of once a delivery has been understood. Provider modules and use cases make
// them; the fold (call.ts) turns a call's set of them into rows. They are stored as JSON and never change.
import type {
  CallDirection,
  CallKey,
  CallKind,
  CallStatus,
  CallVia,
  TranscriptLine,
} from '../../preload/contract/calls.ts';
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
  /** The call's numbers where the provider's recording names them: all that is known while nothing tells of the call. */
  from?: string;
  to?: string;
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

/** A call that Tapedeck was asked to make. Its key (ourCallKey) exists before any provider is asked. */
export interface PlacedFacts {
  callId: string;
  callKind: CallKind;
  via: CallVia;
  to: string;
  from?: string;
  agentId?: string;
  reference?: string;
  /** Higher first in the queue of calls to place. */
  priority: number;
  /** Whether Tapedeck starts a recording once somebody answers. */
  record: boolean;
}

/** One asking of a provider to dial. `generation` grows only when a person says "dial again". */
export interface DialTry {
  generation: number;
  /** Of `call.dial_started` and `call.dial_postponed`: which request of this asking; 0, the first, when left out. */
  tryNumber?: number;
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
    | { kind: 'call.placed'; data: PlacedFacts }
    /** The provider was too busy and did not process the request of this try: the same asking may be made again. */
    | { kind: 'call.dial_postponed'; data: DialTry & { code: string } }
    /** Stored before the request leaves: a dial that this stands for is never made a second time. */
    | { kind: 'call.dial_started' | 'call.dialed' | 'call.dial_unknown' | 'call.dial_retried'; data: DialTry }
    | { kind: 'call.dial_refused'; data: DialTry & { code: string; providerCode?: string } }
    | { kind: 'call.canceled'; data: { reason: string } }
    /** A call that another program placed, told to Tapedeck with the ids that it knows. */
    | { kind: 'call.registered'; data: CallFacts }
    /** A person (or auto-unique matching) says that the calls named by `keys` are one; undone by `call.unmatched`. */
    | { kind: 'call.matched'; data: { by: 'person' | 'auto_unique' } }
    | { kind: 'call.unmatched'; data: { matchEventKey: string } }
    /** Something of the call worth telling that changes none of its fields, e.g. a participant of a room. */
    | { kind: 'call.told'; data: { what: string; code?: string; providerCode?: string } }
    | { kind: 'transcript.attached'; data: { providerTranscriptId: string; lines: TranscriptLine[] } }
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

/** The key of a call by our own id: how a provider that carries our id back (chat_id, client_state) names it. */
export function ourCallKey(callId: string): CallKey {
  return { providerId: 'tapedeck', kind: 'call_id', value: callId };
}

/** The key of the event by which a placed call begins; from it alone it can be told that an id is a placed call's. */
export function placedEventKey(callId: string): string {
  return `placed:${callId}`;
}

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
