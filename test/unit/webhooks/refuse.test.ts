// What strangers see: bare statuses, nothing stored, a bounded note of what was refused.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { recordingParameters, sid, sign, signedRequest } from '../../twilio-callback.ts';
import { openSocket, publicUrl, rawRequest, recordingPath, startListener } from './listener.ts';

const parameters = recordingParameters({
  callSid: sid('CA', 'a call'),
  recordingSid: sid('RE', 'its recording'),
});
const body = new URLSearchParams(parameters).toString();
const signature = sign(publicUrl + recordingPath, parameters);
const formType = 'application/x-www-form-urlencoded';
const limitBytes = 64 * 1024;

function post(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url + recordingPath, { ...signedRequest(publicUrl, recordingPath, parameters), ...init });
}

describe('answers 404 before any body', () => {
  test.each([
    ['POST', '/'],
    ['POST', '/webhooks'],
    ['POST', '/webhooks/'],
    ['POST', '/webhooks/twilio-recording/'],
    ['POST', '/Webhooks/Twilio-Recording'],
    ['POST', '/webhooks/twilio%2Drecording'],
    ['POST', '//webhooks/twilio-recording'],
    ['POST', '/x/../webhooks/twilio-recording'],
    ['POST', '/webhooks/twilio-recording;x'],
    ['POST', `http://evil.example${recordingPath}`],
    ['POST', '/%'],
    ['POST', '/%c0%ae'],
    ['GET', '/api/calls.list'],
    ['POST', '/api/calls.list'],
    ['GET', '/media/rec_1'],
    ['OPTIONS', '/anything'],
    ['DELETE', '/anything'],
    ['TRACE', '/anything'],
    ['PROPFIND', '/anything'],
    ['GET', '/healthz/'],
  ])('to %s %s', async (method, target) => {
    const { port, refusals } = await startListener();
    const raw = await openSocket(port);
    // The body is promised and never sent.
    raw.send(rawRequest(method, target, { 'Content-Type': formType, 'Content-Length': 600 }));
    expect(await raw.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(raw.text()).toMatch(/Content-Length: 0\r\n/);
    await raw.closed;
    expect(refusals).toEqual([]);
  });

  test('and hangs up on a sender that goes on sending', async () => {
    const { port } = await startListener();
    const raw = await openSocket(port);
    raw.send(rawRequest('POST', '/elsewhere', { 'Transfer-Encoding': 'chunked' }));
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 'x'), Buffer.from('\r\n')]);
    const flood = setInterval(() => raw.send(chunk), 1);
    await raw.closed;
    clearInterval(flood);
    expect(raw.text()).toMatch(/^HTTP\/1\.1 404 /);
  });
});

test('answers GET /healthz with a bare 200 and other methods with 405', async () => {
  const { url, refusals } = await startListener();
  const healthy = await fetch(`${url}/healthz`);
  expect(healthy.status).toBe(200);
  expect(await healthy.text()).toBe('');
  expect([...healthy.headers.keys()].sort()).toEqual(['connection', 'content-length', 'date', 'keep-alive']);
  expect((await fetch(`${url}/healthz`, { method: 'HEAD' })).status).toBe(200);
  const posted = await fetch(`${url}/healthz`, { method: 'POST', body: 'x' });
  expect(posted.status).toBe(405);
  expect(posted.headers.get('allow')).toBe('GET, HEAD');
  expect(refusals).toEqual([]);
});

