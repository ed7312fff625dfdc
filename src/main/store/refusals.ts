import type { ChangeLog } from './changes.ts';
import { decodeNumber, pageOf } from './cursor.ts';
import type { Database, SqlValue } from './database.ts';
import type { Page, RefusalRow } from './store.ts';

export interface Refusals {
  add(refusal: RefusalRow, log: ChangeLog): void;
  list(limit: number, cursor: string | null): Page<RefusalRow>;
  get(refusalId: string): RefusalRow | null;
  dropBodies(log: ChangeLog): void;
}

interface StoredRefusal extends Omit<RefusalRow, 'headerNames'> {
  seq: number;
  headerNames: string;
}

/** A flood of refused requests must not fill the disk: the newest are enough to see what is wrong. */
const kept = 1_000;

function toRow({ seq: _seq, headerNames, ...row }: StoredRefusal): RefusalRow {
  // Only this store writes the column, from a list of names.
  return { ...row, headerNames: JSON.parse(headerNames) as string[] };
}

export function createRefusals(db: Database): Refusals {
  const insert = db.prepare(
    `INSERT INTO refusals (refusalId, atMs, providerId, path, reason, httpStatus, sizeBytes, headerNames, bodySha256, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const deleteOld = db.prepare('DELETE FROM refusals WHERE seq <= ?');
  const selectPage = db.prepare<SqlValue[], StoredRefusal>(
    'SELECT * FROM refusals WHERE seq < ? ORDER BY seq DESC LIMIT ?',
  );
  const selectOne = db.prepare<SqlValue[], StoredRefusal>('SELECT * FROM refusals WHERE refusalId = ?');
  const dropBodies = db.prepare<SqlValue[], { refusalId: string }>(
    'UPDATE refusals SET body = NULL WHERE body IS NOT NULL RETURNING refusalId',
  );

  return {
    add(refusal, log) {
      const { lastInsertRowid } = insert.run(
        refusal.refusalId,
        refusal.atMs,
        refusal.providerId,
        refusal.path,
        refusal.reason,
        refusal.httpStatus,
        refusal.sizeBytes,
        JSON.stringify(refusal.headerNames),
        refusal.bodySha256,
        refusal.body,
      );
      deleteOld.run(Number(lastInsertRowid) - kept);
      log.note('refusal', refusal.refusalId);
    },
    list(limit, cursor) {
      const before = cursor === null ? Number.MAX_SAFE_INTEGER : decodeNumber(cursor);
      return pageOf(selectPage.all(before, limit + 1), limit, ({ seq }) => [seq], toRow);
    },
    get(refusalId) {
      const row = selectOne.get(refusalId);
      return row === undefined ? null : toRow(row);
    },
    dropBodies(log) {
      for (const { refusalId } of dropBodies.all()) log.note('refusal', refusalId);
    },
  };
}
