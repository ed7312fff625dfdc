import { type CallRow, foldCall } from '../domain/call.ts';
import { type CallKey, type DomainEvent, isRecordingEvent } from '../domain/provider-event.ts';
import type { RecordingRow } from '../domain/recording.ts';
import { countSql, pageSql, type Sql } from './calls-query.ts';
import { pageOf } from './cursor.ts';
import type { Database, SqlValue, Statement } from './database.ts';
import { identitiesOf, identityText, recordingKind } from './identity.ts';
import {
  eventColumns,
  keyOfTwin,
  type StoredCall,
  type StoredEventRow,
  type StoredRecording,
  toCall,
  toEvents,
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
  const selectRecording = db.prepare<SqlValue[], StoredRecording>(
    'SELECT * FROM recordings WHERE recordingId = ? AND callId = ?',
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
  const recordingsOf = (callId: string, events: readonly DomainEvent[]): RecordingRow[] => {
    const ids = new Set(
      events
        .filter(isRecordingEvent)
        .map(({ providerId, data }) => recordingIdOf(providerId, data.providerRecordingId)),
    );
    return [...ids]
      .map((recordingId) => selectRecording.get(recordingId, callId))
      .filter((row) => row !== undefined)
      .map(toRecording)
      .sort((a, b) => (a.startedAtMs ?? 0) - (b.startedAtMs ?? 0) || order(a.recordingId, b.recordingId));
  };
  const eventsOf = (callId: string): { told: DomainEvent[]; events: StoredEvent[] } => {
    const rows = selectEvents.all(callId).map((row) => ({ row, told: toEvents(row) }));
    const events = rows.flatMap(({ row, told }) => {
      const { deliveryId, source, recordedAtMs } = row;
      // A fact is shown once, however often it was told.
      const shown = keyOfTwin(row) === null ? told : told.slice(1);
      return shown.map((event) => ({ event, deliveryId, source, recordedAtMs }));
    });
    return { told: rows.flatMap(({ told }) => told), events };
  };

  return {
    ...createCallLists(db),
    getRow,
    get(callId) {
      const call = getRow(callId);
      if (call === null) return null;
      const { told, events } = eventsOf(call.callId);
      const recordings = recordingsOf(call.callId, told);
      const recordingKeys = recordings.map(({ providerId, providerRecordingId }) => ({
        providerId,
        kind: recordingKind,
        value: providerRecordingId,
      }));
      // Read for one call at a time and long: not worth rows of their own.
      const { legs, transcript } = foldCall(call.callId, told, recordingIdOf);
      return { call, recordings, legs, transcript, keys: [...keysOf(told), ...recordingKeys], events };
    },
  };
}

/** The exact ids that events give their call, but for those of recordings, in one order. */
function keysOf(events: readonly DomainEvent[]): CallKey[] {
  const byText = new Map<string, CallKey>();
  // A match names ids of both calls, and one that was undone gives this call none of the other's.
  const giving = events.filter(({ kind }) => kind !== 'call.matched');
  for (const { isRecording, ...key } of giving.flatMap(identitiesOf)) {
    if (!isRecording) byText.set(identityText(key), key);
  }
  return [...byText].sort(([a], [b]) => order(a, b)).map(([, key]) => key);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
