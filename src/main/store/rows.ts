// Where a stored row and its TypeScript shape differ: booleans are 0 and 1, lists are JSON. Column names are the same.
import type { CallRow } from '../domain/call.ts';
import type { DomainEvent } from '../domain/provider-event.ts';
import type { RecordingRow } from '../domain/recording.ts';
import { identitiesOf, mintedEvent } from './identity.ts';

type Flag = 'needsAttention' | 'unmatched' | 'hasTranscript';

export interface StoredCall extends Omit<CallRow, Flag | 'record'>, Record<Flag, number> {
  record: number | null;
}

export interface StoredRecording extends Omit<RecordingRow, 'flags'> {
  flags: string;
}

export interface StoredEventRow {
  seq: number;
  eventKey: string;
  kind: string;
  callId: string;
  providerId: string;
  occurredAtMs: number;
  sequence: number;
  keys: string;
  data: string;
  mintedCallId: string | null;
}

export const eventColumns =
  'seq, eventKey, kind, callId, providerId, occurredAtMs, sequence, keys, data, mintedCallId';

export function toCall(row: StoredCall): CallRow {
  return {
    ...row,
    needsAttention: row.needsAttention === 1,
    record: row.record === null ? null : row.record === 1,
    unmatched: row.unmatched === 1,
    hasTranscript: row.hasTranscript === 1,
  };
}

export function toRecording(row: StoredRecording): RecordingRow {
  // Only this store writes the column, from RecordingRow.flags.
  return { ...row, flags: JSON.parse(row.flags) as RecordingRow['flags'] };
}

/** @returns what a row of the journal tells: its event and, where our id of the call was minted for it, that as well */
export function toEvents(row: StoredEventRow): DomainEvent[] {
  const event = toEvent(row);
  if (row.mintedCallId === null) return [event];
  return [event, mintedEvent(row.mintedCallId, event, identitiesOf(event))];
}

/**
 * Under one call the same fact may lie twice, when it came with other ids the second time and the two calls became
 * one since. The row of the second telling carries this mark and its number, so that it can be given back.
 */
const twinMark = '\u001ftwin:';

/** @returns the key that a row is stored under beside the same fact told before it */
export function twinKey(row: StoredEventRow): string {
  return `${row.eventKey}${twinMark}${row.seq}`;
}

/** @returns the key of the fact itself; null for a row that is the first telling */
export function keyOfTwin(row: StoredEventRow): string | null {
  const at = row.eventKey.lastIndexOf(twinMark);
  return at === -1 ? null : row.eventKey.slice(0, at);
}

function toEvent(row: StoredEventRow): DomainEvent {
  // Only this store writes these columns, from a DomainEvent.
  return {
    eventKey: keyOfTwin(row) ?? row.eventKey,
    kind: row.kind,
    providerId: row.providerId,
    occurredAtMs: row.occurredAtMs,
    sequence: row.sequence,
    keys: JSON.parse(row.keys) as DomainEvent['keys'],
    data: JSON.parse(row.data) as DomainEvent['data'],
  } as DomainEvent;
}
