import { decodeNumber, pageOf } from './cursor.ts';
import type { Database, SqlValue, Statement } from './database.ts';
import type { DeliveryRow, DeliveryWithBody, HeaderPair, Page } from './store.ts';

export interface Deliveries {
  /** In the order in which they were stored, newest first: a clock that was set back cannot hide one. */
  list(
    query: { callId?: string | undefined; providerId?: string | undefined },
    limit: number,
    cursor: string | null,
  ): Page<DeliveryRow>;
  get(deliveryId: string): DeliveryWithBody | null;
  lastAtMs(providerId: string): number | null;
}

interface StoredDelivery extends DeliveryRow {
  seq: number;
}

const columns = `seq, deliveryId, providerId, receivedAtMs, source, verification, outcome, label, method, path, callId,
  sizeBytes, bodySha256, repeats, lastRepeatAtMs`;

function toRow({ seq: _seq, ...row }: StoredDelivery): DeliveryRow {
  return row;
}

function toHeaders(text: string | undefined): HeaderPair[] {
  // Only this store writes the column: pairs of name and value.
  const pairs = JSON.parse(text ?? '[]') as [string, string][];
  return pairs.map(([name, value]) => ({ name, value }));
}

export function createDeliveries(db: Database): Deliveries {
  const page = (where: string): Statement<SqlValue[], StoredDelivery> =>
    db.prepare<SqlValue[], StoredDelivery>(
      `SELECT ${columns} FROM deliveries WHERE ${where} seq < ? ORDER BY seq DESC LIMIT ?`,
    );
  const selectAll = page('');
  const selectOfCall = page('callId = ? AND');
  const selectOfProvider = page('providerId = ? AND');
  const selectOfBoth = page('callId = ? AND +providerId = ? AND');
  const selectAlias = db
    .prepare<SqlValue[], string>('SELECT intoCallId FROM callAliases WHERE callId = ?')
    .pluck();
  const selectOne = db.prepare<SqlValue[], StoredDelivery>(
    `SELECT ${columns} FROM deliveries WHERE deliveryId = ?`,
  );
  const selectBody = db.prepare<SqlValue[], { headers: string; body: Uint8Array }>(
    'SELECT headers, body FROM deliveryBodies WHERE deliverySeq = ?',
  );
  const selectEvents = db.prepare<SqlValue[], DeliveryWithBody['events'][number]>(
    'SELECT eventKey, kind, occurredAtMs FROM events WHERE deliverySeq = ? ORDER BY seq',
  );
  const selectLast = db
    .prepare<SqlValue[], number>(
      'SELECT receivedAtMs FROM deliveries WHERE providerId = ? ORDER BY seq DESC LIMIT 1',
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
        events: selectEvents.all(row.seq),
      };
    },
    lastAtMs: (providerId) => selectLast.get(providerId) ?? null,
  };
}
