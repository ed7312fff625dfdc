import type { ErrorCode } from '../../preload/contract/errors.ts';
import { pauseMs } from '../domain/job.ts';
import type { ChangeLog } from './changes.ts';
import type { Database, SqlValue } from './database.ts';
import type { ProviderPause } from './store.ts';

export interface Settings {
  /** @returns null when it was never set */
  get(name: string): unknown;
  put(name: string, value: unknown, log: ChangeLog): void;
  pause(providerId: string, code: ErrorCode, nowMs: number, log: ChangeLog): ProviderPause;
  resume(providerId: string, log: ChangeLog): boolean;
  pauses(): ProviderPause[];
}

export function createSettings(db: Database): Settings {
  const select = db.prepare<SqlValue[], string>('SELECT value FROM settings WHERE name = ?').pluck();
  const upsert = db.prepare(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const selectPause = db.prepare<SqlValue[], ProviderPause>(
    'SELECT * FROM providerPauses WHERE providerId = ?',
  );
  const selectPauses = db.prepare<[], ProviderPause>('SELECT * FROM providerPauses ORDER BY providerId');
  const upsertPause = db.prepare(
    `INSERT INTO providerPauses (providerId, code, sinceMs, untilMs, refusals) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (providerId) DO UPDATE SET code = excluded.code, untilMs = excluded.untilMs,
       refusals = excluded.refusals`,
  );
  const deletePause = db.prepare('DELETE FROM providerPauses WHERE providerId = ?');

  return {
    get(name) {
      const value = select.get(name);
      return value === undefined ? null : JSON.parse(value);
    },
    put(name, value, log) {
      upsert.run(name, JSON.stringify(value ?? null));
      log.noteSystem();
    },
    pause(providerId, code, nowMs, log) {
      const before = selectPause.get(providerId);
      // Fetches that were already on their way are refused together; that is one refusal and not several.
      if (before !== undefined && before.untilMs > nowMs) return before;
      const refusals = (before?.refusals ?? 0) + 1;
      const pause = {
        providerId,
        code,
        sinceMs: before?.sinceMs ?? nowMs,
        untilMs: nowMs + pauseMs(refusals),
        refusals,
      };
      upsertPause.run(pause.providerId, pause.code, pause.sinceMs, pause.untilMs, pause.refusals);
      log.noteSystem();
      return pause;
    },
    resume(providerId, log) {
      const ended = deletePause.run(providerId).changes === 1;
      if (ended) log.noteSystem();
      return ended;
    },
    pauses: () => selectPauses.all(),
  };
}
