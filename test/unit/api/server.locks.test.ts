// Where a request comes from and what it carries: each lock of the private listener, and the known ways round it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentSecurityPolicy } from '../../../src/main/api/security-headers.ts';
import { type Listener, startListener, token } from './parts.ts';
import { ask, sendBytes } from './raw-request.ts';
import { bearer, cookieFrom, post } from './signed-in.ts';

let listener: Listener;
let port: number;

beforeAll(async () => {
  listener = await startListener();
  port = listener.port;
});
afterAll(() => listener.server.close());

const call = (headers: Record<string, string | string[]>, body?: string, path?: string) =>
  post(port, headers, body, path);

describe('Host', () => {
  test('only the two exact addresses are answered', async () => {
    expect((await call({ ...bearer, host: `127.0.0.1:${port}` })).status).toBe(200);
    expect((await call({ ...bearer, host: `localhost:${port}` })).status).toBe(200);
  });

  test('names that lead here and other forms of the address get 421, even with the token', async () => {
    const hosts = [
      'rebind.attacker.example',
      `rebind.attacker.example:${port}`,
      `127.0.0.1.nip.io:${port}`,
      `localhost.attacker.example:${port}`,
      `attacker.example@127.0.0.1:${port}`,
      '127.0.0.1',
      'localhost',
      `127.0.0.1:${port + 1}`,
      `127.0.0.1:0${port}`,
      `127.0.0.1:${port}.`,
      `localhost.:${port}`,
      `0.0.0.0:${port}`,
      `127.1:${port}`,
      `2130706433:${port}`,
      `[::1]:${port}`,
      `[::ffff:127.0.0.1]:${port}`,
      `127.0.0.1:${port},attacker.example`,
    ];
    for (const host of hosts) {
      const answer = await call({ ...bearer, host });
      expect([host, answer.status]).toEqual([host, 421]);
      expect(answer.text).not.toContain('call_1');
    }
  });

  test('two Hosts, a foreign request line or none at all get nowhere', async () => {
    const good = `Host: 127.0.0.1:${port}\r\n`;
    const end = `Authorization: Bearer ${token}\r\nConnection: close\r\n\r\n`;
    const path = '/api/openapi.json';
    expect(await sendBytes(port, `GET ${path} HTTP/1.1\r\n${good}${end}`)).toBe(200);
    expect(await sendBytes(port, `GET ${path} HTTP/1.1\r\n${good}Host: attacker.example\r\n${end}`)).not.toBe(
      200,
    );
    expect(await sendBytes(port, `GET http://attacker.example${path} HTTP/1.1\r\n${good}${end}`)).toBe(421);
    expect(await sendBytes(port, `GET ${path} HTTP/1.1\r\n${end}`)).toBe(400);
    expect(await sendBytes(port, `GET ${path} HTTP/1.0\r\n${end}`)).toBe(421);
    expect(await sendBytes(port, `CONNECT 127.0.0.1:${port} HTTP/1.1\r\n${good}${end}`)).not.toBe(200);
  });

  test('X-Forwarded-Host and Forwarded change nothing', async () => {
    const forwarded = { 'x-forwarded-host': `127.0.0.1:${port}`, forwarded: `host=127.0.0.1:${port}` };
    expect((await call({ ...bearer, ...forwarded, host: 'attacker.example' })).status).toBe(421);
  });
});

test('headers that are too large get 431', async () => {
  const head = `GET /api/openapi.json HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`;
  expect(await sendBytes(port, `${head}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`)).toBe(431);
});

