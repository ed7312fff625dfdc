import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { databasePathIn, openReader, openWriter, quickCheck } from '../../../src/main/store/database.ts';
import { callEvent, delivery, openStore, temporaryDir } from './samples.ts';

describe('the connection that writes', () => {
  it('is durable: WAL, FULL, synced to the medium, keys checked, never mapped', () => {
    const db = openWriter(join(temporaryDir(), 'a.db'));
    const settings = [
      'journal_mode',
      'synchronous',
      'fullfsync',
      'checkpoint_fullfsync',
      'foreign_keys',
      'mmap_size',
    ];
    const values = settings.map((name) => db.pragma(name, { simple: true }));
    db.close();
    expect(values).toEqual(['wal', 2, 1, 1, 1, 0]);
  });

  it('leaves nothing in the log when the store is closed', async () => {
    const { store, dataDir } = await openStore();
    await store.recordDelivery(delivery([callEvent('CA1', 'call.started')]));
    expect(statSync(`${databasePathIn(dataDir)}-wal`).size).toBeGreaterThan(0);
    await store.close();
    expect(() => statSync(`${databasePathIn(dataDir)}-wal`)).toThrow();
    await expect(store.getSetting('x')).rejects.toThrow();
    await store.close();
  });
});

describe('the connection that reads', () => {
  it('cannot write', async () => {
    const { store, dataDir } = await openStore();
    await store.putSetting('x', 1);
    const reader = openReader(databasePathIn(dataDir));
    expect(() => reader.exec('DELETE FROM settings')).toThrow(/readonly/);
    reader.close();
    expect(await store.getSetting('x')).toBe(1);
  });
});

describe('a file that is not sound', () => {
  const seeded = async (): Promise<string> => {
    const { store, dataDir } = await openStore();
    for (let call = 0; call < 60; call++) {
      await store.recordDelivery(delivery([callEvent(`CA${call}`, 'call.started')]));
    }
    await store.close();
    return dataDir;
  };

  it('is refused and left as it is', async () => {
    const damage: [what: string, harm: (path: string) => void][] = [
      ['header', (path) => overwrite(path, 0, 100)],
      ['pages in the middle', (path) => overwrite(path, 4_096 * 3, 4_096 * 6)],
      ['cut short', (path) => truncateSync(path, 4_096 * 5)],
      ['something else', (path) => writeFileSync(path, 'not a database at all\n'.repeat(300))],
    ];
    for (const [what, harm] of damage) {
      const dataDir = await seeded();
      const path = databasePathIn(dataDir);
      harm(path);
      const before = readFileSync(path);
      await expect(openStore({ dataDir }), what).rejects.toMatchObject({ code: 'database_damaged' });
      expect(readFileSync(path).equals(before), what).toBe(true);
    }
  });

  it('is refused when another program made it', async () => {
    const dataDir = temporaryDir();
    const db = new Sqlite(databasePathIn(dataDir));
    db.exec('CREATE TABLE notes (x)');
    db.close();
    await expect(openStore({ dataDir })).rejects.toMatchObject({ code: 'database_damaged' });
  });

  it('is named by the check that the worker runs', async () => {
    const dataDir = await seeded();
    const sound = openReader(databasePathIn(dataDir));
    expect(quickCheck(sound, 5)).toEqual([]);
    sound.close();
    overwrite(databasePathIn(dataDir), 4_096 * 3, 4_096 * 6);
    const harmed = openReader(databasePathIn(dataDir));
    expect(quickCheck(harmed, 5).length).toBeGreaterThan(0);
    harmed.close();
  });
});

function overwrite(path: string, from: number, to: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(to - from, 0xa5), 0, to - from, from);
  closeSync(file);
}
