import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { emptySampleFolder, prepareDataFolder } from '../../src/main/data-folder.ts';

const folders: string[] = [];
const temporary = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'tapedeck-test-'));
  folders.push(dir);
  return dir;
};

afterEach(() => folders.splice(0).forEach((dir) => rmSync(dir, { recursive: true, force: true })));

it('makes the data folder for its owner only', () => {
  const dir = join(temporary(), 'new', 'folder');
  prepareDataFolder(dir);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
});

it('says in one sentence that a file is no data folder', () => {
  const file = join(temporary(), 'file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'below')]) {
    expect(() => prepareDataFolder(path)).toThrow(
      expect.objectContaining({
        code: 'bad_config',
        message: `The data folder ${path} cannot be used: it is not a folder. Choose another with TAPEDECK_DATA_DIR.`,
      }),
    );
  }
});

it.runIf(process.platform === 'linux')('says so where no folder can be made, and does not hang', () => {
  expect(() => prepareDataFolder('/proc/tapedeck/data')).toThrow(
    expect.objectContaining({ code: 'bad_config' }),
  );
});

it('empties the sample folder but for the lock that is held there', () => {
  const dir = temporary();
  for (const name of ['lock.db', 'tapedeck.db', 'instance.json']) writeFileSync(join(dir, name), '');
  emptySampleFolder(dir);
  expect(readdirSync(dir)).toEqual(['lock.db']);
});
