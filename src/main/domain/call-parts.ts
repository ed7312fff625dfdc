// Parts of the fold (call.ts) that stand by themselves: which status wins, the legs of a call, and what was said.
import type {
  CallRecordingStatus,
  CallStatus,
  LegView,
  TranscriptLine,
} from '../../preload/contract/calls.ts';
import { type DomainEvent, isRecordingEvent, type RecordingFacts } from './provider-event.ts';

/**
 * Merge order of call statuses, weakest first. A later stage beats an earlier one whatever the clocks say; of two
 * terminal ones the later fact (compareEvents) wins; `unknown` only stands while nothing else is known.
 */
export const statusRank: Record<CallStatus, number> = {
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

const factKinds = ['call.started', 'call.answered', 'call.ended', 'call.noted', 'call.registered'] as const;
export type CallFactsEvent = Extract<DomainEvent, { kind: (typeof factKinds)[number] }>;

/** True for events that state facts of a call: a provider's, or another program's that registered it. */
export function isCallFacts(event: DomainEvent): event is CallFactsEvent {
  return factKinds.some((kind) => kind === event.kind);
}

/** The lines of what was said; empty when nothing is known. */
export function foldTranscript(ordered: readonly DomainEvent[]): TranscriptLine[] {
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
export function foldLegs(ordered: readonly DomainEvent[]): LegView[] {
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
  // What was asked for tells of an end first; of legs that began together the one above comes before the one below.
  return [...byId.values()].sort(
    (a, b) =>
      (a.startedAtMs ?? Number.MAX_SAFE_INTEGER) - (b.startedAtMs ?? Number.MAX_SAFE_INTEGER) ||
      Number(a.parentLegId !== null) - Number(b.parentLegId !== null),
  );
}

/** A call that was never answered has no recording to wait for; for every other one it may still come. */
export function statusWithoutRecording(status: CallStatus): CallRecordingStatus {
  return status === 'busy' || status === 'no_answer' || status === 'failed' || status === 'canceled'
    ? 'not_expected'
    : 'none_yet';
}

/** The numbers that a call's recordings name, for a call that nobody else tells them of: the earliest that names any. */
export function recordedNumbers(ordered: readonly DomainEvent[]): { from: string | null; to: string | null } {
  for (const event of ordered) {
    if (!isRecordingEvent(event)) continue;
    const { from, to }: Partial<RecordingFacts> = event.data;
    if (from !== undefined || to !== undefined) return { from: from ?? null, to: to ?? null };
  }
  return { from: null, to: null };
}
