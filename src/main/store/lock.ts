import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../domain/errors.ts';
import { type Database, isHeldElsewhere, openLockFile } from './database.ts';

export interface InstanceLock {
  release(): void;
}

/** A second start is told within a second. */
const waitMs = 300;

/**
 * Makes this process the only one that works with a data folder. The lock is the operating system's, held through
 * an exclusive transaction on a file of its own, so it ends with the process however that ends.
 * @param dataDir made when it does not exist, readable by its owner only
 * Errors: already_running; disk_failed when the lock's file cannot be opened, written or made sense of.
 */
export function acquireInstanceLock(dataDir: string): InstanceLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'lock.db');
  const db = take(path, dataDir);
  return {
    release() {
      if (db.open) db.close();
    },
  };
}

function take(path: string, dataDir: string): Database {
  let db: Database | null = null;
  try {
    db = openLockFile(path, waitMs);
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    if (isHeldElsewhere(error)) {
      const message = `Tapedeck is already running with the data folder ${dataDir}.`;
      throw new AppError('already_running', message, { cause: error });
    }
    const message = `The lock file ${path} cannot be used. Check that the folder can be written to, then remove the file.`;
    throw new AppError('disk_failed', message, { cause: error });
  }
}