describe('Origin and Sec-Fetch-Site', () => {
  test('requests of other pages are refused, with a cookie, too', async () => {
    const cookie = await cookieFrom(listener);
    const origins = [
      'null',
      '',
      'https://attacker.example',
      'http://127.0.0.1',
      `http://127.0.0.1:${port + 1}`,
      'http://localhost:3000',
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port}.attacker.example`,
      `http://attacker.example:${port}`,
      `http://localhost:${port}`,
      'file://',
    ];
    for (const origin of origins) {
      const answer = await call({ cookie, origin });
      expect([origin, answer.status]).toEqual([origin, 403]);
      expect(answer.text).toContain('forbidden_origin');
    }
    expect((await call({ cookie, origin: `http://127.0.0.1:${port}` })).status).toBe(200);
  });

  test('a page on another port of this computer is a stranger, though browsers call it same-site', async () => {
    const cookie = await cookieFrom(listener);
    for (const site of ['cross-site', 'same-site', 'Same-Origin', 'anything']) {
      const headers = { cookie, 'sec-fetch-site': site };
      expect((await call(headers)).status).toBe(403);
      for (const path of ['/api/events', '/media/rec_1', '/api/openapi.json', '/assets/index.js']) {
        expect((await ask(port, { path, headers })).status).toBe(403);
      }
    }
    expect((await call({ cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await call({ cookie, 'sec-fetch-site': 'none' })).status).toBe(200);
  });

  test('only opening the front page as a whole is allowed from elsewhere', async () => {
    const navigation = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await ask(port, { path: '/', headers: navigation })).status).toBe(401);
    expect((await ask(port, { path: '/?code=x', headers: navigation })).status).toBe(401);
    expect(
      (await ask(port, { path: '/', headers: { ...navigation, 'sec-fetch-dest': 'iframe' } })).status,
    ).toBe(403);
    expect(
      (await ask(port, { path: '/', headers: { ...navigation, 'sec-fetch-mode': 'no-cors' } })).status,
    ).toBe(403);
    expect((await ask(port, { path: '//', headers: navigation })).status).toBe(403);
    expect((await ask(port, { path: '/api/events', headers: navigation })).status).toBe(403);
    expect((await ask(port, { method: 'POST', path: '/', headers: navigation })).status).toBe(403);
  });

  test('no permission is ever given to a preflight or a foreign page', async () => {
    for (const method of ['OPTIONS', 'TRACE', 'PUT', 'DELETE', 'PATCH', 'PROPFIND']) {
      const answer = await ask(port, { method, path: '/api/calls.list', headers: bearer });
      expect([method, answer.status]).toEqual([method, 405]);
      expect(answer.headers['allow']).toBe('GET, HEAD, POST');
    }
    const preflight = await ask(port, {
      method: 'OPTIONS',
      path: '/api/calls.list',
      headers: { origin: 'https://attacker.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(403);
    expect(Object.keys(preflight.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('content', () => {
  test('a body that a form could send is refused before it is parsed', async () => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain; application/json',
      'application/json; charset=utf-16',
      'application/jsonx',
      'text/json',
      '',
    ];
    for (const type of types) {
      const answer = await call({ ...bearer, 'content-type': type });
      expect([type, answer.status]).toEqual([type, 415]);
    }
    const bare = await ask(port, { method: 'POST', path: '/api/calls.list', headers: bearer });
    expect(bare.status).toBe(415);
    expect((await call({ ...bearer, 'content-type': 'application/json; charset=utf-8' })).status).toBe(200);
    expect((await call({ ...bearer, 'content-encoding': 'gzip' }, 'x')).status).toBe(415);
  });

  test('more than 1 MB gets 413, broken JSON 400, both with a code', async () => {
    const large = await call(bearer, `{"q":"${'x'.repeat(1024 * 1024)}"}`);
    expect([large.status, JSON.parse(large.text)]).toMatchObject([413, { error: { code: 'too_large' } }]);
    for (const body of ['{', '{"limit":}', '\u0000', '{"a":1}}']) {
      const broken = await call(bearer, body);
      expect([broken.status, JSON.parse(broken.text)]).toMatchObject([400, { error: { code: 'bad_input' } }]);
      expect(broken.text).not.toMatch(/SyntaxError|position/);
    }
    expect((await ask(port, { path: '/media/%E0%A4%A', headers: bearer })).status).toBe(400);
  });

  test('names that every object has are no procedures, and polluting keys change nothing', async () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect((await call(bearer, '{}', `/api/${name}`)).status).toBe(404);
    }
    const polluted = await call(bearer, '{"__proto__":{"limit":1},"constructor":{"prototype":{"x":1}}}');
    expect([polluted.status, polluted.text.includes('after-1')]).toEqual([400, false]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test('procedures are called with POST only', async () => {
    const answer = await ask(port, { path: '/api/calls.list', headers: bearer });
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
  });

  test('every answer, refusals too, carries the policy', async () => {
    for (const asked of [
      { headers: bearer },
      {},
      { headers: { host: 'attacker.example' } },
      { method: 'OPTIONS' },
    ]) {
      const { headers } = await ask(port, { path: '/api/openapi.json', ...asked });
      expect(headers).toMatchObject({
        'content-security-policy': contentSecurityPolicy,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(headers['x-powered-by']).toBeUndefined();
    }
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:/);
  });

  test('nothing that was shown is written to the log', () => {
    const logged = JSON.stringify(listener.log.lines);
    expect(logged).not.toContain(token);
    expect(logged).not.toContain('attacker');
  });
});
