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
import { foldDial } from './dial.ts';
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

const factKinds = ['call.started', 'call.answered', 'call.ended', 'call.noted', 'call.registered'] as const;
type CallFactsEvent = Extract<DomainEvent, { kind: (typeof factKinds)[number] }>;

function isCallFacts(event: DomainEvent): event is CallFactsEvent {
  return factKinds.some((kind) => kind === event.kind);
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

/** What a placed call's status is while no provider has told of it. */
const statusOfDial: Record<DialState, CallStatus> = {
  waiting: 'queued',
  dialing: 'queued',
  dialed: 'queued',
  unknown: 'unknown',
  refused: 'failed',
  canceled: 'canceled',
};

function recordingStatusOf(row: CallRow, status: CallStatus): CallRecordingStatus {
  return row.recordingCount > 0 ? row.recordingStatus : statusWithoutRecording(status);
}

function foldTranscript(ordered: readonly DomainEvent[]): TranscriptLine[] {
  // The longest telling is the most complete one; of equals the later.
  return ordered.reduce<TranscriptLine[]>(
    (longest, event) =>
      event.kind === 'transcript.attached' && event.data.lines.length >= longest.length
        ? event.data.lines
        : longest,
    [],
  );
}

/** Every leg that a provider told of, in the order in which they began. */
function foldLegs(ordered: readonly DomainEvent[]): LegView[] {
  const byId = new Map<string, LegView>();
  for (const event of ordered) {
    if (!isCallFacts(event) || event.data.leg === undefined) continue;
    const { leg, ...facts } = event.data;
    const id = `${event.providerId} ${leg.legId}`;
    const known = byId.get(id);
    const status = facts.status ?? 'unknown';
    byId.set(id, {
      providerId: event.providerId,
      legId: leg.legId,
      parentLegId: known?.parentLegId ?? leg.parentLegId,
      direction:
        known === undefined || known.direction === 'unknown'
          ? (facts.direction ?? 'unknown')
          : known.direction,
      from: known?.from ?? facts.from ?? null,
      to: known?.to ?? facts.to ?? null,
      status: known === undefined || statusRank[status] >= statusRank[known.status] ? status : known.status,
      startedAtMs: known?.startedAtMs ?? facts.startedAtMs ?? null,
      endedAtMs: facts.endedAtMs ?? known?.endedAtMs ?? null,
    });
  }
  return [...byId.values()];
}

/** A call that was never answered has no recording to wait for; for every other one it may still come. */
function statusWithoutRecording(status: CallStatus): CallRecordingStatus {
  return status === 'busy' || status === 'no_answer' || status === 'failed' || status === 'canceled'
    ? 'not_expected'
    : 'none_yet';
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
