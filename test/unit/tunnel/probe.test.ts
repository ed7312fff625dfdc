import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGuardedFetch } from '../../../src/main/net/guarded-fetch.ts';
import { createProbe, healthHeader } from '../../../src/main/tunnel/probe.ts';

let answer: (response: ServerResponse) => void;
let asked: string[];
let url: string;
const server = () =>
  createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(response);
  });
let running: ReturnType<typeof server>;

beforeEach(async () => {
  asked = [];
  running = server();
  running.listen(0, '127.0.0.1');
  await once(running, 'listening');
  url = `http://127.0.0.1:${(running.address() as AddressInfo).port}`;
});
afterEach(() => {
  running.closeAllConnections();
  running.close();
});

const probeOf = (allowed: string) =>
  createProbe({
    healthId: 'this-run',
    fetch: createGuardedFetch({ allowedHosts: () => [], overrides: () => [allowed] }),
  });
const heads = (status: number, headers: Record<string, string>) => (response: ServerResponse) =>
  response.writeHead(status, headers).end();

it.each([
  ['this very run', 200, { [healthHeader]: 'this-run' }, 'ours', null],
  ['another run', 200, { [healthHeader]: 'another-run' }, 'elsewhere', null],
  ['something else', 200, {}, 'elsewhere', null],
  ['a parked domain', 404, {}, 'elsewhere', null],
  ['a gateway without us behind it', 502, {}, 'silent', null],
  [
    'ngrok for an address that is offline',
    404,
    { 'ngrok-error-code': 'ERR_NGROK_3200' },
    'silent',
    'ERR_NGROK_3200',
  ],
  ['somebody who writes into the code', 404, { 'ngrok-error-code': 'call 555' }, 'elsewhere', null],
] as const)('knows %s', async (_who, status, headers, found, providerCode) => {
  answer = heads(status, headers);
  expect(await probeOf(url)(`${url}/in/front`)).toEqual({ found, providerCode });
  expect(asked).toEqual(['GET /in/front/healthz']);
});

it('is silent where nobody listens', async () => {
  running.close();
  expect(await probeOf(url)(url)).toEqual({ found: 'silent', providerCode: null });
});

it('asks no host but the one it was handed out for', async () => {
  answer = heads(200, { [healthHeader]: 'this-run' });
  expect(await probeOf('https://clinic.example')(url)).toMatchObject({ found: 'elsewhere' });
  expect(asked).toEqual([]);
});

it('does not follow to another place, such as the page of a hotel network', async () => {
  answer = heads(302, { location: 'http://127.0.0.2/login' });
  expect(await probeOf(url)(url)).toMatchObject({ found: 'elsewhere' });
});
