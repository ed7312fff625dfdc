// The fold: a call's rows are a pure function of the set of its events. The store keeps the events; whenever one is
// added it hands the whole set of that call to foldCall and writes what comes back. Sorting the set by a total
// order first makes arrival order, repeats and interleavings meaningless by construction.
import type {
  CallDirection,
  CallKind,
  CallRecordingStatus,
  CallStatus,
  CallVia,
  DialState,
  LegView,
  TranscriptLine,
} from '../../preload/contract/calls.ts';
import type { RecordingStatus } from '../../preload/contract/recordings.ts';
import {
  foldLegs,
  foldTranscript,
  isCallFacts,
  recordedNumbers,
  statusRank,
  statusWithoutRecording,
} from './call-parts.ts';
import { foldDial, statusOfDial } from './dial.ts';
import {
  type CallFacts,
  compareEvents,
  type DomainEvent,
  type EventKind,
  isRecordingEvent,
} from './provider-event.ts';
import { foldRecording, isProviderEvent, type RecordingEvent, type RecordingRow } from './recording.ts';

export interface CallRow {
  callId: string;
  reference: string | null;
  providerId: string;
  direction: CallDirection;
  /** Our side of the call and theirs, as the provider wrote them. */
  from: string | null;
  to: string | null;
  status: CallStatus;
  startedAtMs: number;
  answeredAtMs: number | null;
  endedAtMs: number | null;
  recordingStatus: CallRecordingStatus;
  durationMs: number | null;
  recordingCount: number;
  mainRecordingId: string | null;
  /** Of the main recording: why it has no audio, or none of ours. */
  recordingReason: string | null;
  needsAttention: boolean;
  providerCode: string | null;
  /** Null, all of these, for a call that Tapedeck did not place. */
  kind: CallKind | null;
  via: CallVia | null;
  agentId: string | null;
  priority: number | null;
  dialState: DialState | null;
  /** Which asking is current; grows when a person says "dial again". */
  dialGeneration: number | null;
  dialCode: string | null;
  /** Whether Tapedeck records this call once it is answered; null: the line decides. */
  record: boolean | null;
  /** Audio or a transcript came, and nothing tells whose call it is. */
  unmatched: boolean;
  matchedBy: 'person' | 'auto_unique' | null;
  hasTranscript: boolean;
}

export interface CallProjection {
  call: CallRow;
  recordings: RecordingRow[];
  legs: LegView[];
  transcript: TranscriptLine[];
}

/** Which recording a call is judged by, most useful first. */
const usefulness: readonly RecordingStatus[] = [
  'stored',
  'fetching',
  'available',
  'recording',
  'processing',
  'failed',
  'external',
  'absent',
  'deleted',
];

/**
 * Folds all events of one call.
 * @param events any order, repeats allowed; at least one
 * @param recordingIdOf our id of a provider's recording, the same for ever
 * @returns the rows to store; recordings in the order in which they began
 */
export function foldCall(
  callId: string,
  events: readonly DomainEvent[],
  recordingIdOf: (providerId: string, providerRecordingId: string) => string,
): CallProjection {
  const ordered = inOrder(events);
  const recordings = foldRecordings(callId, ordered, recordingIdOf);
  const transcript = foldTranscript(ordered);
  const call = judgeDial(
    judgeRecordings(foldCallFacts(callId, ordered), recordings),
    ordered,
    transcript.length > 0,
  );
  return { call, recordings, legs: foldLegs(ordered), transcript };
}

function inOrder(events: readonly DomainEvent[]): DomainEvent[] {
  if (events.length < 2) return [...events];
  const byKey = new Map(events.map((event) => [event.eventKey, event]));
  return [...byKey.values()].sort(compareEvents);
}

function foldRecordings(
  callId: string,
  ordered: readonly DomainEvent[],
  recordingIdOf: (providerId: string, providerRecordingId: string) => string,
): RecordingRow[] {
  const byId = new Map<string, RecordingEvent[]>();
  for (const event of ordered) {
    if (!isRecordingEvent(event)) continue;
    const recordingId = recordingIdOf(event.providerId, event.data.providerRecordingId);
    const own = byId.get(recordingId);
    if (own === undefined) byId.set(recordingId, [event]);
    else own.push(event);
  }
  return [...byId]
    .map(([recordingId, own]) => foldRecording(recordingId, callId, own))
    .sort((a, b) => (a.startedAtMs ?? 0) - (b.startedAtMs ?? 0) || (a.recordingId < b.recordingId ? -1 : 1));
}

/** The events that speak of the call itself and not of a child leg of it (a transfer's other half). */
function withoutChildLegs(ordered: readonly DomainEvent[]): { event: DomainEvent; facts: CallFacts }[] {
  const facts = ordered.flatMap((event) => (isCallFacts(event) ? [{ event, facts: event.data }] : []));
  const children = new Set(
    facts.flatMap(({ facts: { leg } }) => (leg !== undefined && leg.parentLegId !== null ? [leg.legId] : [])),
  );
  const main = facts.filter(({ facts: { leg } }) => leg === undefined || !children.has(leg.legId));
  return main.length > 0 ? main : facts;
}

/** What Tapedeck says of which call an event belongs to: none of it is a fact of the call. */
const ownWords: ReadonlySet<EventKind> = new Set(['call.minted', 'call.matched', 'call.unmatched']);

