import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { createEventBus } from '../../../src/main/api/event-bus.ts';
import { contentSecurityPolicy } from '../../../src/main/api/security-headers.ts';
import type { MediaAnswer, MediaQuestion } from '../../../src/main/api/serve-media.ts';
import { createConsolePages } from '../../../src/main/console-pages.ts';
import { registerScheme, serveScheme } from '../../../src/main/electron/scheme.ts';

const dir = mkdtempSync(join(tmpdir(), 'tapedeck-scheme-'));
mkdirSync(join(dir, 'out', 'assets'), { recursive: true });
writeFileSync(join(dir, 'secret.js'), 'outside');
writeFileSync(join(dir, 'out', 'index.html'), '<!doctype html>console');
writeFileSync(join(dir, 'out', 'assets', 'index-a1.js'), 'let x;');
afterAll(() => rmSync(dir, { recursive: true }));

function open(answer?: (question: MediaQuestion) => MediaAnswer) {
  const asked: MediaQuestion[] = [];
  let handle: (request: Request) => Response | Promise<Response> = () => new Response();
  const media = {
    async serve(question: MediaQuestion): Promise<MediaAnswer> {
      asked.push(question);
      return answer?.(question) ?? { status: 404, headers: {}, body: null };
    },
  };
  const endpoints = new Map([
    ['console', { dispatch: async () => ({ ok: true as const, data: null }), bus: createEventBus(), media }],
  ]);
  serveScheme(
    { handle: (_scheme, handler) => void (handle = handler) },
    endpoints,
    createConsolePages(join(dir, 'out')),
  );
  // Node's Request takes any scheme, as Electron's does for a registered one.
  return { asked, get: async (url: string, init?: RequestInit) => handle(new Request(url, init)) };
}

test('the scheme is a secure origin that can stream', () => {
  let registered: unknown;
  registerScheme({ registerSchemesAsPrivileged: (schemes) => void (registered = schemes) });
  expect(registered).toEqual([
    {
      scheme: 'tapedeck-app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
    },
  ]);
});

test('serves the console with the same policy as the listener', async () => {
  const { get } = open();
  const page = await get('tapedeck-app://console/');
  expect(await page.text()).toBe('<!doctype html>console');
  expect(page.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await (await get('tapedeck-app://console/assets/index-a1.js')).text()).toBe('let x;');
  const head = await get('tapedeck-app://console/', { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('has nothing at other hosts and paths, and takes no other methods', async () => {
  const { get, asked } = open();
  const nowhere = [
    'tapedeck-app://sample/',
    'tapedeck-app://sample/media/rec_1',
    'tapedeck-app://console/../secret.js',
    'tapedeck-app://console/..%2fsecret.js',
    'tapedeck-app://console/%2e%2e/secret.js',
    'tapedeck-app://console/assets/..%5c..%5csecret.js',
    'tapedeck-app://console/api/calls.list',
    'tapedeck-app://console/media',
    'tapedeck-app://console/media/a/b/c',
  ];
  for (const url of nowhere) expect([url, (await get(url)).status]).toEqual([url, 404]);
  expect((await get('tapedeck-app://console/', { method: 'POST', body: 'x' })).status).toBe(405);
  expect(asked).toEqual([]);
});

test('answers a range as the media function does', async () => {
  const { get, asked } = open(() => ({
    status: 206,
    headers: { 'content-type': 'audio/wav', 'content-range': 'bytes 2-4/9', 'accept-ranges': 'bytes' },
    body: Readable.from([Buffer.from('cd'), Buffer.from('e')]),
  }));
  const answer = await get('tapedeck-app://console/media/rec_1?download=1', {
    headers: { range: 'bytes=2-4', 'if-range': '"e"' },
  });
  expect([answer.status, await answer.text()]).toEqual([206, 'cde']);
  expect(answer.headers.get('content-range')).toBe('bytes 2-4/9');
  await get('tapedeck-app://console/media/rec_2/peaks', { headers: { 'if-none-match': '"n"' } });
  const nothing = { range: undefined, ifNoneMatch: undefined, ifRange: undefined };
  expect(asked).toEqual([
    {
      recordingId: 'rec_1',
      part: 'audio',
      method: 'GET',
      headers: { ...nothing, range: 'bytes=2-4', ifRange: '"e"' },
      download: true,
    },
    {
      recordingId: 'rec_2',
      part: 'peaks',
      method: 'GET',
      headers: { ...nothing, ifNoneMatch: '"n"' },
      download: false,
    },
  ]);
});

test('answers without a body stay without one', async () => {
  for (const status of [304, 416, 404]) {
    const { get } = open(() => ({ status, headers: { etag: '"e"' }, body: null }));
    const answer = await get('tapedeck-app://console/media/rec_1');
    expect([answer.status, answer.body]).toEqual([status, null]);
  }
});

test('reads no further than the player does, and lets go of the file when it stops', async () => {
  let pushed = 0;
  let destroyed = false;
  const { get } = open(() => ({
    status: 200,
    headers: {},
    body: new Readable({
      highWaterMark: 65_536,
      read() {
        pushed += 1;
        this.push(Buffer.alloc(65_536));
      },
      destroy(_error, done) {
        destroyed = true;
        done(null);
      },
    }),
  }));
  const reader = (await get('tapedeck-app://console/media/rec_1')).body?.getReader();
  await reader?.read();
  await new Promise((resolve) => setImmediate(resolve));
  expect(pushed).toBeLessThan(8);
  await reader?.cancel();
  await new Promise((resolve) => setImmediate(resolve));
  expect(destroyed).toBe(true);
});
