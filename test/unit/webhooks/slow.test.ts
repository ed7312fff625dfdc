// Slow, idle and too many connections. Limits are set so small that a test need not wait.
import { describe, expect, test } from 'vitest';
import { recordingParameters, sid, sign, signedRequest } from '../../twilio-callback.ts';
import {
  openSocket,
  publicUrl,
  type RawSocket,
  rawRequest,
  recordingPath,
  startListener,
} from './listener.ts';

const parameters = recordingParameters({
  callSid: sid('CA', 'a call'),
  recordingSid: sid('RE', 'its recording'),
});
const body = new URLSearchParams(parameters).toString();
const signed = {
  'Content-Type': 'application/x-www-form-urlencoded',
  'X-Twilio-Signature': sign(publicUrl + recordingPath, parameters),
};

/** Sends a byte every few milliseconds until it is hung up on. */
function drip(raw: RawSocket, text: string): void {
  let at = 0;
  const timer = setInterval(() => raw.send(text[at++ % text.length] ?? 'x'), 5);
  void raw.closed.then(() => clearInterval(timer));
}

describe('hangs up on', () => {
  test('headers that do not end', async () => {
    const { port } = await startListener({ limits: { headersTimeoutMs: 100 } });
    const raw = await openSocket(port);
    raw.send(`POST ${recordingPath} HTTP/1.1\r\nX: `);
    drip(raw, 'abc');
    await raw.closed;
    expect(raw.text()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a connection that says nothing', async () => {
    const { port } = await startListener({ limits: { headersTimeoutMs: 100 } });
    const raw = await openSocket(port);
    await raw.closed;
    expect(raw.text()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a connection that is idle after an answer', async () => {
    const { port } = await startListener({ limits: { keepAliveTimeoutMs: 50 } });
    const raw = await openSocket(port);
    raw.send(rawRequest('GET', '/healthz', {}));
    expect(await raw.until(/\r\n\r\n/)).toMatch(/ 200 /);
    await raw.closed;
  });

  test('a body that comes too slowly: 408 and a note', async () => {
    const { port, refusals, deliveries } = await startListener({
      limits: { bodyGraceMs: 100, minBodyBytesPerSecond: 5_000 },
    });
    const raw = await openSocket(port);
    raw.send(rawRequest('POST', recordingPath, { ...signed, 'Content-Length': body.length }));
    drip(raw, body);
    await raw.closed;
    expect(raw.text()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(refusals).toMatchObject([{ reason: 'too_slow', httpStatus: 408, bodySha256: null }]);
    expect(deliveries).toEqual([]);
  });

  test('a body that takes for ever, however steadily', async () => {
    const { port, refusals } = await startListener({ limits: { minBodyBytesPerSecond: 1, maxBodyMs: 100 } });
    const raw = await openSocket(port);
    raw.send(rawRequest('POST', recordingPath, { ...signed, 'Content-Length': body.length }));
    drip(raw, body);
    await raw.closed;
    expect(raw.text()).toMatch(/^HTTP\/1\.1 408 /);
    expect(refusals).toMatchObject([{ reason: 'too_slow' }]);
  });
});

test('waits for a body that pauses within its grace', async () => {
  const { port, deliveries } = await startListener({ limits: { bodyGraceMs: 2_000 } });
  const raw = await openSocket(port);
  raw.send(
    rawRequest('POST', recordingPath, { ...signed, 'Content-Length': body.length }, body.slice(0, 100)),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  raw.send(body.slice(100));
  expect(await raw.until(/\r\n\r\n/)).toMatch(/ 200 /);
  expect(deliveries).toHaveLength(1);
});

test('forgets a sender that goes away in the middle of a body', async () => {
  const { port, url, refusals, deliveries } = await startListener({ limits: { bodyGraceMs: 50 } });
  const raw = await openSocket(port);
  raw.send(
    rawRequest('POST', recordingPath, { ...signed, 'Content-Length': body.length }, body.slice(0, 100)),
  );
  await fetch(`${url}/healthz`);
  raw.socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(refusals).toEqual([]);
  expect(deliveries).toEqual([]);
  expect((await fetch(url + recordingPath, signedRequest(publicUrl, recordingPath, parameters))).status).toBe(
    200,
  );
});

describe('with as many connections as it takes', () => {
  test('lets a provider in by dropping the slowest stranger', async () => {
    let nowMs = 0;
    const { port } = await startListener({ limits: { maxSockets: 3 }, monotonicMs: () => nowMs });
    const quick = await openSocket(port);
    quick.send(rawRequest('GET', '/healthz', { 'X-Many-Bytes': 'x'.repeat(4_000) }));
    await quick.until(/\r\n\r\n/);
    const slow = await openSocket(port);
    slow.send('POST ');
    const silentFor = await openSocket(port);
    silentFor.send(`POST ${recordingPath} HTTP/1.1\r\nX-Some: ${'x'.repeat(500)}`);
    // One request over `quick` proves that the bytes above have been read.
    quick.send(rawRequest('GET', '/healthz', {}));
    await quick.until(/\r\n\r\n[^]+\r\n\r\n/);
    nowMs = 10_000;
    const provider = await openSocket(port);
    provider.send(rawRequest('POST', recordingPath, { ...signed, 'Content-Length': body.length }, body));
    expect(await provider.until(/\r\n\r\n/)).toMatch(/ 200 /);
    await slow.closed;
    expect(quick.socket.destroyed).toBe(false);
    expect(silentFor.socket.destroyed).toBe(false);
  });

  test('keeps a connection that brought a right signature over any stranger', async () => {
    let nowMs = 0;
    const { port } = await startListener({ limits: { maxSockets: 2 }, monotonicMs: () => nowMs });
    const provider = await openSocket(port);
    provider.send(rawRequest('POST', recordingPath, { ...signed, 'Content-Length': body.length }, body));
    expect(await provider.until(/\r\n\r\n/)).toMatch(/ 200 /);
    nowMs = 3_000;
    for (let i = 0; i < 5; i++) {
      const stranger = await openSocket(port);
      stranger.send(rawRequest('GET', '/healthz', { 'X-Many-Bytes': 'x'.repeat(8_000) }));
      await stranger.until(/\r\n\r\n/);
      nowMs += 2_000;
    }
    expect(provider.socket.destroyed).toBe(false);
    provider.send(rawRequest('POST', recordingPath, { ...signed, 'Content-Length': body.length }, body));
    expect(await provider.until(/\r\n\r\n[^]+\r\n\r\n/)).toMatch(/ 200 [^]+ 200 /);
  });

  test('holds no more than it takes under a flood, and serves', async () => {
    const { port, url } = await startListener({ limits: { maxSockets: 20 } });
    const flood = await Promise.all(Array.from({ length: 100 }, () => openSocket(port)));
    expect(
      (await fetch(url + recordingPath, signedRequest(publicUrl, recordingPath, parameters))).status,
    ).toBe(200);
    await expect.poll(() => flood.filter(({ socket }) => !socket.destroyed).length).toBeLessThanOrEqual(19);
  });

  test('and nothing but trusted ones, drops one of those', async () => {
    const { port } = await startListener({ limits: { maxSockets: 1 } });
    const request = rawRequest('POST', recordingPath, { ...signed, 'Content-Length': body.length }, body);
    const first = await openSocket(port);
    first.send(request);
    expect(await first.until(/\r\n\r\n/)).toMatch(/ 200 /);
    const second = await openSocket(port);
    second.send(request);
    expect(await second.until(/\r\n\r\n/)).toMatch(/ 200 /);
    await first.closed;
  });
});
