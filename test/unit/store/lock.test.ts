import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { acquireInstanceLock } from '../../../src/main/store/lock.ts';
import { temporaryDir } from './samples.ts';

it('refuses a second one on the same folder until the first lets go', () => {
  const dataDir = join(temporaryDir(), 'made', 'on the way');
  const first = acquireInstanceLock(dataDir);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  expect(() => acquireInstanceLock(dataDir)).toThrow(
    expect.objectContaining({ code: 'already_running', message: expect.stringContaining(dataDir) }),
  );
  const elsewhere = acquireInstanceLock(temporaryDir());
  elsewhere.release();
  first.release();
  first.release();
  acquireInstanceLock(dataDir).release();
});

it('does not take a file that it cannot use for another Tapedeck, and leaves it as it is', () => {
  const damaged = temporaryDir();
  const text = 'this is no database, and long enough that nobody takes it for the beginning of one'.repeat(
    20,
  );
  writeFileSync(join(damaged, 'lock.db'), text);
  const folder = temporaryDir();
  mkdirSync(join(folder, 'lock.db'));
  for (const dataDir of [damaged, folder]) {
    expect(() => acquireInstanceLock(dataDir)).toThrow(
      expect.objectContaining({ code: 'disk_failed', message: expect.stringContaining(dataDir) }),
    );
  }
  expect(readFileSync(join(damaged, 'lock.db'), 'utf8')).toBe(text);
});

it('refuses while another process holds it and is free once that was killed', async () => {
  const dataDir = temporaryDir();
  const script = fileURLToPath(new URL('./hold-lock.ts', import.meta.url));
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  expect(() => acquireInstanceLock(dataDir)).toThrow(expect.objectContaining({ code: 'already_running' }));
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  acquireInstanceLock(dataDir).release();
});
