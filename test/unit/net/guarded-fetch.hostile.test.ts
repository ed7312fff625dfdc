import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isMetadataAddress, isPublicAddress } from '../../../src/main/net/address-policy.ts';
import { createGuardedFetch, type Resolve } from '../../../src/main/net/guarded-fetch.ts';
import { checkRedirect, checkUrl } from '../../../src/main/net/url-policy.ts';
import { takeBreaches } from '../../setup-tripwire.ts';

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

let answer: Answer = (_, response) => response.end();
const asked: http.IncomingMessage[] = [];
const server = http.createServer((request, response) => {
  asked.push(request);
  answer(request, response);
});
/** Stands for the clinic's own network: nothing may ever reach it. */
let reached = 0;
const victim = http.createServer((_, response) => {
  reached++;
  response.end('secret');
});

let base = '';
let victimPort = 0;
const hosts = ['api.twilio.com', '*.s3.amazonaws.com'];

beforeAll(async () => {
  for (const one of [server, victim]) await new Promise<void>((r) => one.listen(0, '127.0.0.1', () => r()));
  base = `http://127.0.0.1:${portOf(server)}`;
  victimPort = portOf(victim);
});
afterEach(() => {
  asked.length = 0;
});
afterAll(() => {
  for (const one of [server, victim]) {
    one.closeAllConnections();
    one.close();
  }
});

