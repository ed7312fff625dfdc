// The fold: a call's rows are a pure function of the set of its events. The store keeps the events; whenever one is
// added it hands the whole set of that call to foldCall and writes what comes back. Sorting the set by a total
// order first makes arrival order, repeats and interleavings meaningless by construction.
import type { CallDirection, CallRecordingStatus, CallStatus } from '../../preload/contract/calls.ts';
import type { RecordingStatus } from '../../preload/contract/recordings.ts';
import { type CallFacts, compareEvents, type DomainEvent, isRecordingEvent } from './provider-event.ts';
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
  needsAttention: boolean;
  providerCode: string | null;
}

export interface CallProjection {
  call: CallRow;
  recordings: RecordingRow[];
}

/**
 * Merge order of call statuses, weakest first. A later stage beats an earlier one whatever the clocks say; of two
 * terminal ones the later fact (compareEvents) wins; `unknown` only stands while nothing else is known.
 */
const statusRank: Record<CallStatus, number> = {
  unknown: 0,
  queued: 1,
  ringing: 2,
  in_progress: 3,
  completed: 4,
  busy: 4,
  no_answer: 4,
  failed: 4,
  canceled: 4,
};

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
  const call = foldCallFacts(callId, ordered);
  return { call: judgeRecordings(call, recordings), recordings };
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

function isCallFacts(
  event: DomainEvent,
): event is Extract<DomainEvent, { data: CallFacts }> & { data: CallFacts } {
  return event.kind.startsWith('call.') && event.kind !== 'call.minted';
}

function foldCallFacts(callId: string, ordered: readonly DomainEvent[]): CallRow {
  const own = ordered.filter((event) => event.kind !== 'call.minted');
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
    needsAttention: false,
    providerCode: null,
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
    needsAttention: recordings.some(({ status }) => status === 'failed'),
  };
}

/** A call that was never answered has no recording to wait for; for every other one it may still come. */
function statusWithoutRecording(status: CallStatus): CallRecordingStatus {
  return status === 'busy' || status === 'no_answer' || status === 'failed' || status === 'canceled'
    ? 'not_expected'
    : 'none_yet';
}

/**
 * Which of several ids a call keeps when events show that they are one call: the smallest, so that every order of
 * arrival keeps the same one. (Placed calls, which win over the smallest, come with `calls.place`.)
 */
export function survivingCallId(callIds: readonly string[]): string {
  return callIds.reduce((smallest, id) => (id < smallest ? id : smallest));
}