describe('refuses and notes', () => {
  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'])(
    '%s on a known path: 405',
    async (method) => {
      const { url, refusals, deliveries } = await startListener();
      const response = await fetch(url + recordingPath, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
      await expect.poll(() => refusals).toMatchObject([{ reason: 'wrong_method', httpStatus: 405 }]);
      expect(deliveries).toEqual([]);
    },
  );

  test.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x', `${formType}x`, ''])(
    'the content type %j: 415',
    async (type) => {
      const { port, refusals } = await startListener();
      const raw = await openSocket(port);
      const headers = { 'X-Twilio-Signature': signature, 'Content-Length': body.length };
      raw.send(
        rawRequest('POST', recordingPath, type === '' ? headers : { ...headers, 'Content-Type': type }, body),
      );
      expect(await raw.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 415 /);
      await expect.poll(() => refusals).toMatchObject([{ reason: 'wrong_content_type', bodySha256: null }]);
    },
  );

  test.each(['gzip', 'deflate', 'br', 'zstd', 'identity, gzip', 'GZIP'])(
    'the encoding %s: 415',
    async (encoding) => {
      const { port, refusals, deliveries } = await startListener();
      const packed = gzipSync(body);
      const raw = await openSocket(port);
      const headers = {
        'Content-Type': formType,
        'X-Twilio-Signature': signature,
        'Content-Length': packed.length,
        'Content-Encoding': encoding,
      };
      raw.send(rawRequest('POST', recordingPath, headers, packed));
      expect(await raw.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 415 /);
      await expect.poll(() => refusals).toMatchObject([{ reason: 'content_encoding' }]);
      expect(deliveries).toEqual([]);
    },
  );

  test('takes the encoding identity for what it is', async () => {
    const { url } = await startListener();
    const request = signedRequest(publicUrl, recordingPath, parameters);
    const headers = { ...(request.headers as Record<string, string>), 'content-encoding': 'identity' };
    expect((await fetch(url + recordingPath, { ...request, headers })).status).toBe(200);
  });

  test('a promised body over the limit at once: 413', async () => {
    const { port, refusals } = await startListener();
    const raw = await openSocket(port);
    raw.send(
      rawRequest('POST', recordingPath, { 'Content-Type': formType, 'Content-Length': limitBytes + 1 }),
    );
    expect(await raw.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 413 /);
    expect(raw.text()).toMatch(/Connection: close\r\n/i);
    await raw.closed;
    expect(refusals).toMatchObject([{ reason: 'too_large', sizeBytes: limitBytes + 1, bodySha256: null }]);
  });

  test('a large body that is sent whole: the sender can read the 413', async () => {
    const { url, deliveries } = await startListener();
    for (const sizeBytes of [limitBytes + 1, 700_000]) {
      const response = await post(url, { body: 'x'.repeat(sizeBytes) });
      expect(response.status).toBe(413);
    }
    expect(deliveries).toEqual([]);
  });

  test('a chunked body once it passes the limit: 413, and the connection is closed', async () => {
    const { port, refusals } = await startListener();
    const raw = await openSocket(port);
    raw.send(rawRequest('POST', recordingPath, { 'Content-Type': formType, 'Transfer-Encoding': 'chunked' }));
    for (let i = 0; i < 5; i++) raw.send(`4000\r\n${'x'.repeat(0x4000)}\r\n`);
    expect(await raw.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 413 /);
    await raw.closed;
    expect(refusals).toMatchObject([{ reason: 'too_large' }]);
  });

  test('a body of exactly the limit is read', async () => {
    const { url } = await startListener();
    const filler = { ...parameters, Filler: '' };
    const restBytes = limitBytes - new URLSearchParams(filler).toString().length;
    const full = signedRequest(publicUrl, recordingPath, { ...filler, Filler: 'x'.repeat(restBytes) });
    expect(full.body).toHaveLength(limitBytes);
    expect((await fetch(url + recordingPath, full)).status).toBe(200);
  });

  test('a wrong signature: 403 and what can be told without the body', async () => {
    const { url, refusals, deliveries, logged } = await startListener();
    const response = await post(url, { body: `${body}&Extra=1` });
    expect(response.status).toBe(403);
    expect(await response.text()).toBe('');
    await expect.poll(() => refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({
      providerId: 'twilio',
      path: recordingPath,
      reason: 'bad_signature',
      httpStatus: 403,
      sizeBytes: body.length + 8,
      bodySha256: createHash('sha256').update(`${body}&Extra=1`).digest('hex'),
      body: null,
    });
    expect(refusals[0]?.headerNames).toEqual(expect.arrayContaining(['x-twilio-signature', 'content-type']));
    expect(deliveries).toEqual([]);
    expect(logged.join('')).not.toContain(signature);
    expect(logged.join('')).not.toContain('CA');
  });

  test('a missing signature, an empty one, two of them: 403', async () => {
    const { port, refusals } = await startListener();
    const reasons: string[] = [];
    const both = `${signature}\r\nX-Twilio-Signature: ${signature}`;
    for (const given of [null, '', both, `${signature}, ${signature}`]) {
      const raw = await openSocket(port);
      const headers = { 'Content-Type': formType, 'Content-Length': body.length };
      const signed = given === null ? headers : { ...headers, 'X-Twilio-Signature': given };
      raw.send(rawRequest('POST', recordingPath, signed, body));
      expect(await raw.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 403 /);
    }
    await expect.poll(() => refusals).toHaveLength(4);
    for (const { reason } of refusals) reasons.push(reason);
    expect(reasons).toEqual(['signature_missing', 'signature_missing', 'bad_signature', 'bad_signature']);
  });

  test('a signature over the Host header or X-Forwarded-Host: 403', async () => {
    const { port } = await startListener();
    for (const origin of ['https://evil.example', 'http://evil.example', `http://127.0.0.1:${port}`]) {
      const raw = await openSocket(port);
      const headers = {
        'Content-Type': formType,
        'X-Forwarded-Host': 'evil.example',
        'X-Forwarded-Proto': 'https',
        'X-Twilio-Signature': sign(origin + recordingPath, parameters),
        'Content-Length': body.length,
      };
      raw.send(rawRequest('POST', recordingPath, headers, body));
      expect(await raw.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 403 /);
    }
  });

  test('everything while the secret is not set: 503', async () => {
    const { url, refusals, deliveries } = await startListener({ token: undefined });
    expect((await post(url)).status).toBe(503);
    await expect.poll(() => refusals).toMatchObject([{ reason: 'secret_missing', httpStatus: 503 }]);
    expect(deliveries).toEqual([]);
  });

  test('with the body only while keeping is on, and never a large one', async () => {
    let untilMs: number | null = Date.now() + 60_000;
    const { url, refusals } = await startListener({ keepRefusedUntilMs: () => untilMs });
    await post(url, { body: 'kept' });
    untilMs = Date.now() - 1;
    await post(url, { body: 'not kept' });
    untilMs = null;
    await post(url, { body: 'not kept' });
    await expect.poll(() => refusals).toHaveLength(3);
    expect(refusals.map((row) => row.body && Buffer.from(row.body).toString())).toEqual(['kept', null, null]);
  });

  test('a flood with a few notes, the rest counted, the provider still served', async () => {
    let asked = 0;
    const listener = await startListener({ onRefused: () => asked++, monotonicMs: () => 0 });
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async () => (await post(listener.url, { body: 'forged' })).status),
    );
    expect(new Set(statuses)).toEqual(new Set([403]));
    expect((await post(listener.url)).status).toBe(200);
    await expect.poll(() => listener.refusals).toHaveLength(20);
    expect(asked).toBe(20);
  });

  test('and goes on when even the note cannot be stored', async () => {
    const { url, logged } = await startListener({
      store: { recordRefusal: () => Promise.reject(new Error('full')) },
    });
    expect((await post(url, { body: 'forged' })).status).toBe(403);
    expect((await post(url)).status).toBe(200);
    expect(logged.join('')).toContain('refused request not listed');
  });
});

