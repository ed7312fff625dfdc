// Starts the built product as people do (its headless entry, in a process group of its own) and talks to it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Input, Output, ProcedureName, Reply } from '../src/preload/contract/api.ts';

const root = join(import.meta.dirname, '..');
export const apiToken = 'a-token-that-only-tests-use';

export interface Product {
  webhooksUrl: string;
  /** With a fresh one-time code. */
  consoleUrl: string;
  /** Origin of the private listener. */
  apiUrl: string;
  process: ChildProcess;
  /** Calls a procedure. Throws `code: message` when it is refused. */
  call<N extends ProcedureName>(name: N, input: Input<N>): Promise<Output<N>>;
  /** SIGTERM, as a system shutting down does. */
  stop(): Promise<void>;
  /** SIGKILL to the whole process group. */
  kill(): Promise<void>;
  stderr(): string;
}

/** A folder that is gone after the test. */
export async function temporaryDir(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'tapedeck-test-'));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/**
 * @param options.dataDir kept between starts of one test
 * @param options.entry another script than the built headless entry (a source file is fine)
 */
export async function startProduct(options: {
  dataDir: string;
  env?: Record<string, string>;
  args?: string[];
  entry?: string;
}): Promise<Product> {
  const child = spawn(
    process.execPath,
    [options.entry ?? join(root, 'out/main/headless.js'), ...(options.args ?? [])],
    {
      // Not the project's folder: a developer's own .env there is none of the test's business.
      cwd: options.dataDir,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: options.dataDir,
        NODE_ENV: 'test',
        TAPEDECK_DATA_DIR: options.dataDir,
        TAPEDECK_WEBHOOK_PORT: '0',
        TAPEDECK_API_PORT: '0',
        TAPEDECK_API_TOKEN: apiToken,
        TAPEDECK_LOG_LEVEL: 'warn',
        ...options.env,
      },
    },
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ready = await readyLine(child, () => stderr);
  const apiUrl = new URL(ready.console).origin;
  const ended = once(child, 'exit');
  return {
    webhooksUrl: ready.webhooks,
    consoleUrl: ready.console,
    apiUrl,
    process: child,
    stderr: () => stderr,
    async call(name, input) {
      const response = await fetch(`${apiUrl}/api/${name}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
        body: JSON.stringify(input),
      });
      const reply = (await response.json()) as Reply<Output<typeof name>>;
      if (!reply.ok) throw new Error(`${reply.error.code}: ${reply.error.message}`);
      return reply.data;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
    async kill() {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}

async function readyLine(
  child: ChildProcess,
  stderr: () => string,
): Promise<{ webhooks: string; console: string }> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const line = text.split('\n').find((candidate) => candidate.startsWith('{"tapedeck":"ready"'));
      if (line !== undefined && text.includes('\n'))
        resolve(JSON.parse(line) as { webhooks: string; console: string });
    });
    child.once('exit', (code) =>
      reject(new Error(`the product ended with ${code} before it was ready: ${stderr()}`)),
    );
  });
}

/** Waits until `probe` returns something other than null/undefined/false. Fails after `limitMs` with `what`. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  limitMs = 15_000,
): Promise<T> {
  const endMs = Date.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > endMs) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
