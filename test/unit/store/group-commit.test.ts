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

  it('undoes every bad one, wherever it stands and however many there are', async () => {
    for (let bad = 0; bad < 2 ** 4; bad++) {
      const { commits, told, points, stored } = rig();
      const isBad = (x: number): boolean => (bad & (1 << x)) !== 0;
      const outcomes = await Promise.allSettled(
        [0, 1, 2, 3].map((x) =>
          commits.write('delivery', ({ db }, log) => {
            db.prepare('INSERT INTO t VALUES (?, NULL)').run(x);
            log.note('call', `c${x}`);
            if (isBad(x)) throw new TypeError(`bad ${x}`);
            return x;
          }),
        ),
      );
      const good = [0, 1, 2, 3].filter((x) => !isBad(x));
      expect(outcomes).toEqual(
        [0, 1, 2, 3].map((x) =>
          isBad(x)
            ? { status: 'rejected', reason: new TypeError(`bad ${x}`) }
            : { status: 'fulfilled', value: x },
        ),
      );
      expect(stored()).toEqual(good);
      expect(told.flatMap(({ callIds }) => [...callIds])).toEqual(good.map((x) => `c${x}`));
      expect(points).toEqual(['delivery:before-commit', 'delivery:after-commit']);
    }
  });

  it('runs its neighbours again as if for the first time when one throws', async () => {
    const { commits, insert, told, points, stored } = rig();
    let runs = 0;
    const once = commits.write('other', ({ db }, log) => {
      runs += 1;
      db.prepare('INSERT INTO t VALUES (?, NULL)').run(runs * 10);
      log.note('call', `c${runs * 10}`);
      if (runs === 1) throw new TypeError('only the first time');
      return runs;
    });
    expect(await Promise.all([insert(1), once, insert(2)])).toEqual([1, 2, 2]);
    expect(stored()).toEqual([1, 2, 20]);
    expect(told.map(({ callIds }) => [...callIds])).toEqual([['c20', 'c1', 'c2']]);
    expect(points).toEqual(['delivery:before-commit', 'delivery:after-commit']);
  });

  it('runs each once while none throws', async () => {
    const { commits, stored } = rig();
    let runs = 0;
    await Promise.all(
      [1, 2, 3].map((x) =>
        commits.write('other', ({ db }) => {
          runs += 1;
          db.prepare('INSERT INTO t VALUES (?, NULL)').run(x);
        }),
      ),
    );
    expect([runs, stored()]).toEqual([3, [1, 2, 3]]);
  });

  it('refuses all when the disk fills up only as they are run again', async () => {
    const { commits, insert, stored, told, connection } = rig();
    const { db } = connection();
    let runs = 0;
    const growing = commits.write('other', (at) => {
      runs += 1;
      at.db.prepare('INSERT INTO t VALUES (?, ?)').run(50, Buffer.alloc(runs === 1 ? 1 : 100_000));
    });
    const bad = commits.write('other', () => {
      throw new TypeError('bad');
    });
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 4}`);
    for (const outcome of await Promise.allSettled([insert(1), growing, bad, insert(2)])) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'disk_full' } });
    }
    expect([runs, told]).toEqual([2, []]);
    db.pragma('max_page_count = 1000000');
    await insert(3);
    expect(stored()).toEqual([3]);
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
