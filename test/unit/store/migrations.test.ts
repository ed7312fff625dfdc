import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Database, databasePathIn, openWriter, quickCheck } from '../../../src/main/store/database.ts';
import { type Migration, migrate, migrations } from '../../../src/main/store/migrate.ts';
import { callEvent, delivery, openStore, temporaryDir } from './samples.ts';

/** Of the newest database that this version of the product makes. */
const newest = migrations.length;

const versionOf = (db: Database): number => Number(db.pragma('user_version', { simple: true }));
const tablesOf = (db: Database): string[] =>
  db.prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).pluck().all();

/** A database that stopped at a version. */
function openAt(version: number): { db: Database; dataDir: string } {
  const dataDir = temporaryDir();
  const db = openWriter(databasePathIn(dataDir));
  migrate(db, { dataDir, migrations: migrations.slice(0, version) });
  return { db, dataDir };
}

const insertEvent = (db: Database): void => {
  db.exec(`INSERT INTO events (eventKey, kind, callId, providerId, occurredAtMs, sequence, keys, data, source, recordedAtMs)
    VALUES ('k', 'call.noted', 'call_x', 'twilio', 1, 0, '[]', '{}', 'user', 1)`);
};

describe('each migration, from the version before it', () => {
  const added: [number, string[]][] = [
    [1, ['deliveries', 'events']],
    [2, ['callAliases', 'callKeys', 'calls', 'recordings']],
    [3, ['jobs', 'providerPauses']],
    [4, ['refusals', 'settings']],
    [5, []],
    [6, ['checkMarks', 'checkOutcomes', 'checkRuns', 'outages']],
  ];
  it('is in the table below', () => {
    expect(migrations.map(({ number }) => number)).toEqual(added.map(([number]) => number));
  });
  it.each(added)('%i adds its tables, strict, and keeps what is there', (number, tables) => {
    const { db, dataDir } = openAt(number - 1);
    const before = tablesOf(db);
    if (number > 1) insertEvent(db);
    expect(migrate(db, { dataDir, migrations: migrations.slice(0, number) })).toEqual({
      from: number - 1,
      to: number,
    });
    expect(versionOf(db)).toBe(number);
    expect(tablesOf(db)).toEqual([...before, ...tables].sort());
    const loose = db.prepare<
      [],
      string
    >(`SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0
      AND name NOT LIKE 'sqlite_%'`);
    expect(loose.pluck().all()).toEqual([]);
    if (number > 1) expect(db.prepare('SELECT count(*) FROM events').pluck().get()).toBe(1);
    db.close();
  });
});

describe('an existing database', () => {
  it('is copied first, whole, and three copies are kept', () => {
    const { db, dataDir } = openAt(1);
    insertEvent(db);
    migrate(db, { dataDir });
    const copy = openWriter(join(dataDir, 'backups', 'before-0002.db'));
    expect([versionOf(copy), copy.prepare('SELECT count(*) FROM events').pluck().get()]).toEqual([1, 1]);
    copy.close();
    const later = (number: number): Migration => ({
      number,
      what: 'x',
      sql: `CREATE TABLE t${number} (x INTEGER) STRICT`,
    });
    const numbers = [newest + 1, newest + 2, newest + 3];
    for (const number of numbers) {
      migrate(db, { dataDir, migrations: [...migrations, ...numbers.map(later)].slice(0, number) });
    }
    expect(readdirSync(join(dataDir, 'backups')).sort()).toEqual(
      numbers.map((number) => `before-${String(number).padStart(4, '0')}.db`),
    );
    db.close();
  });

  it('is not copied when it is new or up to date', () => {
    const { db, dataDir } = openAt(0);
    migrate(db, { dataDir });
    migrate(db, { dataDir });
    expect(existsSync(join(dataDir, 'backups'))).toBe(false);
    db.close();
  });

  it('stays as it was when a migration fails', () => {
    const { db, dataDir } = openAt(newest);
    const broken: Migration = {
      number: newest + 1,
      what: 'broken',
      sql: 'CREATE TABLE half (x INTEGER) STRICT; CREATE TABLE half (x)',
    };
    expect(() => migrate(db, { dataDir, migrations: [...migrations, broken] })).toThrow(/half/);
    expect([versionOf(db), tablesOf(db).includes('half')]).toEqual([newest, false]);
    db.close();
  });

  it('of a newer version is refused and left alone', async () => {
    const { db, dataDir } = openAt(newest);
    db.pragma(`user_version = ${newest + 1}`);
    db.close();
    await expect(openStore({ dataDir })).rejects.toMatchObject({ code: 'database_newer' });
    const again = openWriter(databasePathIn(dataDir));
    expect(versionOf(again)).toBe(newest + 1);
    again.close();
  });

  it('opens with everything that was in it', async () => {
    const first = await openStore();
    const { callId } = await first.store.recordDelivery(delivery([callEvent('CA1', 'call.started')]));
    await first.store.close();
    const { store } = await openStore({ dataDir: first.dataDir });
    expect(await store.getCallRow(callId ?? '')).toMatchObject({ callId });
  });
});

describe('a process that is killed while it migrates', () => {
  const script = fileURLToPath(new URL('./migrate-and-die.ts', import.meta.url));

  it('leaves the old version or the new one, never a half', async () => {
    for (const [from, dieAt] of [
      [0, 1],
      [0, 2],
      [0, 4],
      [1, 1],
      [1, 2],
      [3, 1],
    ] as const) {
      const { db, dataDir } = openAt(from);
      db.close();
      const child = spawn(process.execPath, [script, dataDir, String(dieAt)], { stdio: 'ignore' });
      const [, signal] = await once(child, 'exit');
      expect(signal).toBe('SIGKILL');
      const after = openWriter(databasePathIn(dataDir));
      // It died inside its n-th migration, so the one before is the last that holds.
      expect(versionOf(after)).toBe(from + dieAt - 1);
      const untouched = openAt(from + dieAt - 1);
      expect(tablesOf(after)).toEqual(tablesOf(untouched.db));
      untouched.db.close();
      expect(quickCheck(after, 5)).toEqual([]);
      expect(migrate(after, { dataDir }).to).toBe(newest);
      after.close();
    }
  });
});