describe('bare 400 and a closed connection', () => {
  test.each([
    ['not HTTP at all', Buffer.from('\x16\x03\x01\x02\x00 hello\r\n\r\n')],
    ['a bad version', Buffer.from('GET / HTTP/9.9\r\n\r\n')],
    ['two lengths', rawRequest('POST', recordingPath, { 'Content-Length': 5, 'content-length': 6 }, 'hello')],
    [
      'a length and chunks',
      rawRequest('POST', recordingPath, { 'Content-Length': 5, 'Transfer-Encoding': 'chunked' }),
    ],
    ['a negative length', rawRequest('POST', recordingPath, { 'Content-Length': -1 })],
    ['a header of 20 KB', rawRequest('POST', recordingPath, { 'X-Long': 'x'.repeat(20_000) }), 431],
    ['a NUL in a header', rawRequest('POST', recordingPath, { 'X-Nul': 'a\0b' })],
  ])('for %s', async (_name, bytes, status = 400) => {
    const { port, deliveries } = await startListener();
    const raw = await openSocket(port);
    raw.send(bytes);
    expect(await raw.until(/\r\n\r\n/)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
    await raw.closed;
    expect(raw.text()).toMatch(/Content-Length: 0\r\n\r\n$/);
    expect(deliveries).toEqual([]);
  });
});

test('says nothing of itself in any answer', async () => {
  const { url } = await startListener();
  for (const path of ['/', '/healthz', recordingPath]) {
    const response = await fetch(url + path);
    for (const name of ['x-powered-by', 'server', 'etag', 'content-security-policy']) {
      expect(response.headers.get(name)).toBeNull();
    }
    expect(await response.text()).toBe('');
  }
});
