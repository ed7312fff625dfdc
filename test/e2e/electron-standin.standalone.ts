// The built main and preload on the stand-in for Electron: a window opens on our own scheme, calls and events cross,
// audio comes in ranges, and the page can neither leave nor reach beyond what the preload gives it.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import '../standins/electron/use.ts';
import type { TapedeckBridge } from '../../src/renderer/src/client/bridge-client.ts';

declare global {
  interface Window {
    heard?: { seq: number; name: string }[];
  }
}

const root = join(import.meta.dirname, '..', '..');
const dataDir = await mkdtemp(join(tmpdir(), 'tapedeck-standin-'));
Object.assign(process.env, {
  NODE_ENV: 'test',
  TAPEDECK_DATA_DIR: dataDir,
  TAPEDECK_WEBHOOK_PORT: '0',
  TAPEDECK_API_PORT: '0',
  TAPEDECK_LOG_LEVEL: 'warn',
  TAPEDECK_TIME_SCALE: '20',
  TAPEDECK_SANDBOX_HISTORY: '0',
  TAPEDECK_SANDBOX_AUTOPILOT: '0',
});
process.argv.push('--sandbox');
process.chdir(dataDir);

const { app, standin } = await import('../standins/electron/electron.ts');

async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > endMs)
      assert.fail(`not within ${withinMs} ms: ${what} ${standin.errorBoxes.join('; ')}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Calls a procedure from inside the page, as the console does. */
async function invoke<T>(page: Page, name: string, input: unknown): Promise<T> {
  const reply = await page.evaluate(
    ([procedure, given]) => {
      const bridge: TapedeckBridge | undefined = window.tapedeck;
      return bridge?.invoke(String(procedure), given);
    },
    [name, input],
  );
  const { ok, data } = reply as { ok: boolean; data: T };
  assert.equal(ok, true, `${name}: ${JSON.stringify(reply)}`);
  return data;
}

let passed = 0;
async function check(name: string, body: () => Promise<void>): Promise<void> {
  await body();
  passed += 1;
  console.log(`  ok ${name}`);
}

const complaints: string[] = [];
let isDone = false;
try {
  await import(join(root, 'out', 'main', 'index.js'));
  await until('a window is shown', () => standin.windows[0]?.isShown === true);
  const opened = standin.windows[0] ?? assert.fail('no window');
  const { page } = opened;
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const isAt = (host: string): boolean => page.url().startsWith(`https://${host}.tapedeck-app.standin/`);

  await check('the console is drawn from our own scheme', async () => {
    assert.ok(isAt('console'), page.url());
    assert.deepEqual(
      standin.privileged.map(({ scheme }) => scheme),
      ['tapedeck-app'],
    );
    await page.waitForFunction(() => (document.body.textContent ?? '').trim().length > 20);
  });

  await check('the page gets the bridge and nothing of Node', async () => {
    const reach = await page.evaluate(() => [
      Object.keys(window.tapedeck ?? {})
        .toSorted()
        .join(),
      ...['require', 'process', 'module', 'Buffer', 'global'].map((name) => name in window),
    ]);
    assert.deepEqual(reach, ['host,invoke,subscribe', false, false, false, false, false]);
  });

  await check('a call crosses and comes back', async () => {
    const status = await invoke<{ host: string; mode: string }>(page, 'system.status', {});
    assert.deepEqual([status.host, status.mode], ['electron', 'sample']);
  });

  await check('events arrive without being asked for, in order', async () => {
    await page.evaluate(() => {
      window.heard = [];
      window.tapedeck?.subscribe((event) => window.heard?.push({ seq: event.seq, name: event.name }));
    });
    await invoke(page, 'sandbox.place', { count: 1, talkMs: 20_000 });
    await page.waitForFunction(() => window.heard?.some(({ name }) => name === 'call.changed'));
    const seqs = await page.evaluate(() => window.heard?.map(({ seq }) => seq) ?? []);
    assert.deepEqual(
      seqs,
      seqs.map((_, i) => (seqs[0] ?? 0) + i),
    );
  });

  await check('a recording is saved and its audio comes in ranges', async () => {
    let recordingId = '';
    await until('the recording is saved', async () => {
      const { items } = await invoke<{
        items: { recordingStatus: string; mainRecordingId: string | null }[];
      }>(page, 'calls.list', {});
      const saved = items.find(({ recordingStatus }) => recordingStatus === 'stored');
      recordingId = saved?.mainRecordingId ?? '';
      return saved !== undefined;
    });
    const { url } = await invoke<{ url: string }>(page, 'recordings.playback', { recordingId });
    const answer = await page.evaluate(async (path) => {
      const response = await fetch(path, { headers: { range: 'bytes=0-3' } });
      return [
        response.status,
        response.headers.get('content-range')?.split('/', 1)[0],
        await response.text(),
      ];
    }, url);
    assert.deepEqual(answer, [206, 'bytes 0-3', 'RIFF']);
    const playedS = await page.evaluate(async (path) => {
      const audio = new Audio(path);
      await audio.play();
      await new Promise((resolve) =>
        audio.addEventListener('timeupdate', () => audio.currentTime > 0 && resolve(0)),
      );
      return audio.currentTime;
    }, url);
    assert.ok(playedS > 0);
  });

  await check('nothing on the page broke the content policy', async () => {
    assert.equal(complaints.join(), '');
    const blocked = await page.evaluate(() =>
      fetch('https://attacker.example/').then(
        () => 'reached',
        () => 'blocked',
      ),
    );
    assert.equal(blocked, 'blocked');
    await until('the policy says so', () =>
      complaints.some((text) => text.includes('Content Security Policy')),
    );
  });

  await check('the page cannot leave, and opens no window', async () => {
    await page.evaluate(() => {
      location.href = 'https://attacker.example/';
    });
    await page.evaluate(() => {
      location.href = `https://sample.${location.hostname.split('.').slice(1).join('.')}/`;
    });
    await page.evaluate(() => void globalThis.open('https://attacker.example/'));
    await until('the popup is closed', () => page.context().pages().length === 1);
    assert.ok(isAt('console'), page.url());
    await invoke(page, 'system.status', {});
  });

  await check('a reload comes back to a working console', async () => {
    await page.reload();
    await page.waitForFunction(() => (document.body.textContent ?? '').trim().length > 20);
    await invoke(page, 'system.status', {});
  });

  await check('closing the window stops everything in order', async () => {
    const ended = new Promise((resolve) => app.once('standin-exit', resolve));
    await opened.close();
    await ended;
    assert.equal(standin.exitCode, 0);
    assert.deepEqual(standin.errorBoxes, []);
  });
  isDone = true;
} catch (error) {
  console.error(error, standin.errorBoxes, complaints);
} finally {
  if (!isDone) app.exit(1);
  process.chdir(root);
  await rm(dataDir, { recursive: true, force: true });
}
console.log(`${passed} passed, ${isDone ? 0 : 1} failed`);
process.exit(isDone ? 0 : 1);
