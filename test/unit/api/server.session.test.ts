// Who may ask: token, cookie and one-time code of the private listener, and the known ways round them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Listener, startListener, token } from './parts.ts';
import { ask } from './raw-request.ts';
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

describe('token', () => {
  test('anything but the whole token gets 401', async () => {
    const tries = [
      {},
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer ' },
      { authorization: `Bearer ${token.slice(0, -1)}` },
      { authorization: `Bearer ${token}x` },
      { authorization: `Bearer ${token} ${token}` },
      { authorization: `bearer ${token}` },
      { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` },
      { authorization: token },
      { 'x-api-key': token },
      { cookie: `tapedeck-0a1b2c3d4e5f=${token}` },
    ];
    for (const headers of tries) {
      const answer = await call(headers);
      expect([headers, answer.status]).toEqual([headers, 401]);
      expect(JSON.parse(answer.text)).toMatchObject({ ok: false, error: { code: 'unauthorized' } });
    }
  });

  test('a token in the address counts for nothing', async () => {
    for (const name of ['token', 'access_token', 'code', 'authorization']) {
      expect((await call({}, '{}', `/api/calls.list?${name}=${token}`)).status).toBe(401);
      expect((await ask(port, { path: `/media/rec_1?${name}=${token}` })).status).toBe(401);
    }
    expect(listener.asked).toEqual([]);
  });

  test('a wrong token is not helped by a good cookie', async () => {
    const cookie = await cookieFrom(listener);
    expect((await call({ cookie, authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await call({ cookie })).status).toBe(200);
  });

  test('every door asks for it, whatever the spelling of the path', async () => {
    const paths = [
      '/api/calls.list',
      '/api/events',
      '/api/openapi.json',
      '/media/rec_00000000000000000000000000',
      '/media/rec_00000000000000000000000000/peaks',
      '/assets/index.js',
      '/index.html',
      '/?',
      '//api/openapi.json',
      '/./api/openapi.json',
      '/x/../api/openapi.json',
      '/%61pi/openapi.json',
      '/api/openapi.json/',
      '/API/openapi.json',
      '/api/openapi.json?code=x',
      '/api%2fopenapi.json',
      '/..%2f..%2fetc/passwd',
      '/session/code',
    ];
    for (const path of paths) {
      for (const method of ['GET', 'HEAD', 'POST']) {
        const answer = await ask(port, { method, path });
        expect([method, path, answer.status]).toEqual([method, path, 401]);
        expect(answer.text).not.toContain('3.1.0');
      }
    }
  });
});

describe('cookie', () => {
  test('of another instance opens nothing, even under our name', async () => {
    const other = await startListener({ instanceId: 'ffffffffffff', token: 'another-token-of-another-run' });
    try {
      const foreign = await cookieFrom(other);
      expect(
        (await ask(other.port, { path: '/api/openapi.json', headers: { cookie: foreign } })).status,
      ).toBe(200);
      expect((await call({ cookie: foreign })).status).toBe(401);
      const renamed = foreign.replace('tapedeck-ffffffffffff', 'tapedeck-0a1b2c3d4e5f');
      expect((await call({ cookie: renamed })).status).toBe(401);
      // Both consoles in one browser: cookies ignore ports, so each request carries both.
      expect((await call({ cookie: `${foreign}; ${await cookieFrom(listener)}` })).status).toBe(200);
    } finally {
      await other.server.close();
    }
  });

  test('that was changed, cut or copied from a code opens nothing', async () => {
    const cookie = await cookieFrom(listener);
    const [name = '', value = ''] = cookie.split('=');
    const [createdAt = '', nonce = '', signature = ''] = value.split('.');
    const forged = [
      `${name}=`,
      `${name}=${createdAt}.${nonce}`,
      `${name}=${createdAt}.${nonce}.`,
      `${name}=${Number(createdAt) + 1}.${nonce}.${signature}`,
      `${name}=${createdAt}.${nonce}.${signature}.x`,
      `${name}=${createdAt}.${nonce}.${signature.slice(0, -1)}`,
      `${name}x=${value}`,
      `x${name}=${value}`,
      `${name} =${value}`,
    ];
    for (const bad of forged) expect([bad, (await call({ cookie: bad })).status]).toEqual([bad, 401]);
    expect((await call({ cookie: `a=b; ${cookie}; c=d` })).status).toBe(200);
  });

  test('cannot be read by scripts, is not sent from other sites, and ends after 30 days', async () => {
    const own = await startListener();
    try {
      const { headers } = await ask(own.port, { path: `/${new URL(own.server.newCodeUrl()).search}` });
      expect(headers['set-cookie']?.[0]).toMatch(
        /^tapedeck-0a1b2c3d4e5f=[\w.-]+; Path=\/; HttpOnly; SameSite=Strict$/,
      );
      const cookie = headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
      own.clock.advance(30 * 24 * 60 * 60_000 - 1);
      expect((await ask(own.port, { path: '/api/openapi.json', headers: { cookie } })).status).toBe(200);
      own.clock.advance(1);
      expect((await ask(own.port, { path: '/api/openapi.json', headers: { cookie } })).status).toBe(401);
    } finally {
      await own.server.close();
    }
  });

  test('cannot make further sign-in addresses; the token can', async () => {
    const cookie = await cookieFrom(listener);
    expect((await ask(port, { method: 'POST', path: '/session/code', headers: { cookie } })).status).toBe(
      401,
    );
    expect((await ask(port, { method: 'GET', path: '/session/code', headers: bearer })).status).toBe(404);
    const { text, status } = await ask(port, { method: 'POST', path: '/session/code', headers: bearer });
    expect(status).toBe(200);
    const { url } = JSON.parse(text) as { url: string };
    expect((await ask(port, { path: `/${new URL(url).search}` })).status).toBe(303);
  });
});

describe('one-time code', () => {
  const pathOf = (url: string): string => `/${new URL(url).search}`;

  test('opens one session and leaves the address bar', async () => {
    const path = pathOf(listener.server.newCodeUrl());
    const first = await ask(port, { path });
    expect([first.status, first.headers['location']]).toEqual([303, '/']);
    const second = await ask(port, { path });
    expect(second.status).toBe(401);
    expect(second.headers['set-cookie']).toBeUndefined();
    expect(second.text).toContain('npm run open');
  });

  test('used twice at once opens one session', async () => {
    const path = pathOf(listener.server.newCodeUrl());
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(port, { path })));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  });

  test('is not used up by HEAD, and not accepted by it', async () => {
    const path = pathOf(listener.server.newCodeUrl());
    const head = await ask(port, { method: 'HEAD', path });
    expect([head.status, head.headers['set-cookie']]).toEqual([401, undefined]);
    expect((await ask(port, { path })).status).toBe(303);
  });

  test('is too old after ten minutes', async () => {
    const own = await startListener();
    try {
      const young = pathOf(own.server.newCodeUrl());
      own.clock.advance(10 * 60_000 - 1);
      expect((await ask(own.port, { path: young })).status).toBe(303);
      const old = pathOf(own.server.newCodeUrl());
      own.clock.advance(10 * 60_000);
      expect((await ask(own.port, { path: old })).status).toBe(401);
    } finally {
      await own.server.close();
    }
  });

  test('cannot be guessed from a part, repeated as a list, or kept open by the thousand', async () => {
    const own = await startListener();
    try {
      const first = pathOf(own.server.newCodeUrl());
      expect((await ask(own.port, { path: first.slice(0, -1) })).status).toBe(401);
      expect((await ask(own.port, { path: `${first}&code=x` })).status).toBe(401);
      for (let i = 0; i < 40; i++) own.server.newCodeUrl();
      expect((await ask(own.port, { path: first })).status).toBe(401);
      expect((await ask(own.port, { path: pathOf(own.server.newCodeUrl()) })).status).toBe(303);
    } finally {
      await own.server.close();
    }
  });

  test('from a link on a foreign page goes on in a navigation of our own, so that the cookie is sent', async () => {
    const answer = await ask(port, {
      path: pathOf(listener.server.newCodeUrl()),
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toHaveLength(1);
    expect(answer.text).toContain('http-equiv="refresh"');
  });
});
