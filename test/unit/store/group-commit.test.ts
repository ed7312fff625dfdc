import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Database, openWriter } from '../../../src/main/store/database.ts';
import { createGroupCommit } from '../../../src/main/store/group-commit.ts';
import type { Changes } from '../../../src/main/store/store.ts';
import { temporaryDir } from './samples.ts';

function rig() {
  const path = join(temporaryDir(), 'test.db');
  const counts = { opened: 0, commits: 0 };
  const points: string[] = [];
  const told: Changes[] = [];
  let db: Database | null = null;
  const connection = (): { db: Database } => {
    if (db === null || !db.open) {
      counts.opened += 1;
      db = openWriter(path);
    }
    return { db };
  };
  const { db: first } = connection();
  first.pragma('user_version = 1');
  first.exec('CREATE TABLE t (x INTEGER PRIMARY KEY, y BLOB) STRICT');
  first.exec('CREATE TABLE child (x INTEGER REFERENCES t (x) DEFERRABLE INITIALLY DEFERRED) STRICT');
  const commits = createGroupCommit({
    connection,
    discard: () => void db?.close(),
    onCommitted: (changes) => told.push(changes),
    crashPoint: (name) => points.push(name),
  });
  onTestFinished(() => void db?.close());
  const insert = (x: number, size = 1): Promise<number> =>
    commits.write('delivery', (at, log) => {
      at.db.prepare('INSERT INTO t VALUES (?, ?)').run(x, Buffer.alloc(size));
      log.note('call', `c${x}`);
      return x;
    });
  const stored = (): number[] =>
    connection().db.prepare<[], number>('SELECT x FROM t ORDER BY x').pluck().all();
  return { commits, counts, points, told, insert, stored, connection };
}

describe('group commit', () => {
  it('gives all that wait in one turn one commit', async () => {
    const { insert, told, points, stored } = rig();
    expect(await Promise.all([insert(1), insert(2), insert(3)])).toEqual([1, 2, 3]);
    expect(told.map(({ callIds }) => [...callIds])).toEqual([['c1', 'c2', 'c3']]);
    expect(points).toEqual(['delivery:before-commit', 'delivery:after-commit']);
    expect(stored()).toEqual([1, 2, 3]);
  });

  it('splits a flood into commits of at most 256', async () => {
    const { insert, told, stored } = rig();
    await Promise.all(Array.from({ length: 600 }, (_, x) => insert(x)));
    expect(told.map(({ callIds }) => callIds.size)).toEqual([256, 256, 88]);
    expect(stored()).toHaveLength(600);
  });

  it('undoes what throws alone, with what it had noted', async () => {
    const { commits, insert, told, stored } = rig();
    const half = commits.write('other', ({ db }, log) => {
      db.exec('INSERT INTO t VALUES (9, NULL)');
      log.note('call', 'c9');
      throw new TypeError('half done');
    });
    const outcomes = await Promise.allSettled([insert(1), half, insert(2), insert(1)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    await expect(half).rejects.toThrow('half done');
    expect(stored()).toEqual([1, 2]);
    expect(told.map(({ callIds }) => [...callIds])).toEqual([['c1', 'c2']]);
  });

  it('undoes one that is alone as well', async () => {
    const { commits, insert, told, stored } = rig();
    const alone = commits.write('other', ({ db }) => {
      db.exec('INSERT INTO t VALUES (9, NULL)');
      throw new TypeError('half done');
    });
    await expect(alone).rejects.toThrow('half done');
    expect(told).toEqual([]);
    await insert(1);
    expect(stored()).toEqual([1]);
  });

  it('refuses all when the disk is full, and works again when there is room', async () => {
    const { insert, stored, told, connection } = rig();
    const { db } = connection();
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 4}`);
    const outcomes = await Promise.allSettled([insert(1), insert(2, 100_000), insert(3)]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'disk_full', retryable: true } });
    }
    expect(told).toEqual([]);
    db.pragma('max_page_count = 1000000');
    await insert(4, 100_000);
    expect(stored()).toEqual([4]);
  });

  it('refuses all when the commit itself fails, and goes on', async () => {
    const { commits, insert, stored, told } = rig();
    const orphan = commits.write('other', ({ db }) => void db.exec('INSERT INTO child VALUES (77)'));
    const outcomes = await Promise.allSettled([insert(1), orphan]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(told).toEqual([]);
    await insert(2);
    expect(stored()).toEqual([2]);
  });

  it('opens the database anew after the disk failed under it', async () => {
    const { commits, counts, insert, stored } = rig();
    const failing = commits.write('other', () => {
      throw new Sqlite.SqliteError('disk I/O error', 'SQLITE_IOERR_FSYNC');
    });
    const outcomes = await Promise.allSettled([insert(1), failing]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'disk_failed' } });
    }
    await insert(2);
    expect(counts.opened).toBe(2);
    expect(stored()).toEqual([2]);
  });

  it('finishes what waits before it closes and refuses what comes later', async () => {
    const { commits, insert, stored } = rig();
    const waiting = Array.from({ length: 300 }, (_, x) => insert(x));
    await commits.close();
    await Promise.all(waiting);
    expect(stored()).toHaveLength(300);
    await expect(insert(999)).rejects.toMatchObject({ code: 'unavailable' });
    await commits.close();
  });
});
