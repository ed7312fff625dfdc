import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../domain/errors.ts';
import { openLockFile } from './database.ts';

export interface InstanceLock {
  release(): void;
}

/** A second start is told within a second. */
const waitMs = 300;

/**
 * Makes this process the only one that works with a data folder. The lock is the operating system's, held through
 * an exclusive transaction on a file of its own, so it ends with the process however that ends.
 * @param dataDir made when it does not exist, readable by its owner only
 * Errors: already_running.
 */
export function acquireInstanceLock(dataDir: string): InstanceLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = openLockFile(join(dataDir, 'lock.db'), waitMs);
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    throw new AppError('already_running', `Tapedeck is already running with the data folder ${dataDir}.`, {
      cause: error,
    });
  }
  return {
    release() {
      if (db.open) db.close();
    },
  };
}
