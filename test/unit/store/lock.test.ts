import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
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
