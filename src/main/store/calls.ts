import { type CallRow, foldCall } from '../domain/call.ts';
import type { CallKey, DomainEvent } from '../domain/provider-event.ts';
import type { RecordingRow } from '../domain/recording.ts';
import { countSql, pageSql, type Sql } from './calls-query.ts';
import { pageOf } from './cursor.ts';
import type { Database, SqlValue, Statement } from './database.ts';
import { recordingKind } from './identity.ts';
import {
  eventColumns,
  type StoredCall,
  type StoredEventRow,
  type StoredRecording,
  toCall,
  toEvent,
  toRecording,
} from './rows.ts';
import type { CallsQuery, CallWithEvents, Page, StoredEvent } from './store.ts';

/** Lists and counts of calls; also what the read-only worker uses. */
export interface CallLists {
  /** Errors: bad_input for a cursor that is none of ours. */
  list(query: CallsQuery, limit: number, cursor: string | null): Page<CallRow>;
  count(query: CallsQuery, cap: number): { total: number; live: number; needsAttention: number };
}

export interface Calls extends CallLists {
  /** Resolves merged ids. */
  get(callId: string): CallWithEvents | null;
  getRow(callId: string): CallRow | null;
}

/** There are only so many shapes of a query; the bound is for a caller who finds a way to make more. */
const maxShapes = 200;

export function createCallLists(db: Database): CallLists {
  const prepared = new Map<string, Statement>();
  const prepare = (text: string): Statement => {
    const known = prepared.get(text);
    if (known !== undefined) return known;
    if (prepared.size >= maxShapes) prepared.clear();
    const statement = db.prepare<SqlValue[]>(text);
    prepared.set(text, statement);
    return statement;
  };
  const countOf = ({ text, params }: Sql): number =>
    Number(
      prepare(text)
        .pluck()
        .get(...params),
    );

  return {
    list(query, limit, cursor) {
      const { text, params } = pageSql(query, limit, cursor);
      const rows = prepare(text).all(...params) as StoredCall[];
      return pageOf(rows, limit, (row) => [row.startedAtMs, row.callId], toCall);
    },
    count(query, cap) {
      const { total, live, needsAttention } = countSql(query, cap);
      return { total: countOf(total), live: countOf(live), needsAttention: countOf(needsAttention) };
    },
  };
}

export function createCalls(
  db: Database,
  recordingIdOf: (providerId: string, providerRecordingId: string) => string,
): Calls {
  const selectCall = db.prepare<SqlValue[], StoredCall>('SELECT * FROM calls WHERE callId = ?');
  const selectAlias = db
    .prepare<SqlValue[], string>('SELECT intoCallId FROM callAliases WHERE callId = ?')
    .pluck();
  const selectRecordings = db.prepare<SqlValue[], StoredRecording>(
    'SELECT * FROM recordings WHERE callId = ? ORDER BY ifnull(startedAtMs, 0), recordingId',
  );
  const selectKeys = db.prepare<SqlValue[], CallKey>(
    'SELECT providerId, kind, value FROM callKeys WHERE callId = ? ORDER BY providerId, kind, value',
  );
  const selectEvents = db.prepare<
    SqlValue[],
    StoredEventRow & Pick<StoredEvent, 'deliveryId' | 'source' | 'recordedAtMs'>
  >(
    `SELECT ${eventColumns
      .split(', ')
      .map((column) => `events.${column}`)
      .join(', ')}, events.source, events.recordedAtMs, deliveries.deliveryId
     FROM events LEFT JOIN deliveries ON deliveries.seq = events.deliverySeq
     WHERE events.callId = ? ORDER BY events.seq`,
  );
  const getRow = (callId: string): CallRow | null => {
    const row = selectCall.get(callId) ?? selectCall.get(selectAlias.get(callId) ?? null);
    return row === undefined ? null : toCall(row);
  };
  const recordingsOf = (callId: string): RecordingRow[] => selectRecordings.all(callId).map(toRecording);
  const eventsOf = (callId: string): StoredEvent[] =>
    selectEvents.all(callId).map((row) => ({
      event: toEvent(row) satisfies DomainEvent,
      deliveryId: row.deliveryId,
      source: row.source,
      recordedAtMs: row.recordedAtMs,
    }));

  return {
    ...createCallLists(db),
    getRow,
    get(callId) {
      const call = getRow(callId);
      if (call === null) return null;
      const recordings = recordingsOf(call.callId);
      const recordingKeys = recordings.map(({ providerId, providerRecordingId }) => ({
        providerId,
        kind: recordingKind,
        value: providerRecordingId,
      }));
      const events = eventsOf(call.callId);
      // Read for one call at a time and long: not worth rows of their own.
      const { legs, transcript } = foldCall(
        call.callId,
        events.map(({ event }) => event),
        recordingIdOf,
      );
      const keys = [...selectKeys.all(call.callId), ...recordingKeys];
      return { call, recordings, legs, transcript, keys, events };
    },
  };
}
