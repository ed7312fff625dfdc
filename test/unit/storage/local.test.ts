import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileNameOf } from '../../../src/main/domain/file-name.ts';
import { recordingIdOf } from '../../../src/main/ids.ts';
import { createLocalStorage } from '../../../src/main/storage/local.ts';

const id = recordingIdOf('twilio', 'RE1');
const name = fileNameOf(id, 'wav');
const isRoot = process.getuid?.() === 0;

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'tapedeck-local-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test.runIf(process.platform !== 'win32')('only the owner may read files and folders', async () => {
  const root = path.join(dir, 'recordings');
  const storage = await createLocalStorage({ dir: root });
  await storage.put(name, Buffer.from('x'));
  const modeOf = async (file: string) => ((await stat(path.join(root, file))).mode & 0o777).toString(8);
  expect(await modeOf(name)).toBe('600');
  for (const folder of ['.', path.dirname(name), 'incoming']) expect(await modeOf(folder)).toBe('700');
});

test.each([
  ['file:half-written', null],
  ['file:after-fsync', null],
  ['file:after-rename', 200_000],
  ['file:after-dir-fsync', 200_000],
])('killed at %s there is nothing or the whole file, never a part', async (crashAt, sizeBytes) => {
  const script = path.join(import.meta.dirname, 'killed-while-writing.ts');
  const { signal } = spawnSync(process.execPath, [script, dir, crashAt, name]);
  expect(signal).toBe('SIGKILL');
  const storage = await createLocalStorage({ dir });
  expect(await storage.stat(name)).toEqual(sizeBytes === null ? null : { sizeBytes });
  expect(await storage.sweep()).toBe(sizeBytes === null ? 1 : 0);
  expect(await readdir(path.join(dir, 'incoming'))).toEqual([]);
});

test.runIf(isRoot && process.platform === 'linux')(
  'a full disk says disk_full and leaves no part',
  async (context) => {
    const small = path.join(dir, 'small');
    await mkdir(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small], { stdio: 'ignore' });
    } catch {
      // Containers may be root and still not be allowed to mount.
      context.skip();
    }
    try {
      const storage = await createLocalStorage({ dir: small });
      const file = await storage.create(id);
      const write = file.write(Buffer.alloc(1_000_000));
      await expect(write).rejects.toMatchObject({ code: 'disk_full', retryable: true });
      await file.discard();
      await storage.put(name, Buffer.alloc(100_000));
      expect(await storage.stat(name)).toEqual({ sizeBytes: 100_000 });
      expect(await storage.sweep()).toBe(0);
    } finally {
      execFileSync('umount', [small]);
    }
  },
);

test('trouble with the folder is disk_failed', async () => {
  await writeFile(path.join(dir, 'file'), 'x');
  await expect(createLocalStorage({ dir: path.join(dir, 'file') })).rejects.toMatchObject({
    code: 'disk_failed',
    retryable: true,
  });
  const storage = await createLocalStorage({ dir });
  await writeFile(path.join(dir, path.dirname(name)), 'in the way');
  await expect(storage.put(name, Buffer.from('x'))).rejects.toMatchObject({ code: 'disk_failed' });
});
