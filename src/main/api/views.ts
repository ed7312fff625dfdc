// Rows as stored -> views as the contract has them.
import type { DeliveryView, JobView, RefusalView } from '../../preload/contract/activity.ts';
import type { CheckRunView } from '../../preload/contract/checks.ts';
import type { CallDetail, CallView, PartyView } from '../../preload/contract/calls.ts';
import type { RecordingView } from '../../preload/contract/recordings.ts';
import type { VerdictView } from '../../preload/contract/verdicts.ts';
import type { ProviderNumber, SettingsView } from '../../preload/contract/system.ts';
import type { CallRow } from '../domain/call.ts';
import { displayNumber } from '../domain/phone.ts';
import type { RecordingRow } from '../domain/recording.ts';
import type { CheckRun } from '../store/check-store.ts';
import type { CallWithEvents, DeliveryRow, JobRow, RefusalRow, StoredEvent } from '../store/store.ts';
import { toTimeline } from './timeline.ts';

export interface Views {
  call(row: CallRow): CallView;
  /** @param verdict of this call; null when nothing needs explaining */
  callDetail(found: CallWithEvents, verdict: VerdictView | null): CallDetail;
  /** A number of the clinic at a provider, in local form and with the name that Settings gives it. */
  number(number: ProviderNumber): ProviderNumber;
}

/**
 * @param settings read anew for every view: a renamed line shows at once
 * @param homeCountry ISO code of two letters; its numbers are shown in their local form
 */
export function createViews(settings: () => Pick<SettingsView, 'lines'>, homeCountry: string): Views {
  let lines: SettingsView['lines'] | null = null;
  let labels = new Map<string, string>();

  const refresh = (): void => {
    const current = settings().lines;
    if (current === lines) return;
    lines = current;
    labels = new Map(current.map(({ number, label }) => [number, label]));
  };
  const party = (number: string | null): PartyView | null =>
    number === null ? null : { number, display: displayNumber(number, homeCountry) };

  /** Which side of the call is ours. Where the provider does not say, a named line tells. */
  const sides = ({ direction, from, to }: CallRow): { other: string | null; own: string | null } => {
    if (direction === 'inbound') return { other: from, own: to };
    if (direction === 'outbound') return { other: to, own: from };
    if (from !== null && labels.has(from)) return { other: to, own: from };
    return { other: from, own: to !== null && labels.has(to) ? to : null };
  };

  const call = (row: CallRow): CallView => {
    refresh();
    const { other, own } = sides(row);
    const line = party(own);
    return {
      callId: row.callId,
      reference: row.reference,
      providerId: row.providerId,
      direction: row.direction,
      from: row.from,
      to: row.to,
      status: row.status,
      startedAtMs: row.startedAtMs,
      answeredAtMs: row.answeredAtMs,
      endedAtMs: row.endedAtMs,
      recordingStatus: row.recordingStatus,
      durationMs: row.durationMs,
      otherParty: party(other),
      line: line === null ? null : { ...line, label: labels.get(line.number) ?? null },
      recordingCount: row.recordingCount,
      mainRecordingId: row.mainRecordingId,
      recordingReason: row.recordingReason,
      needsAttention: row.needsAttention,
      kind: row.kind,
      via: row.via,
      priority: row.priority,
      dialState: row.dialState,
      dialCode: row.dialCode,
      unmatched: row.unmatched,
      matchedBy: row.matchedBy,
      hasTranscript: row.hasTranscript,
    };
  };

  return {
    call,
    callDetail: (found, verdict) => ({
      call: call(found.call),
      recordings: found.recordings.map(recordingView),
      keys: found.keys.map(({ providerId, kind, value }) => ({ providerId, kind, value })),
      timeline: toTimeline(found.events, found.recordings),
      legs: found.legs,
      transcript: found.transcript,
      matches: standingMatches(found.events),
      verdict,
    }),
    number(number) {
      refresh();
      const display = displayNumber(number.number, homeCountry);
      return { ...number, display, label: labels.get(number.number) ?? null };
    },
  };
}

/** Matches that nobody has undone, newest first. */
function standingMatches(events: readonly StoredEvent[]): CallDetail['matches'] {
  const undone = new Set(
    events.flatMap(({ event }) => (event.kind === 'call.unmatched' ? [event.data.matchEventKey] : [])),
  );
  return events
    .flatMap(({ event }) => {
      if (event.kind !== 'call.matched' || undone.has(event.eventKey)) return [];
      return [{ eventKey: event.eventKey, atMs: event.occurredAtMs, by: event.data.by }];
    })
    .sort((a, b) => b.atMs - a.atMs);
}

/** Without the file's name and the provider's account: neither is anyone's business outside. */
export function recordingView(row: RecordingRow): RecordingView {
  const { providerAccountId: _account, fileName: _file, generation: _generation, ...view } = row;
  return view;
}

export function deliveryView(row: DeliveryRow): DeliveryView {
  const { deliveryId, providerId, receivedAtMs, source, verification, outcome, callId, label } = row;
  const { sizeBytes, repeats, lastRepeatAtMs } = row;
  return {
    deliveryId,
    providerId,
    receivedAtMs,
    source,
    verification,
    outcome,
    callId,
    label,
    sizeBytes,
    repeats,
    lastRepeatAtMs,
  };
}

export function refusalView({ body, ...row }: RefusalRow): RefusalView {
  return { ...row, bodyKept: body !== null };
}

export function jobView({ generation: _generation, ...row }: JobRow): JobView {
  return row;
}

/** A run as the console sees it: where a backfill goes on is nobody's business. */
export function checkRunView({ resume: _resume, ...run }: CheckRun): CheckRunView {
  return run;
}
