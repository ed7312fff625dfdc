// Numbered migrations: each one transaction together with its version number, so that a kill leaves the database
// as it was before or as it is after, never between.
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../domain/errors.ts';
import type { Database } from './database.ts';
import { journal } from './migrations/0001-journal.ts';
import { calls } from './migrations/0002-calls.ts';
import { queue } from './migrations/0003-queue.ts';
import { settings } from './migrations/0004-settings.ts';
import { placing } from './migrations/0005-placing.ts';
import { checks } from './migrations/0006-checks.ts';

export interface Migration {
  /** Append-only, without gaps; becomes the database's user_version. */
  number: number;
  what: string;
  sql: string;
}

export const migrations: readonly Migration[] = [journal, calls, queue, settings, placing, checks];

const backupsKept = 3;

export interface MigrateOptions {
  /** Backups go to its folder `backups`. */
  dataDir: string;
  /** Tests only: another list. */
  migrations?: readonly Migration[] | undefined;
  crashPoint?: ((name: string) => void) | undefined;
}

/**
 * Brings a database up to the newest version. A database that already holds something is copied first.
 * @returns the version it came from and the one it has now. Errors: database_newer.
 */
export function migrate(db: Database, options: MigrateOptions): { from: number; to: number } {
  const list = options.migrations ?? migrations;
  const from = Number(db.pragma('user_version', { simple: true }));
  const newest = list.at(-1)?.number ?? 0;
  if (from > newest) {
    throw new AppError(
      'database_newer',
      'The data folder was used by a newer version of Tapedeck. Install that version again to open it.',
    );
  }
  const pending = list.filter(({ number }) => number > from);
  const next = pending[0];
  if (from > 0 && next !== undefined) backUp(db, join(options.dataDir, 'backups'), next.number);
  for (const migration of pending) {
    const run = db.transaction(() => {
      db.exec(migration.sql);
      db.pragma(`user_version = ${migration.number}`);
      options.crashPoint?.('migration:before-commit');
    });
    run.immediate();
  }
  return { from, to: newest };
}

/** Copies the database to `before-NNNN.db`. The name appears only once the copy is whole and on the disk. */
function backUp(db: Database, dir: string, nextNumber: number): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const name = `before-${String(nextNumber).padStart(4, '0')}.db`;
  const partial = join(dir, `${name}.partial`);
  rmSync(partial, { force: true });
  db.prepare('VACUUM INTO ?').run(partial);
  syncPath(partial, 'r+');
  renameSync(partial, join(dir, name));
  if (process.platform !== 'win32') syncPath(dir, 'r');
  const old = readdirSync(dir)
    .filter((entry) => /^before-\d{4}\.db$/.test(entry))
    .sort()
    .slice(0, -backupsKept);
  for (const entry of old) rmSync(join(dir, entry), { force: true });
}

/** Windows syncs only what may be written to. */
function syncPath(path: string, flags: 'r' | 'r+'): void {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
