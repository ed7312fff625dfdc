// The recording status machine: one written table, applied to the SET of a recording's events, so that arrival
// order, repeats and interleaving cannot matter.
import type { RecordingFlag, RecordingStatus } from '../../preload/contract/recordings.ts';
import type { DomainEvent, Try } from './provider-event.ts';

export interface RecordingRow {
  recordingId: string;
  callId: string;
  providerId: string;
  providerRecordingId: string;
  providerAccountId: string | null;
  status: RecordingStatus;
  durationMs: number | null;
  channels: number | null;
  sizeBytes: number | null;
  sha256: string | null;
  contentType: string | null;
  fileName: string | null;
  startedAtMs: number | null;
  storedAtMs: number | null;
  reason: string | null;
  providerCode: string | null;
  flags: RecordingFlag[];
  /** Which asking of ours is current; grows when a person retries. */
  generation: number;
}

export type RecordingEvent = Extract<DomainEvent, { kind: `recording.${string}` }>;

/**
 * Merge order of what a provider says, weakest first: a later stage beats an earlier one whatever the clock says,
 * and "there is none" (terminal) beats "it is ready" (passing). `recording.noted` tells of a status that we do not
 * know: the recording exists, so it counts as being prepared.
 */
const providerRank = {
  'recording.noted': 0,
  'recording.started': 1,
  'recording.processing': 2,
  'recording.available': 3,
  'recording.external': 4,
  'recording.absent': 5,
} as const;
type ProviderKind = keyof typeof providerRank;
const providerStatus: Record<ProviderKind, RecordingStatus> = {
  'recording.noted': 'processing',
  'recording.started': 'recording',
  'recording.processing': 'processing',
  'recording.available': 'available',
  'recording.external': 'external',
  'recording.absent': 'absent',
};

/** Safe here, or known that there is nothing to keep. */
export const finished: ReadonlySet<RecordingStatus> = new Set(['stored', 'absent', 'external', 'deleted']);

/** True for what the provider says of a recording, false for what Tapedeck did about it. */
export function isProviderEvent(
  event: RecordingEvent,
): event is Extract<RecordingEvent, { kind: ProviderKind }> {
  return event.kind in providerRank;
}

/**
 * Folds one recording's events.
 * @param events of one recording, in the order of compareEvents, without repeats; at least one
 * @returns its row. Own facts are laid over the provider's: deleted > stored > absent/external > failed > fetching > the rest.
 */
export function foldRecording(
  recordingId: string,
  callId: string,
  events: readonly RecordingEvent[],
): RecordingRow {
  const first = events[0];
  if (first === undefined) throw new TypeError('a recording without events cannot be folded');
  const row: RecordingRow = {
    recordingId,
    callId,
    providerId: first.providerId,
    providerRecordingId: first.data.providerRecordingId,
    providerAccountId: null,
    status: 'processing',
    durationMs: null,
    channels: null,
    sizeBytes: null,
    sha256: null,
    contentType: null,
    fileName: null,
    startedAtMs: null,
    storedAtMs: null,
    reason: null,
    providerCode: null,
    flags: [],
    generation: 0,
  };
  applyProviderFacts(row, events.filter(isProviderEvent));
  applyOwnFacts(row, events);
  return row;
}

function applyProviderFacts(
  row: RecordingRow,
  events: readonly Extract<RecordingEvent, { kind: ProviderKind }>[],
): void {
  let bestRank = -1;
  for (const { kind, data } of events) {
    row.providerAccountId = data.providerAccountId ?? row.providerAccountId;
    row.durationMs = data.durationMs ?? row.durationMs;
    row.channels = data.channels ?? row.channels;
    row.startedAtMs = data.startedAtMs ?? row.startedAtMs;
    if (providerRank[kind] >= bestRank) {
      bestRank = providerRank[kind];
      row.status = providerStatus[kind];
      row.reason = data.reason ?? null;
      row.providerCode = data.providerCode ?? null;
    }
  }
}

function applyOwnFacts(row: RecordingRow, events: readonly RecordingEvent[]): void {
  let lastStarted: Order = [-1, -1, 0];
  let lastSettled: Order = [-1, -1, 0];
  let failure: { generation: number; attempt: number; code: string; providerCode: string | null } | null =
    null;
  let deletedBecause: string | null = null;
  for (const event of events) {
    switch (event.kind) {
      case 'recording.fetch_started':
        lastStarted = later(lastStarted, orderOf({ startedAtMs: 0, ...event.data }));
        break;
      case 'recording.fetch_postponed':
        lastSettled = later(lastSettled, orderOf(event.data));
        break;
      case 'recording.retried':
        row.generation = Math.max(row.generation, event.data.generation);
        break;
      case 'recording.failed':
        lastSettled = later(lastSettled, orderOf(event.data));
        if (failure === null || event.data.generation >= failure.generation) {
          failure = { providerCode: null, ...event.data };
        }
        break;
      case 'recording.stored':
        row.durationMs = event.data.durationMs;
        row.channels = event.data.channels;
        row.sizeBytes = event.data.sizeBytes;
        row.sha256 = event.data.sha256;
        row.contentType = event.data.contentType;
        row.fileName = event.data.fileName;
        row.flags = [...event.data.flags];
        row.storedAtMs = event.occurredAtMs;
        break;
      case 'recording.deleted':
        deletedBecause = event.data.reason;
        break;
      default:
    }
  }
  const settle = (status: RecordingStatus, reason: string | null, providerCode: string | null): void => {
    row.status = status;
    row.reason = reason;
    row.providerCode = providerCode;
  };
  if (deletedBecause !== null) settle('deleted', deletedBecause, null);
  else if (row.storedAtMs !== null) settle('stored', null, null);
  else if (row.status === 'absent' || row.status === 'external') return;
  else if (failure !== null && failure.generation >= row.generation)
    settle('failed', failure.code, failure.providerCode);
  else if (isLater(lastStarted, lastSettled)) settle('fetching', null, null);
}

type Order = readonly [generation: number, attempt: number, startedAtMs: number];

/** A run is settled by an event that names it, or by one that speaks of the attempt as a whole. */
function orderOf({ generation, attempt, startedAtMs = Number.MAX_SAFE_INTEGER }: Try): Order {
  return [generation, attempt, startedAtMs];
}

function isLater(a: Order, b: Order): boolean {
  return (a[0] - b[0] || a[1] - b[1] || a[2] - b[2]) > 0;
}

function later(a: Order, b: Order): Order {
  return isLater(a, b) ? a : b;
}
