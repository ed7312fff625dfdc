import http from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createGuardedFetch, type Resolve } from '../../../src/main/net/guarded-fetch.ts';
import type { GuardedResponse } from '../../../src/main/net/net.ts';

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

let answer: Answer = (_, response) => response.end();
const asked: http.IncomingMessage[] = [];
const server = http.createServer((request, response) => {
  asked.push(request);
  answer(request, response);
});
let base = '';
const hosts = ['api.twilio.com', '*.s3.amazonaws.com'];

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  base = `http://127.0.0.1:${portOf(server)}`;
});
afterEach(() => {
  asked.length = 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function portOf(one: Server): number {
  const address: AddressInfo | string | null = one.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const guarded = (lookup?: Resolve, idleTimeoutMs = 5_000) =>
  createGuardedFetch({
    allowedHosts: () => hosts,
    overrides: () => [base],
    idleTimeoutMs,
    ...(lookup === undefined ? {} : { lookup }),
  });

const ask = (url: string, more: Partial<Parameters<ReturnType<typeof guarded>>[0]> = {}) =>
  guarded()({ url, timeoutMs: 5_000, maxBytes: 1_000, ...more });

async function textOf(response: GuardedResponse): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of response.body) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('over HTTP', () => {
  test('gives status, headers, size and body, and asks for no compression', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-type': 'audio/wav' }).end('sound');
    const response = await ask(`${base}/x?y=1`, { headers: { Authorization: 'Basic abc' } });
    expect(response).toMatchObject({ status: 200, url: `${base}/x?y=1` });
    expect(response.headers['content-type']).toBe('audio/wav');
    expect(await textOf(response)).toBe('sound');
    expect(asked[0]?.headers).toMatchObject({ authorization: 'Basic abc', 'accept-encoding': 'identity' });
  });

  test('sends a body', async () => {
    answer = (request, response) => request.pipe(response.writeHead(201));
    const response = await ask(base, { method: 'POST', body: 'a=1' });
    expect([response.status, await textOf(response)]).toEqual([201, 'a=1']);
  });

  test('follows a redirect and drops credentials when the host changes', async () => {
    const other = http.createServer((request, response) => {
      asked.push(request);
      response.end('there');
    });
    await new Promise<void>((r) => other.listen(0, '127.0.0.1', () => r()));
    const otherBase = `http://127.0.0.1:${portOf(other)}`;
    answer = (request, response) =>
      request.url === '/a'
        ? response.writeHead(307, { location: '/b' }).end()
        : response.writeHead(302, { location: `${otherBase}/c` }).end();
    const both = createGuardedFetch({ allowedHosts: () => [], overrides: () => [base, otherBase] });
    const headers = { authorization: 'Basic abc', cookie: 'a=b', 'x-api-key': 'k', accept: 'audio/*' };
    const response = await both({ url: `${base}/a`, headers, timeoutMs: 5_000, maxBytes: 100 });
    expect([response.url, await textOf(response)]).toEqual([`${otherBase}/c`, 'there']);
    expect(asked[1]?.headers.authorization).toBe('Basic abc');
    expect(asked[2]?.headers).toMatchObject({ accept: 'audio/*' });
    for (const name of ['authorization', 'cookie', 'x-api-key'])
      expect(asked[2]?.headers[name]).toBeUndefined();
    other.closeAllConnections();
    other.close();
  });

  test('gives up after three redirects', async () => {
    answer = (_, response) => response.writeHead(302, { location: '/again' }).end();
    await expect(ask(base)).rejects.toMatchObject({ code: 'network_failed', retryable: true });
    expect(asked).toHaveLength(4);
  });

  test('refuses a compressed answer', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    await expect(ask(base)).rejects.toMatchObject({ code: 'network_failed', retryable: true });
  });

  test('caps the size by its word and by its bytes', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-length': '1001' }).end('x'.repeat(1001));
    await expect(ask(base)).rejects.toMatchObject({ code: 'too_large' });
    answer = (_, response) => {
      response.write('x'.repeat(600));
      response.end('x'.repeat(600));
    };
    await expect(textOf(await ask(base))).rejects.toMatchObject({ code: 'too_large' });
  });

  test('notices a body that ends before its promised length, and one that ends inside its chunks', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '500' }).write('half');
      setImmediate(() => response.socket?.destroySoon());
    };
    await expect(textOf(await ask(base))).rejects.toMatchObject({ code: 'truncated', retryable: true });
    answer = (_, response) => {
      response.writeHead(200).write('half');
      setImmediate(() => response.socket?.destroySoon());
    };
    await expect(textOf(await ask(base))).rejects.toMatchObject({ code: 'truncated', retryable: true });
  });

  test('ends an answer that never begins, one that stalls, and one that drips for ever', async () => {
    answer = () => {};
    await expect(ask(base, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'timed_out', retryable: true });
    const impatient = guarded(undefined, 50);
    const request = { url: base, timeoutMs: 60_000, maxBytes: 1_000 };
    await expect(impatient(request)).rejects.toMatchObject({ code: 'timed_out' });
    answer = (_, response) => {
      const drip = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(drip));
    };
    const slow = await ask(base, { timeoutMs: 150 });
    await expect(textOf(slow)).rejects.toMatchObject({ code: 'timed_out' });
  });

  test('stops when the caller does, before and during the body', async () => {
    const stopped = AbortSignal.abort();
    await expect(ask(base, { signal: stopped })).rejects.toMatchObject({ code: 'network_failed' });
    answer = (_, response) => response.writeHead(200).write('x');
    const controller = new AbortController();
    const response = await ask(base, { signal: controller.signal });
    controller.abort();
    await expect(textOf(response)).rejects.toMatchObject({ code: 'network_failed' });
  });

  test('a refused connection and an unknown name are network failures', async () => {
    const closed = createGuardedFetch({ allowedHosts: () => hosts, overrides: () => ['http://127.0.0.1:1'] });
    const request = { timeoutMs: 5_000, maxBytes: 10 };
    await expect(closed({ url: 'http://127.0.0.1:1/', ...request })).rejects.toMatchObject({
      code: 'network_failed',
      retryable: true,
    });
    const unknown = guarded(async () => {
      throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    });
    await expect(unknown({ url: 'https://api.twilio.com/', ...request })).rejects.toMatchObject({
      code: 'network_failed',
      retryable: true,
    });
  });

  test('a kept connection that the server has closed is replaced without an error', async () => {
    const fetch = guarded();
    answer = (_, response) => response.end('one');
    const request = { url: base, timeoutMs: 5_000, maxBytes: 100 };
    await textOf(await fetch(request));
    answer = (request_, response) => {
      if (asked.length === 2) request_.socket.resetAndDestroy();
      else response.end('two');
    };
    expect(await textOf(await fetch(request))).toBe('two');
    expect(asked).toHaveLength(3);
  });

  test('drain gives a connection back', async () => {
    answer = (_, response) => response.writeHead(404).end('not found');
    const fetch = guarded();
    const ports = new Set<number | undefined>();
    for (let i = 0; i < 3; i++) {
      await (await fetch({ url: base, timeoutMs: 5_000, maxBytes: 100 })).drain();
      ports.add(asked[i]?.socket.remotePort);
    }
    expect(ports.size).toBe(1);
  });
});
