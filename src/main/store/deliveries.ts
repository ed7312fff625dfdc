import { decodeNumber, pageOf } from './cursor.ts';
import { eventColumns, type StoredEventRow, toEvents } from './rows.ts';
import type { Database, SqlValue, Statement } from './database.ts';
import type { CutBody, DeliveryRow, DeliveryWithBody, HeaderPair, Page } from './store.ts';

export interface Deliveries {
  /** In the order in which they were stored, newest first: a clock that was set back cannot hide one. */
  list(
    query: { callId?: string | undefined; providerId?: string | undefined },
    limit: number,
    cursor: string | null,
  ): Page<DeliveryRow>;
  get(deliveryId: string): DeliveryWithBody | null;
  /** Among the newest 10,000 deliveries: an index only for this would cost every callback. */
  lastAtMs(providerId: string): number | null;
}

interface StoredDelivery extends DeliveryRow {
  seq: number;
}

const columns = `seq, deliveryId, providerId, receivedAtMs, source, verification, outcome, label, method, path,
  nullif(callId, '') AS callId, sizeBytes, bodySha256, repeats, lastRepeatAtMs`;

function toRow({ seq: _seq, ...row }: StoredDelivery): DeliveryRow {
  return row;
}

function toCut(text: string | null | undefined): CutBody | null {
  // Only this store writes the column, from a CutBody.
  return typeof text === 'string' ? (JSON.parse(text) as CutBody) : null;
}

function toHeaders(text: string | undefined): HeaderPair[] {
  // Only this store writes the column: pairs of name and value.
  const pairs = JSON.parse(text ?? '[]') as [string, string][];
  return pairs.map(([name, value]) => ({ name, value }));
}

export function createDeliveries(db: Database): Deliveries {
  const page = (where: string): Statement<SqlValue[], StoredDelivery> =>
    db.prepare<SqlValue[], StoredDelivery>(
      `SELECT ${columns} FROM deliveries WHERE ${where} < ? ORDER BY seq DESC LIMIT ?`,
    );
  const selectAll = page('seq');
  // The unary plus keeps SQLite to the one call: its deliveries are few, and sorted soon.
  const selectOfCall = page('deliveries.callId = ? AND +seq');
  const selectOfProvider = page('providerId = ? AND seq');
  const selectOfBoth = page('deliveries.callId = ? AND providerId = ? AND +seq');
  const selectAlias = db
    .prepare<SqlValue[], string>('SELECT intoCallId FROM callAliases WHERE callId = ?')
    .pluck();
  const selectOne = db.prepare<SqlValue[], StoredDelivery>(
    `SELECT ${columns} FROM deliveries WHERE deliveryId = ?`,
  );
  const selectBody = db.prepare<SqlValue[], { headers: string; body: Uint8Array | null; cut: string | null }>(
    'SELECT headers, body, cut FROM deliveries WHERE seq = ?',
  );
  // Between its first one and the next delivery's lie its own, and those that came with no delivery.
  const selectEvents = db.prepare<Record<string, SqlValue>, StoredEventRow>(
    `SELECT ${eventColumns} FROM events
     WHERE seq >= (SELECT firstEventSeq FROM deliveries WHERE seq = @seq)
       AND seq < ifnull((SELECT firstEventSeq FROM deliveries WHERE seq > @seq ORDER BY seq LIMIT 1), @end)
       AND deliverySeq = @seq ORDER BY seq`,
  );
  const selectLast = db
    .prepare<SqlValue[], number>(
      `SELECT receivedAtMs FROM deliveries
       WHERE seq > (SELECT max(seq) FROM deliveries) - 10000 AND providerId = ? ORDER BY seq DESC LIMIT 1`,
    )
    .pluck();

  return {
    list(query, limit, cursor) {
      const tail = [cursor === null ? Number.MAX_SAFE_INTEGER : decodeNumber(cursor), limit + 1];
      const { callId, providerId } = query;
      const current = callId === undefined ? undefined : (selectAlias.get(callId) ?? callId);
      const rows =
        current !== undefined && providerId !== undefined
          ? selectOfBoth.all(current, providerId, ...tail)
          : current !== undefined
            ? selectOfCall.all(current, ...tail)
            : providerId !== undefined
              ? selectOfProvider.all(providerId, ...tail)
              : selectAll.all(...tail);
      return pageOf(rows, limit, ({ seq }) => [seq], toRow);
    },
    get(deliveryId) {
      const row = selectOne.get(deliveryId);
      if (row === undefined) return null;
      const kept = selectBody.get(row.seq);
      return {
        ...toRow(row),
        headers: toHeaders(kept?.headers),
        body: kept?.body ?? null,
        cut: toCut(kept?.cut),
        events: selectEvents
          .all({ seq: row.seq, end: Number.MAX_SAFE_INTEGER })
          .flatMap(toEvents)
          .map(({ eventKey, kind, occurredAtMs }) => ({ eventKey, kind, occurredAtMs })),
      };
    },
    lastAtMs: (providerId) => selectLast.get(providerId) ?? null,
  };
}
