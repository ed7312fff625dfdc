// What a provider sees: its callbacks are taken whatever their status, and a 2xx means that they are stored.
import { once } from 'node:events';
import twilio from 'twilio';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/main/domain/errors.ts';
import {
  authToken,
  callParameters,
  recordingParameters,
  sid,
  sign,
  signedRequest,
} from '../../twilio-callback.ts';
import { callPath, openSocket, publicUrl, rawRequest, recordingPath, startListener } from './listener.ts';

const callSid = sid('CA', 'a call');
const recordingSid = sid('RE', 'its recording');
const completed = recordingParameters({ callSid, recordingSid });
const formType = 'application/x-www-form-urlencoded; charset=UTF-8';

async function gate(): Promise<{ open: () => void; opened: Promise<void> }> {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('a rightly signed callback', () => {
  test('is stored with its raw bytes and answered 200', async () => {
    const { url, deliveries } = await startListener();
    const request = signedRequest(publicUrl, recordingPath, completed);
    const response = await fetch(url + recordingPath, request);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect(deliveries).toHaveLength(1);
    expect(Buffer.from(deliveries[0]?.body ?? []).toString()).toBe(request.body);
    expect(deliveries[0]).toMatchObject({
      source: 'webhook',
      verification: 'verified',
      label: 'recording completed',
    });
    expect(deliveries[0]?.headers.map(({ name }) => name)).toEqual([
      'content-type',
      'user-agent',
      'x-twilio-signature',
      'i-twilio-idempotency-token',
    ]);
  });

  test.each([
    'in-progress',
    'paused',
    'stopped',
    'processing',
    'completed',
    'absent',
    'deleted',
    'failed',
    'brand-new',
  ])('is taken with recording status %s', async (status) => {
    const { url, deliveries } = await startListener();
    const parameters = recordingParameters({ callSid, recordingSid, status });
    const response = await fetch(url + recordingPath, signedRequest(publicUrl, recordingPath, parameters));
    expect(response.status).toBe(200);
    expect(deliveries[0]).toMatchObject({ outcome: 'applied', label: `recording ${status}` });
  });

  test.each([
    'queued',
    'initiated',
    'ringing',
    'in-progress',
    'completed',
    'busy',
    'no-answer',
    'failed',
    'canceled',
    'brand-new',
  ])('is taken with call status %s', async (status) => {
    const { url, deliveries } = await startListener();
    const parameters = callParameters({ callSid, status, sequence: 1 });
    const response = await fetch(url + callPath, signedRequest(publicUrl, callPath, parameters));
    expect(response.status).toBe(200);
    expect(deliveries[0]).toMatchObject({ outcome: 'applied', label: `call ${status}` });
  });

  test('that says nothing understandable is kept and answered 200: asking again would not help', async () => {
    const { url, deliveries } = await startListener();
    const response = await fetch(url + callPath, signedRequest(publicUrl, callPath, { Weather: 'rain' }));
    expect(response.status).toBe(200);
    expect(deliveries[0]?.outcome).toBe('not_understood');
  });

  test('is accepted with a query, which the signature covers', async () => {
    const { url, deliveries } = await startListener();
    const request = signedRequest(publicUrl, `${recordingPath}?clinic=7`, completed);
    expect((await fetch(`${url}${recordingPath}?clinic=7`, request)).status).toBe(200);
    expect(deliveries[0]?.path).toBe(`${recordingPath}?clinic=7`);
    expect((await fetch(`${url}${recordingPath}?clinic=8`, request)).status).toBe(403);
    expect((await fetch(url + recordingPath, request)).status).toBe(403);
  });

  test('as the SDK signs it is accepted, repeated parameters and all', async () => {
    const { url } = await startListener();
    const parameters = { ...completed, Tag: ['b', 'a', 'b'], Name: 'Zoë 😀 +%&=' };
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters))
      for (const one of [value].flat()) body.append(name, one);
    const signature = twilio.getExpectedTwilioSignature(authToken, publicUrl + recordingPath, parameters);
    const response = await fetch(url + recordingPath, {
      method: 'POST',
      headers: { 'content-type': formType, 'x-twilio-signature': signature },
      body: body.toString(),
    });
    expect(response.status).toBe(200);
  });

  test('may come in chunks, byte by byte', async () => {
    const { port, deliveries } = await startListener();
    const body = new URLSearchParams(completed).toString();
    const raw = await openSocket(port);
    raw.socket.setNoDelay(true);
    raw.send(
      rawRequest('POST', recordingPath, {
        'Content-Type': formType,
        'X-Twilio-Signature': sign(publicUrl + recordingPath, completed),
        'Transfer-Encoding': 'chunked',
      }),
    );
    for (const character of body) raw.send(`1\r\n${character}\r\n`);
    raw.send('0\r\n\r\n');
    expect(await raw.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 200 /);
    expect(Buffer.from(deliveries[0]?.body ?? []).toString()).toBe(body);
  });

  test('waits for its 100-continue and gets it', async () => {
    const { port } = await startListener();
    const body = new URLSearchParams(completed).toString();
    const raw = await openSocket(port);
    raw.send(
      rawRequest('POST', recordingPath, {
        'Content-Type': formType,
        'X-Twilio-Signature': sign(publicUrl + recordingPath, completed),
        'Content-Length': body.length,
        Expect: '100-continue',
      }),
    );
    await raw.until(/100 Continue\r\n\r\n/);
    raw.send(body);
    expect(await raw.until(/ 200 /)).toMatch(/200 OK/);
  });

  test('is taken 64 times at once over kept-alive connections', async () => {
    const { url, deliveries } = await startListener();
    const statuses = await Promise.all(
      Array.from({ length: 192 }, async (_, i) => {
        const parameters = recordingParameters({
          callSid: sid('CA', `${i}`),
          recordingSid: sid('RE', `${i}`),
        });
        return (await fetch(url + recordingPath, signedRequest(publicUrl, recordingPath, parameters))).status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(new Set(deliveries.map(({ dedupeKey }) => dedupeKey)).size).toBe(192);
  });

  test('twice is the same fact: same key, both answered 200', async () => {
    const { url, deliveries } = await startListener();
    for (let i = 0; i < 2; i++) {
      expect(
        (await fetch(url + recordingPath, signedRequest(publicUrl, recordingPath, completed))).status,
      ).toBe(200);
    }
    expect(deliveries[0]?.dedupeKey).toBe(deliveries[1]?.dedupeKey);
    expect(deliveries[0]?.events).toEqual(deliveries[1]?.events);
  });

  test('is not answered before it is stored', async () => {
    const { open, opened } = await gate();
    const listener = await startListener({ beforeStored: () => opened });
    let answered = false;
    const response = fetch(
      listener.url + recordingPath,
      signedRequest(publicUrl, recordingPath, completed),
    ).then(({ status }) => {
      answered = true;
      return status;
    });
    await fetch(`${listener.url}/healthz`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(answered).toBe(false);
    open();
    expect(await response).toBe(200);
  });

  test('that cannot be stored is answered 503, never 2xx or 4xx, and noted', async () => {
    const listener = await startListener({
      beforeStored: () => Promise.reject(new AppError('disk_full', 'No space is left on this computer.')),
    });
    const response = await fetch(
      listener.url + recordingPath,
      signedRequest(publicUrl, recordingPath, completed),
    );
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('');
    await expect.poll(() => listener.refusals).toMatchObject([{ reason: 'cannot_store', httpStatus: 503 }]);
    expect(listener.logged.join('')).toContain('disk_full');
  });

  test('that trips over a fault of ours is answered 503 as well', async () => {
    const listener = await startListener({
      apply: () => {
        throw new TypeError('a fault');
      },
    });
    const response = await fetch(
      listener.url + recordingPath,
      signedRequest(publicUrl, recordingPath, completed),
    );
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('');
  });

  test('passes the named points where a fault test may kill the process', async () => {
    const points: string[] = [];
    const { url } = await startListener({ crashPoint: (name) => points.push(name) });
    await fetch(url + recordingPath, signedRequest(publicUrl, recordingPath, completed));
    await fetch(url + recordingPath, { method: 'POST', headers: { 'content-type': formType } });
    await expect.poll(() => points).toEqual(['webhook:verified', 'webhook:before-2xx', 'webhook:after-2xx']);
  });

  test('under way is still answered when the listener stops', async () => {
    const { open, opened } = await gate();
    const listener = await startListener({ beforeStored: () => opened, limits: { closeGraceMs: 5_000 } });
    const raw = await openSocket(listener.port);
    const body = new URLSearchParams(completed).toString();
    const headers = {
      'Content-Type': formType,
      'X-Twilio-Signature': sign(publicUrl + recordingPath, completed),
      'Content-Length': body.length,
    };
    raw.send(rawRequest('POST', recordingPath, headers, body));
    // A second request proves that the first has been read.
    await fetch(`${listener.url}/healthz`);
    const closed = listener.close();
    setTimeout(open, 30);
    expect(await raw.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 200 /);
    await closed;
    await raw.closed;
  });
});

describe('the listener', () => {
  test('names a port that is taken and the setting that chooses another', async () => {
    const { port } = await startListener();
    const { createWebhookServer } = await import('../../../src/main/webhooks/server.ts');
    const { createServer } = await import('node:http');
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const address = squatter.address();
    const taken = typeof address === 'object' && address !== null ? address.port : port;
    const server = createWebhookServer({
      providers: [],
      tunnel: { acceptedUrls: () => [], retiredUrls: () => [] },
      apply: () => Promise.reject(new Error('unused')),
      audio: {
        storage: { create: () => Promise.reject(new Error('unused')), freeBytes: async () => null },
        receive: () => Promise.reject(new Error('unused')),
      },
      store: { recordRefusal: () => Promise.resolve() },
      clock: { now: () => 0, scale: 1, delay: () => Promise.resolve(), every: () => () => undefined },
      log: { debug() {}, info() {}, warn() {}, error() {} },
      newId: () => 'x',
      keepRefusedUntilMs: () => null,
    });
    await expect(server.listen(taken, '127.0.0.1')).rejects.toMatchObject({
      code: 'port_taken',
      message: `Port ${taken} is in use by another program; choose another with TAPEDECK_WEBHOOK_PORT.`,
    });
    await server.close();
    squatter.close();
  });
});
