// Writes what a call's events fold into. Always from all events of the call, so that nothing depends on their order.
import { type CallRow, foldCall } from '../domain/call.ts';
import type { DomainEvent } from '../domain/provider-event.ts';
import type { RecordingRow } from '../domain/recording.ts';
import type { ChangeLog } from './changes.ts';
import type { Database, SqlValue } from './database.ts';
import { eventColumns, type StoredEventRow, toEvents } from './rows.ts';

export interface Projection {
  /**
   * Folds a call again and writes the rows that changed.
   * @param known all events of the call where the caller has them; null reads them
   */
  refresh(callId: string, known: readonly DomainEvent[] | null, log: ChangeLog): void;
  /** @returns false when the stored row was already the same */
  writeCall(row: CallRow): boolean;
  writeRecording(row: RecordingRow): boolean;
}

const callColumns = [
  'callId',
  'reference',
  'providerId',
  'direction',
  '"from"',
  '"to"',
  'status',
  'startedAtMs',
  'answeredAtMs',
  'endedAtMs',
  'recordingStatus',
  'durationMs',
  'recordingCount',
  'mainRecordingId',
  'needsAttention',
  'providerCode',
  'kind',
  'via',
  'agentId',
  'priority',
  'dialState',
  'dialGeneration',
  'dialCode',
  'record',
  'unmatched',
  'matchedBy',
  'hasTranscript',
  'recordingReason',
] as const;

const recordingColumns = [
  'recordingId',
  'callId',
  'providerId',
  'providerRecordingId',
  'providerAccountId',
  'status',
  'durationMs',
  'channels',
  'sizeBytes',
  'sha256',
  'contentType',
  'fileName',
  'startedAtMs',
  'storedAtMs',
  'reason',
  'providerCode',
  'flags',
  'generation',
] as const;

/** Writes a row unless the very same one is there: one statement, no reading first, and `changes` tells which. */
function upsert(table: string, columns: readonly string[]): string {
  const [key, ...rest] = columns;
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
    ON CONFLICT (${key}) DO UPDATE SET ${rest.map((column) => `${column} = excluded.${column}`).join(', ')}
    WHERE ${rest.map((column) => `${column} IS NOT excluded.${column}`).join(' OR ')}`;
}

export function createProjection(
  db: Database,
  recordingIdOf: (providerId: string, providerRecordingId: string) => string,
): Projection {
  const selectEvents = db.prepare<SqlValue[], StoredEventRow>(
    `SELECT ${eventColumns} FROM events WHERE callId = ? ORDER BY seq`,
  );
  const upsertCall = db.prepare(upsert('calls', callColumns));
  const upsertRecording = db.prepare(upsert('recordings', recordingColumns));

  const writeCall = (row: CallRow): boolean =>
    upsertCall.run(
      row.callId,
      row.reference,
      row.providerId,
      row.direction,
      row.from,
      row.to,
      row.status,
      row.startedAtMs,
      row.answeredAtMs,
      row.endedAtMs,
      row.recordingStatus,
      row.durationMs,
      row.recordingCount,
      row.mainRecordingId,
      row.needsAttention ? 1 : 0,
      row.providerCode,
      row.kind,
      row.via,
      row.agentId,
      row.priority,
      row.dialState,
      row.dialGeneration,
      row.dialCode,
      row.record === null ? null : row.record ? 1 : 0,
      row.unmatched ? 1 : 0,
      row.matchedBy,
      row.hasTranscript ? 1 : 0,
      row.recordingReason,
    ).changes === 1;

  const writeRecording = (row: RecordingRow): boolean =>
    upsertRecording.run(
      row.recordingId,
      row.callId,
      row.providerId,
      row.providerRecordingId,
      row.providerAccountId,
      row.status,
      row.durationMs,
      row.channels,
      row.sizeBytes,
      row.sha256,
      row.contentType,
      row.fileName,
      row.startedAtMs,
      row.storedAtMs,
      row.reason,
      row.providerCode,
      JSON.stringify(row.flags),
      row.generation,
    ).changes === 1;

  return {
    writeCall,
    writeRecording,
    refresh(callId, known, log) {
      const { call, recordings } = foldCall(
        callId,
        known ?? selectEvents.all(callId).flatMap(toEvents),
        recordingIdOf,
      );
      if (writeCall(call)) log.note('call', callId);
      for (const recording of recordings) {
        if (writeRecording(recording)) log.note('recording', recording.recordingId);
      }
    },
  };
}
