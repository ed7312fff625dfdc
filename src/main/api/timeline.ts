// "What happened": a call's stored events in the order in which a person would tell them.
import type { TimelineEntry } from '../../preload/contract/calls.ts';
import { type DomainEvent, isRecordingEvent } from '../domain/provider-event.ts';
import type { RecordingRow } from '../domain/recording.ts';
import type { StoredEvent } from '../store/store.ts';

/**
 * @param events any order
 * @param recordings of the same call, for our ids of them
 * @returns by time, then by key; without the minting of our own id, which tells nobody anything
 */
export function toTimeline(
  events: readonly StoredEvent[],
  recordings: readonly RecordingRow[],
): TimelineEntry[] {
  const ourIds = new Map(
    recordings.map((row) => [`${row.providerId} ${row.providerRecordingId}`, row.recordingId]),
  );
  return events
    .filter(({ event }) => event.kind !== 'call.minted')
    .map(({ event, deliveryId, source, recordedAtMs }) => ({
      eventKey: event.eventKey,
      atMs: happenedWhenItOccurred(event) ? event.occurredAtMs : recordedAtMs,
      kind: event.kind,
      providerId: event.providerId,
      source,
      deliveryId,
      recordingId: isRecordingEvent(event)
        ? (ourIds.get(`${event.providerId} ${event.data.providerRecordingId}`) ?? null)
        : null,
      code: codeOfEvent(event),
      sizeBytes: event.kind === 'recording.stored' ? event.data.sizeBytes : null,
      ...(event.kind === 'call.told' ? { what: event.data.what } : {}),
    }))
    .sort((a, b) => a.atMs - b.atMs || (a.eventKey < b.eventKey ? -1 : a.eventKey > b.eventKey ? 1 : 0));
}

/**
 * Facts of the call are told at the provider's time. What a provider says of a recording carries the time at which
 * the recording began, not when it became ready; that, like everything of our own, is told when we learnt it.
 */
function happenedWhenItOccurred(event: DomainEvent): boolean {
  return event.kind === 'recording.started' || !isRecordingEvent(event);
}

/** The code that explains an entry: ours, the reason, how the call began or ended, or the provider's own. */
function codeOfEvent(event: DomainEvent): string | null {
  const { data } = event;
  if ('code' in data) return data.code ?? null;
  if ('reason' in data && data.reason !== undefined) return data.reason;
  // The provider's code of an end (a SIP response) says nothing to a person that the status does not say better.
  if ('status' in data && data.status !== undefined) return data.status;
  return 'providerCode' in data ? (data.providerCode ?? null) : null;
}
