// One writer, one queue: everything that writes and waits in the same turn of the event loop shares one durable
// commit. The cost of a synced commit is paid once for all of them. One that throws fails alone: then, and only then,
// all of them are run again, each in a savepoint of its own, for a savepoint costs more than what most of them write.
import { AppError } from '../domain/errors.ts';
import { type ChangeLog, createChangeLog } from './changes.ts';
import { type Database, isConnectionInDoubt, type Statement, storeError } from './database.ts';
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
   * Runs `work` in the next commit. It must not wait, and must do no more than write to the connection and the log:
   * it is run again when a neighbour throws.
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
    let connection: Connection | null = null;
    let ran: Ran;
    try {
      connection = deps.connection();
      ran = runUnits(connection, units);
      crashPoints(units, 'before');
      statementsOf(connection.db).commit.run();
    } catch (error) {
      if (connection !== null) leave(connection, error);
      const reason = storeError(error);
      for (const unit of units) unit.reject(reason);
      return;
    }
    crashPoints(units, 'after');
    const changes = ran.log.changes();
    if (changes !== null) deps.onCommitted(changes);
    for (const settle of ran.settled) settle();
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

interface Statements {
  begin: Statement;
  commit: Statement;
}

/** Of each connection that is open. */
const statements = new WeakMap<Database, Statements>();

function statementsOf(db: Database): Statements {
  let known = statements.get(db);
  if (known === undefined) {
    known = { begin: db.prepare('BEGIN IMMEDIATE'), commit: db.prepare('COMMIT') };
    statements.set(db, known);
  }
  return known;
}

interface Ran {
  log: ChangeLog;
  /** What to call once the commit has succeeded. */
  settled: (() => void)[];
}

/** Runs all units in one transaction, which it leaves open. */
function runUnits<Connection extends { db: Database }>(
  connection: Connection,
  units: readonly Unit<Connection>[],
): Ran {
  const { db } = connection;
  const log = createChangeLog();
  const { begin } = statementsOf(db);
  begin.run();
  try {
    for (const unit of units) unit.work(connection, log);
    return { log, settled: units.map((unit) => () => unit.resolve(undefined)) };
  } catch (error) {
    // One that is alone is undone with its transaction.
    if (units.length === 1 || endsAll(db, error)) throw error;
  }
  db.exec('ROLLBACK');
  begin.run();
  return runApart(connection, units);
}

/** A full or failing disk ends the whole transaction by itself: then no neighbour may be acknowledged either. */
function endsAll(db: Database, error: unknown): boolean {
  return !db.inTransaction || isConnectionInDoubt(error);
}

/** Runs each unit in a savepoint, so that one that throws is undone alone. */
function runApart<Connection extends { db: Database }>(
  connection: Connection,
  units: readonly Unit<Connection>[],
): Ran {
  const { db } = connection;
  const log = createChangeLog();
  const savepoint = db.prepare('SAVEPOINT unit');
  const release = db.prepare('RELEASE unit');
  const settled = units.map((unit) => {
    const mark = log.mark();
    savepoint.run();
    try {
      unit.work(connection, log);
    } catch (error) {
      if (endsAll(db, error)) throw error;
      db.exec('ROLLBACK TO unit');
      release.run();
      log.rollBackTo(mark);
      return () => unit.reject(storeError(error));
    }
    release.run();
    return () => unit.resolve(undefined);
  });
  return { log, settled };
}