function portOf(one: net.Server): number {
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

/** Every one of them would reach the machine itself, its network, a cloud's metadata or a foreign host. */
const hostile = (port: number): string[] => [
  `http://127.0.0.1:${port}/`,
  `https://127.0.0.1:${port}/`,
  'https://127.0.0.1/',
  'https://127.1/',
  'https://127.0.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://127.0.0.1./',
  'https://①②⑦.⓪.⓪.①/',
  'https://0/',
  'https://0.0.0.0/',
  'https://[::]/',
  'https://[::1]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
  'https://[fd00:ec2::254]/latest/meta-data/',
  'https://169.254.169.254/latest/meta-data/',
  'http://169.254.169.254/latest/meta-data/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://2852039166/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://100.64.0.1/',
  'https://8.8.8.8/',
  `https://localhost:${port}/`,
  'https://localhost/',
  'https://metadata.google.internal/',
  'https://evil.example/',
  'https://api.twilio.com.evil.example/',
  'https://evilapi.twilio.com/',
  'https://xapi.twilio.com/',
  'https://api.twilio.com./',
  'https://s3.amazonaws.com/',
  'https://api.twilio.com:8443/',
  'https://api.twilio.com:80/',
  'http://api.twilio.com/',
  'https://user@api.twilio.com/',
  'https://user:password@api.twilio.com/',
  'https://api.twilio.com@127.0.0.1/',
  'https://evil.example\\@api.twilio.com/',
  'file:///etc/passwd',
  'ftp://api.twilio.com/',
  'data:text/plain,secret',
  'javascript:alert(1)',
  'gopher://api.twilio.com/',
  'https://',
  'api.twilio.com/path',
];

describe('hostile forms', () => {
  const table = hostile(1);

  test('the table is long enough to mean something', () => {
    expect(new Set(table).size).toBeGreaterThanOrEqual(40);
  });

  test.each(table.map((form, i) => [form, i] as const))('refuses %s when asked directly', async (_, i) => {
    const url = hostile(victimPort)[i] ?? '';
    await expect(ask(url)).rejects.toMatchObject({ code: 'blocked_address', retryable: false });
    expect(reached).toBe(0);
  });

  test.each(
    table.flatMap((form, i) => (/^[a-z]+:/.test(form) && form !== 'https://' ? [[form, i] as const] : [])),
  )('refuses %s as a redirect', async (_, i) => {
    const location = hostile(victimPort)[i] ?? '';
    answer = (_request, response) =>
      // Headers are bytes: a form that is not ASCII travels as UTF-8.
      response.writeHead(302, { location: Buffer.from(location).toString('latin1') }).end();
    await expect(ask(`${base}/start`)).rejects.toMatchObject({ code: 'blocked_address', retryable: true });
    expect(reached).toBe(0);
  });

  test.each([
    '127.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::',
    '10.1.2.3',
    '169.254.169.254',
    '100.100.100.200',
    'fe80::1%eth0',
    'fd12::1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    'not an address',
  ])('a resolver that answers %s reaches nothing', async (address) => {
    const lying: Resolve = async () => [{ address, family: net.isIP(address) === 6 ? 6 : 4 }];
    const request = { url: 'https://api.twilio.com/x', timeoutMs: 5_000, maxBytes: 1_000 };
    await expect(guarded(lying)(request)).rejects.toMatchObject({ code: 'blocked_address', retryable: true });
    const mixed: Resolve = async () => [
      { address: '8.8.8.8', family: 4 },
      { address, family: net.isIP(address) === 6 ? 6 : 4 },
    ];
    await expect(guarded(mixed)(request)).rejects.toMatchObject({ code: 'blocked_address' });
  });

  test('a name that resolves to a public address first and to this machine later is refused later', async () => {
    const answers = ['127.0.0.1', '8.8.8.8'];
    const rebinding: Resolve = async () => [{ address: answers.pop() ?? '', family: 4 }];
    const request = { url: `https://api.twilio.com/`, timeoutMs: 5_000, maxBytes: 1_000 };
    // The first answer is taken as it is (and stopped by the tripwire of the tests), the second is refused.
    await expect(guarded(rebinding)(request)).rejects.toMatchObject({ code: 'network_failed' });
    expect(takeBreaches().every((breach) => breach === 'connect to 8.8.8.8')).toBe(true);
    await expect(guarded(rebinding)(request)).rejects.toMatchObject({ code: 'blocked_address' });
  });

  test('even an address that the user named may not be cloud metadata', async () => {
    const policy = { allowedHosts: [], overrides: ['http://169.254.169.254'] };
    expect(() => checkUrl('http://169.254.169.254/latest', policy, true)).toThrow('metadata');
    const named = createGuardedFetch({
      allowedHosts: () => [],
      overrides: () => ['http://storage.lan:9000'],
      lookup: async () => [{ address: '169.254.169.254', family: 4 }],
    });
    const request = { url: 'http://storage.lan:9000/', timeoutMs: 5_000, maxBytes: 1_000 };
    await expect(named(request)).rejects.toMatchObject({ code: 'blocked_address' });
  });
});

test('public and private addresses are told apart, with IPv4 inside NAT64', () => {
  for (const address of ['8.8.8.8', '54.172.60.0', '2606:4700::1111', '64:ff9b::808:808']) {
    expect([address, isPublicAddress(address)]).toEqual([address, true]);
  }
  for (const address of ['192.0.2.1', '198.18.0.1', '2001:db8::1', '2002::1', '::', 'ff02::1', '']) {
    expect([address, isPublicAddress(address)]).toEqual([address, false]);
  }
  expect(isMetadataAddress('64:ff9b::a9fe:a9fe')).toBe(true);
  expect(isMetadataAddress('192.168.1.9')).toBe(false);
});

test('allowed names pass, with and without the default port written out', () => {
  const policy = { allowedHosts: hosts, overrides: [] };
  for (const url of [
    'https://api.twilio.com/x',
    'https://API.twilio.com:443/x',
    'https://a.b.s3.amazonaws.com',
  ]) {
    expect(checkUrl(url, policy, true).trusted).toBe(false);
  }
});

test('a redirect cannot leave https nor reach an override from a provider', () => {
  const policy = { allowedHosts: hosts, overrides: ['https://api.twilio.com', 'http://127.0.0.1:9'] };
  const named = checkUrl('https://api.twilio.com/x', policy, true);
  expect(named.trusted).toBe(true);
  expect(() => checkRedirect(named, 'http://127.0.0.1:9/', policy)).toThrow('leave https');
  const outside = { url: new URL('https://api.twilio.com/x'), trusted: false };
  const further = { allowedHosts: hosts, overrides: ['https://storage.lan:9000'] };
  expect(() => checkRedirect(outside, 'https://storage.lan:9000/', further)).toThrow('not allowed');
  expect(checkRedirect(outside, '/elsewhere', further).url.href).toBe('https://api.twilio.com/elsewhere');
});
