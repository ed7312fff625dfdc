import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { AppError } from '../../../src/main/domain/errors.ts';
import { checkLocks } from '../../../src/main/api/locks.ts';
import type { ErrorCode } from '../../../src/preload/contract/errors.ts';
import type { EventEnvelope } from '../../../src/preload/contract/events.ts';
import { aCall, type Listener, type ListenerOptions, startListener, token } from './parts.ts';
import { ask } from './raw-request.ts';
import { openEventStream } from './read-events.ts';

const bearer = { authorization: `Bearer ${token}` };
const open: Listener[] = [];
afterEach(() => Promise.all(open.splice(0).map(({ server }) => server.close())));

async function start(options: ListenerOptions = {}): Promise<Listener> {
  const listener = await startListener(options);
  open.push(listener);
  return listener;
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(holds()).toBe(true);
}

test('answers each code with its own HTTP status', async () => {
  let code: ErrorCode = 'internal';
  const { port } = await start({
    handlers: {
      'system.status': async () => {
        throw new AppError(code, 'It did not work.');
      },
    },
  });
  const statuses: Partial<Record<ErrorCode, number>> = {};
  const codes: ErrorCode[] = [
    'bad_input',
    'not_found',
    'conflict',
    'not_in_sample_mode',
    'unavailable',
    'disk_full',
  ];
  for (code of codes) {
    const answer = await ask(port, {
      method: 'POST',
      path: '/api/system.status',
      headers: { ...bearer, 'content-type': 'application/json' },
    });
    statuses[code] = answer.status;
    expect(JSON.parse(answer.text)).toEqual({ ok: false, error: { code, message: 'It did not work.' } });
  }
  expect(statuses).toEqual({
    bad_input: 400,
    not_found: 404,
    conflict: 409,
    not_in_sample_mode: 409,
    unavailable: 503,
    disk_full: 500,
  });
});

test('names the port that is taken and how to choose another', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => blocker.once('listening', resolve));
  const address = blocker.address();
  const taken = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const { server, url } = await start();
  await server.close();
  await expect(server.listen(taken)).rejects.toMatchObject({
    code: 'port_taken',
    message: `Port ${taken} is in use by another program; choose another with TAPEDECK_API_PORT.`,
  });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  blocker.close();
});

test('listens on this computer only', async () => {
  const { port } = await start();
  const refused = await new Promise<boolean>((resolve) => {
    // Another address of the same machine: a listener on all addresses would answer it.
    const socket = connect(port, '127.0.0.2', () => resolve(false));
    socket.on('error', () => resolve(true));
  });
  expect(refused).toBe(true);
});

test('refuses a sender that is not on this computer, whatever it says', () => {
  const from = (remoteAddress: string | undefined) =>
    checkLocks(
      {
        socket: { remoteAddress },
        rawHeaders: ['Host', '127.0.0.1:5002'],
        headers: { host: '127.0.0.1:5002', 'x-forwarded-for': '127.0.0.1' },
        url: '/',
        method: 'GET',
      } as unknown as Parameters<typeof checkLocks>[0],
      5002,
    )?.status ?? 'passes';
  expect(['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.9.9.9'].map(from)).toEqual(Array(4).fill('passes'));
  expect(
    ['192.168.1.4', '10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '128.0.0.1', '1127.0.0.1', '', undefined].map(
      from,
    ),
  ).toEqual(Array(8).fill(403));
});

test('event stream: right headers, a heartbeat every 15 s, an end for HEAD', async () => {
  const { url, port, clock, bus } = await start();
  const response = await fetch(`${url}/api/events`, { headers: bearer });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toBe('retry: 1000\n\n');
  clock.advance(15_000);
  expect((await reader.read()).value).toBe(': still here\n\n');
  await reader.cancel();
  await until(() => bus.subscriberCount() === 0);
  const head = await ask(port, { method: 'HEAD', path: '/api/events', headers: bearer });
  expect([head.status, head.text, bus.subscriberCount()]).toEqual([200, '', 0]);
});

