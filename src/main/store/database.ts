// The only home of better-sqlite3: how connections are opened, and what SQLite's errors mean in our codes.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { ErrorCode } from '../../preload/contract/errors.ts';
import { AppError } from '../domain/errors.ts';

export type Database = Sqlite.Database;
export type Statement<Params extends unknown[] = unknown[], Row = unknown> = Sqlite.Statement<Params, Row>;
/** What may be bound to a parameter. */
export type SqlValue = string | number | null | Uint8Array;

/** Its name inside the data folder. */
export const databaseFileName = 'tapedeck.db';

/** Where the database of a data folder is. */
export function databasePathIn(dataDir: string): string {
  return join(dataDir, databaseFileName);
}

/** Above this size the check at start would hold up the first webhook; the worker checks bigger files afterwards. */
const quickCheckMaxBytes = 64 * 1024 * 1024;

/**
 * Opens the one connection that writes, creating the file when there is none. Nothing is ever erased or mended here.
 * Errors: database_damaged, disk_full, disk_failed, unavailable.
 */
export function openWriter(path: string): Database {
  const sizeBytes = existsSync(path) ? statSync(path).size : 0;
  return attempt(() => {
    const db = new Sqlite(path, { timeout: 5_000 });
    try {
      refuseDamage(db, sizeBytes);
      db.pragma('journal_mode = WAL');
      // In WAL, better-sqlite3 starts with NORMAL, which loses acknowledged commits at a power cut.
      db.pragma('synchronous = FULL');
      // On macOS fsync alone leaves data in the drive's cache. Elsewhere these do nothing.
      db.pragma('fullfsync = ON');
      db.pragma('checkpoint_fullfsync = ON');
      db.pragma('foreign_keys = ON');
      db.pragma('temp_store = MEMORY');
      db.pragma('mmap_size = 0');
      // 32 MB: the hot end of the indexes of some hundred thousand calls.
      db.pragma('cache_size = -32768');
      // 8 MB of log. More would save little, as most pages are written once and then full, and the copying of them into
      // the file is a wait for every request of that moment.
      db.pragma('wal_autocheckpoint = 2000');
      db.pragma('journal_size_limit = 67108864');
    } catch (error) {
      db.close();
      throw error;
    }
    return db;
  });
}

/** Opens a connection that can only read, for a database that the writer has already brought up to date. */
export function openReader(path: string): Database {
  return attempt(() => {
    const db = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
    db.pragma('query_only = ON');
    db.pragma('temp_store = MEMORY');
    db.pragma('mmap_size = 0');
    db.pragma('cache_size = -32768');
    return db;
  });
}

/**
 * Opens a small database whose only use is to be locked.
 * @param timeoutMs how long to wait for whoever holds it
 */
export function openLockFile(path: string, timeoutMs: number): Database {
  return new Sqlite(path, { timeout: timeoutMs });
}

function refuseDamage(db: Database, sizeBytes: number): void {
  if (sizeBytes === 0) return;
  const version = Number(db.pragma('user_version', { simple: true }));
  const tables = db.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get() ?? 0;
  if (version === 0 && tables > 0) {
    throw damaged('The database in the data folder was not made by Tapedeck. It was left as it is.');
  }
  if (sizeBytes > quickCheckMaxBytes) return;
  const complaints = quickCheck(db, 1);
  if (complaints.length > 0) throw damaged('The database is damaged. It was left as it is.', complaints[0]);
}

/** @returns SQLite's own complaints about the file, empty when it is sound */
export function quickCheck(db: Database, limit: number): string[] {
  const lines = db.prepare<[], string>(`PRAGMA quick_check(${limit})`).pluck().all();
  return lines.length === 1 && lines[0] === 'ok' ? [] : lines;
}

function damaged(message: string, cause?: unknown): AppError {
  return new AppError('database_damaged', message, { cause });
}

const meanings: readonly (readonly [prefix: string, code: ErrorCode, message: string])[] = [
  ['SQLITE_FULL', 'disk_full', 'There is no room left on this disk.'],
  ['SQLITE_IOERR', 'disk_failed', 'The disk could not be read or written.'],
  ['SQLITE_READONLY', 'disk_failed', 'The data folder cannot be written to.'],
  ['SQLITE_CANTOPEN', 'disk_failed', 'The database file could not be opened.'],
  ['SQLITE_CORRUPT', 'database_damaged', 'The database is damaged. It was left as it is.'],
  ['SQLITE_NOTADB', 'database_damaged', 'The database file is not a database. It was left as it is.'],
  ['SQLITE_BUSY', 'unavailable', 'Another program is using the database.'],
  ['SQLITE_LOCKED', 'unavailable', 'Another program is using the database.'],
];

/** Puts what SQLite threw in our codes; anything else comes back as it was. */
export function storeError(error: unknown): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  const found = meanings.find(([prefix]) => error.code.startsWith(prefix));
  if (found === undefined) return error;
  return new AppError(found[1], found[2], { cause: error, retryable: found[1] !== 'database_damaged' });
}

/** True when another connection, here or in another process, holds the lock that was asked for. */
export function isHeldElsewhere(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** True after an error that leaves what the connection believes about its file in doubt: it has to be opened anew. */
export function isConnectionInDoubt(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_IOERR');
}

/** Runs `work`, throwing in our codes. */
export function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(error);
  }
}
