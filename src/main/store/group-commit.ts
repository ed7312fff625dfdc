// One writer, one queue: everything that writes and waits in the same turn of the event loop shares one durable
// commit, each in a savepoint of its own. The cost of a synced commit is paid once for all of them.
import { AppError } from '../domain/errors.ts';
import { type ChangeLog, createChangeLog } from './changes.ts';
import { type Database, isConnectionInDoubt, storeError } from './database.ts';
import type { Changes } from './store.ts';

/** What a unit of work is, for the named crash points of the tests. */
export type UnitKind = 'delivery' | 'job' | 'other';

interface Unit<Connection> {
  kind: UnitKind;
  work: (connection: Connection, log: ChangeLog) => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

export interface GroupCommitDeps<Connection extends { db: Database }> {
  /** The open connection, opened anew where it had been discarded. */
  connection: () => Connection;
  /** Closes the connection; called after an error that leaves it in doubt. */
  discard: () => void;
  /** Called after the commit, before the promises of its units resolve. */
  onCommitted: (changes: Changes) => void;
  crashPoint: (name: string) => void;
}

export interface GroupCommit<Connection> {
  /**
   * Runs `work`, which must not wait, in the next commit.
   * @returns what it returned, once that is durable. Rejects alone when `work` throws; with its neighbours when
   * the commit fails (disk_full, disk_failed, unavailable)
   */
  write<T>(kind: UnitKind, work: (connection: Connection, log: ChangeLog) => T): Promise<T>;
  /** Resolves when nothing waits; refuses what comes later with `unavailable`. */
  close(): Promise<void>;
}

/** Bounds how long one turn of the event loop can take, and how much one failing commit can refuse. */
const maxUnits = 256;

export function createGroupCommit<Connection extends { db: Database }>(
  deps: GroupCommitDeps<Connection>,
): GroupCommit<Connection> {
  let waiting: Unit<Connection>[] = [];
  let scheduled = false;
  let closed = false;
  let drained: (() => void) | null = null;

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  };

  const flush = (): void => {
    scheduled = false;
    const units = waiting.slice(0, maxUnits);
    waiting = waiting.slice(maxUnits);
    if (units.length > 0) commit(units);
    if (waiting.length > 0) schedule();
    else drained?.();
  };

  const commit = (units: readonly Unit<Connection>[]): void => {
    const log = createChangeLog();
    let connection: Connection | null = null;
    let settled: (() => void)[];
    try {
      connection = deps.connection();
      connection.db.exec('BEGIN IMMEDIATE');
      settled = runUnits(connection, units, log);
      crashPoints(units, 'before');
      connection.db.exec('COMMIT');
    } catch (error) {
      if (connection !== null) leave(connection, error);
      const reason = storeError(error);
      for (const unit of units) unit.reject(reason);
      return;
    }
    crashPoints(units, 'after');
    const changes = log.changes();
    if (changes !== null) deps.onCommitted(changes);
    for (const settle of settled) settle();
  };

  /** After a failed commit: nothing of it stays, and the connection is either good again or gone. */
  const leave = ({ db }: Connection, error: unknown): void => {
    try {
      if (db.inTransaction) db.exec('ROLLBACK');
      if (!isConnectionInDoubt(error)) return;
    } catch {
      // What cannot even be rolled back is closed, which undoes it as well.
    }
    deps.discard();
  };

  const crashPoints = (units: readonly Unit<Connection>[], side: 'before' | 'after'): void => {
    if (units.some(({ kind }) => kind === 'delivery')) deps.crashPoint(`delivery:${side}-commit`);
    if (units.some(({ kind }) => kind === 'job')) deps.crashPoint(`job:${side}-settle-commit`);
  };

  return {
    write<T>(kind: UnitKind, work: (connection: Connection, log: ChangeLog) => T): Promise<T> {
      if (closed) return Promise.reject(new AppError('unavailable', 'Tapedeck is closing.'));
      return new Promise<T>((resolve, reject) => {
        let value: T;
        waiting.push({
          kind,
          work: (connection, log) => {
            value = work(connection, log);
          },
          resolve: () => resolve(value),
          reject,
        });
        schedule();
      });
    },
    async close() {
      closed = true;
      if (waiting.length === 0 && !scheduled) return;
      await new Promise<void>((resolve) => {
        drained = resolve;
      });
    },
  };
}

/**
 * Runs each unit in a savepoint, so that one that throws is undone alone.
 * @returns what to call for each once the commit has succeeded
 */
function runUnits<Connection extends { db: Database }>(
  connection: Connection,
  units: readonly Unit<Connection>[],
  log: ChangeLog,
): (() => void)[] {
  const { db } = connection;
  const [only] = units;
  if (only !== undefined && units.length === 1) {
    // Its savepoint would be the transaction itself.
    only.work(connection, log);
    return [() => only.resolve(undefined)];
  }
  const savepoint = db.prepare('SAVEPOINT unit');
  const release = db.prepare('RELEASE unit');
  return units.map((unit) => {
    const mark = log.mark();
    savepoint.run();
    try {
      unit.work(connection, log);
    } catch (error) {
      // A full or failing disk ends the whole transaction by itself: then no neighbour may be acknowledged either.
      if (!db.inTransaction || isConnectionInDoubt(error)) throw error;
      db.exec('ROLLBACK TO unit');
      release.run();
      log.rollBackTo(mark);
      return () => unit.reject(storeError(error));
    }
    release.run();
    return () => unit.resolve(undefined);
  });
}