test('event stream: what the client has really seen beats the address it repeats', async () => {
  const { url, bus } = await start();
  const firstSeq = bus.lastSeq();
  for (const id of ['call_1', 'call_2', 'call_3']) bus.publish('call.changed', { call: aCall(id) });
  const response = await fetch(`${url}/api/events?after=${firstSeq}`, {
    headers: { ...bearer, 'last-event-id': String(firstSeq + 2) },
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('call_3')) text += (await reader.read()).value;
  expect(text).not.toContain('call_2');
  await reader.cancel();
  const garbled = await fetch(`${url}/api/events?after=-1`, { headers: { ...bearer, 'last-event-id': 'x' } });
  const other = garbled.body!.pipeThrough(new TextDecoderStream()).getReader();
  text = '';
  while (!text.includes('data:')) text += (await other.read()).value;
  expect(text).toContain('"reset"');
  await other.cancel();
});

test('event stream: a client that does not read is dropped and holds up nobody', async () => {
  const { url, port, bus } = await start();
  const seen: EventEnvelope[] = [];
  const stop = await openEventStream(url, token, (envelope) => seen.push(envelope));
  const idle = connect(port, '127.0.0.1');
  idle.pause();
  idle.on('error', () => undefined);
  idle.write(
    `GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: ${bearer.authorization}\r\n\r\n`,
  );
  await until(() => bus.subscriberCount() === 2);
  const call = aCall('call_1', { reference: 'x'.repeat(200_000) });
  let sent = 0;
  // Well beyond what the system itself buffers for a socket; the other client reads along.
  for (; sent < 1_000 && bus.subscriberCount() === 2; sent++) {
    bus.publish('call.changed', { call });
    await until(() => seen.length > sent - 5);
  }
  expect([bus.subscriberCount(), sent < 1_000]).toEqual([1, true]);
  await until(() => seen.length === sent);
  stop();
  idle.destroy();
});

test('event stream: open streams end when the listener closes', async () => {
  const listener = await startListener();
  const response = await fetch(`${listener.url}/api/events`, { headers: bearer });
  await listener.server.close();
  await response.text().catch(() => 'cut off');
  expect(listener.bus.subscriberCount()).toBe(0);
});

test('hands media questions on as they came and streams the answer', async () => {
  const { port, asked } = await start({
    media: async ({ method }) => ({
      status: 206,
      headers: { 'content-type': 'audio/wav', 'content-range': 'bytes 1-3/9', 'cache-control': 'private' },
      body: method === 'HEAD' ? null : Readable.from([Buffer.from('ab'), Buffer.from('c')]),
    }),
  });
  const headers = { ...bearer, range: 'bytes=1-3', 'if-range': '"e"', 'if-none-match': '"n"' };
  const answer = await ask(port, { path: '/media/rec_1?download=1', headers });
  expect([answer.status, answer.text]).toEqual([206, 'abc']);
  expect(answer.headers).toMatchObject({
    'content-range': 'bytes 1-3/9',
    'content-type': 'audio/wav',
    'cache-control': 'private',
    'x-content-type-options': 'nosniff',
  });
  await ask(port, { method: 'HEAD', path: '/media/rec_1/peaks', headers: bearer });
  const nothing = { range: undefined, ifNoneMatch: undefined, ifRange: undefined };
  expect(asked).toEqual([
    {
      recordingId: 'rec_1',
      part: 'audio',
      method: 'GET',
      headers: { range: 'bytes=1-3', ifRange: '"e"', ifNoneMatch: '"n"' },
      download: true,
    },
    { recordingId: 'rec_1', part: 'peaks', method: 'HEAD', headers: nothing, download: false },
  ]);
});

test('a player that goes away in the middle lets go of the file', async () => {
  let destroyed = false;
  const { port } = await start({
    media: async () => ({
      status: 200,
      headers: { 'content-type': 'audio/wav' },
      body: new Readable({
        read() {
          this.push(Buffer.alloc(65_536));
        },
        destroy(_error, done) {
          destroyed = true;
          done(null);
        },
      }),
    }),
  });
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `GET /media/rec_1 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: ${bearer.authorization}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
  await until(() => destroyed);
});

test('serves the built console to a signed-in browser and nothing beside it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tapedeck-renderer-'));
  try {
    mkdirSync(join(dir, 'console', 'assets'), { recursive: true });
    writeFileSync(join(dir, 'secret.json'), 'outside');
    writeFileSync(join(dir, 'console', '.hidden.js'), 'hidden');
    writeFileSync(join(dir, 'console', 'index.html'), '<!doctype html>console');
    writeFileSync(join(dir, 'console', 'assets', 'index-a1.js'), 'let x;');
    const { port } = await start({ rendererDir: join(dir, 'console') });
    const get = (path: string) => ask(port, { path, headers: bearer });
    const page = await get('/');
    expect([page.text, page.headers['content-type']]).toEqual([
      '<!doctype html>console',
      'text/html; charset=utf-8',
    ]);
    expect(page.headers['cache-control']).toBe('no-store');
    const script = await get('/assets/index-a1.js');
    expect([script.text, script.headers['content-type']]).toEqual([
      'let x;',
      'text/javascript; charset=utf-8',
    ]);
    expect(script.headers['cache-control']).toBe('private, max-age=31536000, immutable');
    const outside = [
      '/../secret.json',
      '/assets/../../secret.json',
      '/%2e%2e/secret.json',
      '/..%2fsecret.json',
      '/assets/..%5c..%5csecret.json',
      '/.hidden.js',
      '/assets',
      '/assets/',
      '/assets//index-a1.js',
      '/assets/index-a1.js%00.html',
      '/nothing.js',
    ];
    for (const path of outside) expect([path, (await get(path)).status]).toEqual([path, 404]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
