// Times in which something may have been missed: what "why is there no recording?" looks back at.
import type { OutageView } from '../../preload/contract/checks.ts';
import type { ChangeLog } from './changes.ts';
import type { Database, SqlValue } from './database.ts';

export interface Outages {
  /** The same id again changes its end or its code. */
  put(outage: OutageView, log: ChangeLog): void;
  /** Those that touch the window, oldest first. */
  list(fromMs: number, toMs: number): OutageView[];
}

/** The longest single outage that is looked for: what began earlier is found while it still lasts. */
const longestMs = 90 * 86_400_000;

export function createOutages(db: Database): Outages {
  const upsert = db.prepare(
    `INSERT INTO outages (outageId, kind, fromMs, toMs, code) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (outageId) DO UPDATE SET toMs = excluded.toMs, code = excluded.code`,
  );
  const select = db.prepare<SqlValue[], OutageView>(
    `SELECT * FROM outages WHERE fromMs >= ? AND fromMs <= ? AND (toMs IS NULL OR toMs >= ?) ORDER BY fromMs, outageId`,
  );
  return {
    put({ outageId, kind, fromMs, toMs, code }, log) {
      upsert.run(outageId, kind, fromMs, toMs, code);
      log.noteSystem();
    },
    list: (fromMs, toMs) => select.all(fromMs - longestMs, toMs, fromMs),
  };
}
