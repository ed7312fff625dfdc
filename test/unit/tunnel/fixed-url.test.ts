import { expect, test } from 'vitest';
import type { Clock } from '../../../src/main/domain/clock.ts';
import { createFixedUrl } from '../../../src/main/tunnel/fixed-url.ts';
import { createKnownUrls } from '../../../src/main/tunnel/known-urls.ts';
import type { Tunnel } from '../../../src/main/tunnel/tunnel.ts';

const hour = 60 * 60 * 1000;

function createWorld(): { advance(ms: number): void; start(configuredUrl: string | null): Promise<Tunnel> } {
  const settings = new Map<string, unknown>();
  let nowMs = Date.UTC(2026, 0, 1);
  const clock: Clock = {
    now: () => nowMs,
    scale: 1,
    delay: () => Promise.resolve(),
    every: () => () => undefined,
  };
  return {
    advance(ms) {
      nowMs += ms;
    },
    start: async (configuredUrl) =>
      createFixedUrl({
        configuredUrl,
        clock,
        probe: async () => ({ found: 'ours', providerCode: null }),
        knownUrls: await createKnownUrls({
          localUrl: () => 'http://127.0.0.1:5001',
          clock,
          store: {
            getSetting: async (name) => settings.get(name) ?? null,
            // As a database does: what is read is never what was written, only equal to it.
            putSetting: async (name, value) => void settings.set(name, JSON.parse(JSON.stringify(value))),
          },
        }),
      }),
  };
}

test('hands out the configured address without trailing slash and fragment', async () => {
  const world = createWorld();
  for (const [given, expected] of [
    ['https://a.example', 'https://a.example'],
    ['https://A.example/', 'https://a.example'],
    [' https://a.example/hooks//#rc=5 ', 'https://a.example/hooks'],
    ['https://a.example:443', 'https://a.example'],
    ['http://10.0.0.7:8080/', 'http://10.0.0.7:8080'],
  ] as const) {
    const tunnel = await world.start(given);
    expect(tunnel.publicUrl()).toBe(expected);
    expect(tunnel.acceptedUrls()[0]).toBe(expected);
  }
});

test.each([
  '',
  'a.example',
  'ftp://a.example',
  'https://user:pw@a.example',
  'https://a.example/?x=1',
  'https://',
])('refuses %j in a plain sentence', async (given) => {
  await expect(createWorld().start(given)).rejects.toMatchObject({
    code: 'bad_config',
    message: expect.stringContaining('WEBHOOK_BASE_URL'),
  });
});

test('without a configured address takes the listener under both its names', async () => {
  const tunnel = await createWorld().start(null);
  expect(tunnel.publicUrl()).toBeNull();
  expect(tunnel.acceptedUrls()).toEqual(['http://127.0.0.1:5001', 'http://localhost:5001']);
});

test('accepts an address for 24 h after it was replaced, newest first', async () => {
  const world = createWorld();
  await world.start('https://one.example');
  world.advance(hour);
  await world.start('https://two.example');
  world.advance(hour);
  const tunnel = await world.start('https://three.example');
  expect(tunnel.acceptedUrls()).toEqual([
    'https://three.example',
    'https://two.example',
    'https://one.example',
  ]);
  world.advance(23 * hour);
  expect(tunnel.acceptedUrls()).toEqual(['https://three.example', 'https://two.example']);
  world.advance(hour);
  expect(tunnel.acceptedUrls()).toEqual(['https://three.example']);
});

test('an address that comes back is current again, and a restart prolongs nothing', async () => {
  const world = createWorld();
  await world.start('https://one.example');
  await world.start('https://two.example');
  world.advance(20 * hour);
  expect((await world.start('https://two.example')).acceptedUrls()).toHaveLength(2);
  world.advance(5 * hour);
  expect((await world.start('https://two.example')).acceptedUrls()).toEqual(['https://two.example']);
  const back = await world.start('https://one.example');
  expect(back.acceptedUrls()).toEqual(['https://one.example', 'https://two.example']);
});

test('an address that was taken away is accepted beside the local one', async () => {
  const world = createWorld();
  await world.start('https://one.example');
  const tunnel = await world.start(null);
  expect(tunnel.publicUrl()).toBeNull();
  expect(tunnel.acceptedUrls()).toContain('https://one.example');
});

test('a clock that ran ahead and was set back prolongs nothing beyond 24 h', async () => {
  const world = createWorld();
  world.advance(1000 * hour);
  await world.start('https://one.example');
  await world.start('https://two.example');
  world.advance(-1000 * hour);
  const tunnel = await world.start('https://two.example');
  expect(tunnel.acceptedUrls()).toHaveLength(2);
  world.advance(24 * hour);
  expect(tunnel.acceptedUrls()).toEqual(['https://two.example']);
});

test('remembers for a month which addresses it once had, though it accepts nothing for them', async () => {
  const world = createWorld();
  await world.start('https://one.example');
  const tunnel = await world.start('https://two.example');
  expect(tunnel.retiredUrls()).toEqual([]);
  world.advance(25 * hour);
  expect(tunnel.acceptedUrls()).toEqual(['https://two.example']);
  expect(tunnel.retiredUrls()).toEqual(['https://one.example']);
  world.advance(30 * 24 * hour);
  expect((await world.start('https://two.example')).retiredUrls()).toEqual([]);
});