function foldCallFacts(callId: string, ordered: readonly DomainEvent[]): CallRow {
  const own = ordered.filter(({ kind }) => !ownWords.has(kind));
  // What Tapedeck did about a recording says nothing of when the call was; our clock may have been wrong, too.
  const told = own.filter((event) => !isRecordingEvent(event) || isProviderEvent(event));
  const first = told[0] ?? own[0] ?? ordered[0];
  if (first === undefined) throw new TypeError('a call without events cannot be folded');
  const row: CallRow = {
    callId,
    reference: null,
    providerId: first.providerId,
    direction: 'unknown',
    from: null,
    to: null,
    status: 'unknown',
    startedAtMs: first.occurredAtMs,
    answeredAtMs: null,
    endedAtMs: null,
    recordingStatus: 'none_yet',
    durationMs: null,
    recordingCount: 0,
    mainRecordingId: null,
    recordingReason: null,
    needsAttention: false,
    providerCode: null,
    kind: null,
    via: null,
    agentId: null,
    priority: null,
    dialState: null,
    dialGeneration: null,
    dialCode: null,
    record: null,
    unmatched: false,
    matchedBy: null,
    hasTranscript: false,
  };
  let talkMs: number | null = null;
  for (const { facts } of withoutChildLegs(own)) {
    applyCallFacts(row, facts);
    talkMs = facts.talkMs ?? talkMs;
  }
  for (const event of told) {
    // A recording cannot begin before its call did.
    const knownMs =
      isRecordingEvent(event) && 'startedAtMs' in event.data ? event.data.startedAtMs : undefined;
    row.startedAtMs = Math.min(row.startedAtMs, knownMs ?? event.occurredAtMs);
  }
  if (row.from === null && row.to === null) Object.assign(row, recordedNumbers(told));
  if (row.endedAtMs !== null && talkMs !== null) row.answeredAtMs ??= row.endedAtMs - talkMs;
  if (row.endedAtMs !== null && row.answeredAtMs !== null) {
    row.durationMs = talkMs ?? Math.max(0, row.endedAtMs - row.answeredAtMs);
  }
  return row;
}

function applyCallFacts(row: CallRow, facts: CallFacts): void {
  // The earliest event that knows a field decides it; repeats and later guesses cannot rewrite history.
  row.reference ??= facts.reference ?? null;
  row.from ??= facts.from ?? null;
  row.to ??= facts.to ?? null;
  if (row.direction === 'unknown') row.direction = facts.direction ?? 'unknown';
  if (facts.startedAtMs !== undefined) row.startedAtMs = Math.min(row.startedAtMs, facts.startedAtMs);
  if (facts.answeredAtMs !== undefined) {
    row.answeredAtMs = Math.min(row.answeredAtMs ?? Number.POSITIVE_INFINITY, facts.answeredAtMs);
  }
  if (facts.status !== undefined && statusRank[facts.status] >= statusRank[row.status]) {
    row.status = facts.status;
    row.providerCode = facts.providerCode ?? null;
    row.endedAtMs = facts.endedAtMs ?? row.endedAtMs;
  }
}

function judgeRecordings(call: CallRow, recordings: readonly RecordingRow[]): CallRow {
  const main = usefulness
    .map((status) => recordings.find((recording) => recording.status === status))
    .find((recording) => recording !== undefined);
  const longestMs = recordings.reduce<number | null>(
    (longest, { durationMs }) => (durationMs === null ? longest : Math.max(longest ?? 0, durationMs)),
    null,
  );
  return {
    ...call,
    recordingStatus: main?.status ?? statusWithoutRecording(call.status),
    durationMs: call.durationMs ?? longestMs,
    recordingCount: recordings.length,
    mainRecordingId: main?.recordingId ?? null,
    recordingReason: main?.reason ?? null,
    needsAttention: recordings.some(({ status }) => status === 'failed'),
  };
}

/** Lays over the row what we did ourselves: placing, dialling, matching. */
function judgeDial(call: CallRow, ordered: readonly DomainEvent[], hasTranscript: boolean): CallRow {
  const facts = ordered.filter(isCallFacts);
  const dial = foldDial(
    ordered,
    facts.some((event) => event.kind !== 'call.registered'),
  );
  const undone = new Set(
    ordered.flatMap((event) => (event.kind === 'call.unmatched' ? [event.data.matchEventKey] : [])),
  );
  const match = ordered.findLast((event) => event.kind === 'call.matched' && !undone.has(event.eventKey));
  const unmatched = facts.length === 0 && dial === null && match === undefined;
  const row: CallRow = {
    ...call,
    hasTranscript,
    unmatched,
    matchedBy: match?.kind === 'call.matched' ? match.data.by : null,
    needsAttention:
      call.needsAttention || unmatched || dial?.state === 'refused' || dial?.state === 'unknown',
  };
  if (dial === null) return row;
  const { placed, state, generation, code } = dial;
  return {
    ...row,
    kind: placed.callKind,
    via: placed.via,
    agentId: placed.agentId ?? null,
    priority: placed.priority,
    record: placed.record,
    dialState: state,
    dialGeneration: generation,
    dialCode: code,
    direction: 'outbound',
    // What was asked for stands before what a provider made of it: it may know a SIP address only.
    to: placed.to,
    from: placed.from ?? row.from,
    reference: placed.reference ?? row.reference,
    ...(facts.length === 0
      ? { status: statusOfDial[state], recordingStatus: recordingStatusOf(row, statusOfDial[state]) }
      : {}),
  };
}

function recordingStatusOf(row: CallRow, status: CallStatus): CallRecordingStatus {
  return row.recordingCount > 0 ? row.recordingStatus : statusWithoutRecording(status);
}

/**
 * Which of several ids a call keeps when events show that they are one call: that of a placed call, because it was
 * given to a provider and to whoever asked for the call; else the smallest, so that every order keeps the same one.
 * @param isPlaced whether an id is that of a placed call
 */
export function survivingCallId(callIds: readonly string[], isPlaced: (callId: string) => boolean): string {
  const placed = callIds.filter(isPlaced);
  return (placed.length > 0 ? placed : callIds).reduce((smallest, id) => (id < smallest ? id : smallest));
}
