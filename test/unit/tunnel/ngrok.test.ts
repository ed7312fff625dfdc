import { expect, it } from 'vitest';
import { pathPolicy } from '../../../src/main/tunnel/ngrok.ts';
import { troubleOf } from '../../../src/main/tunnel/ngrok-errors.ts';
import { webLinkView } from '../../../src/preload/contract/system.ts';
import { createFakeNgrok, ngrokError, ngrokOffline } from '../../standins/fake-ngrok.ts';
import { createTunnelWorld, settle, started } from './tunnel-world.ts';

const minuteMs = 60_000;

it('asks for nothing without a token, and says what is missing', async () => {
  const world = createTunnelWorld();
  const fake = createFakeNgrok('https://clinic.example');
  delete world.settings['NGROK_AUTHTOKEN'];
  expect(await started(await world.ngrok(fake))).toMatchObject({ state: 'failed', code: 'secret_missing' });
  expect(fake.asked).toEqual([]);
});

it("gives ngrok the public listener's port, the fixed domain, and a rule that lets only webhooks through", async () => {
  const world = createTunnelWorld();
  // As it is copied from a browser.
  world.settings['NGROK_DOMAIN'] = ' https://clinic.ngrok-free.dev/ ';
  const fake = createFakeNgrok('https://clinic.ngrok-free.dev');
  const tunnel = await world.ngrok(fake);
  await started(tunnel);
  const { onStatusChange: _heard, ...asked } = fake.asked[0] ?? { onStatusChange: null };
  expect(asked).toEqual({
    addr: 5001,
    authtoken: 'a-token',
    domain: 'clinic.ngrok-free.dev',
    traffic_policy: pathPolicy(['/webhooks/twilio-recording']),
  });
  expect(JSON.parse(pathPolicy(['/a', '/b']))).toEqual({
    on_http_request: [
      {
        expressions: [
          "!((req.method == 'POST' && (req.url.path == '/a' || req.url.path == '/b')) || (req.method == 'GET' && req.url.path == '/healthz'))",
        ],
        actions: [{ type: 'deny', config: { status_code: 404 } }],
      },
    ],
  });
  expect(tunnel.publicUrl()).toBe('https://clinic.ngrok-free.dev');
});

it.each([
  [4018, 'web_link_refused', 'failed'],
  [107, 'web_link_refused', 'failed'],
  [320, 'bad_config', 'failed'],
  [108, 'web_link_taken', 'down'],
  [334, 'web_link_taken', 'down'],
  [8012, 'web_link_unreachable', 'down'],
  [99_999, 'web_link_refused', 'down'],
])('tells of ERR_NGROK_%i by a closed code', async (number, code, state) => {
  const world = createTunnelWorld();
  const status = await started(await world.ngrok(createFakeNgrok(ngrokError(number))));
  expect(status).toMatchObject({ state, code, providerCode: `ERR_NGROK_${number}` });
  expect(status.nextTryAtMs).toBeGreaterThan(world.nowMs);
});

it('knows errors by their text alone, and those that ngrok does not name', () => {
  expect(troubleOf(new Error('x error_code: ERR_NGROK_334'))).toMatchObject({
    providerCode: 'ERR_NGROK_334',
  });
  for (const thrown of [ngrokOffline(), 'nonsense', null]) {
    expect(troubleOf(thrown)).toEqual({ code: 'network_failed', providerCode: null, isPassing: true });
  }
});

it('tries again by itself, later and later, and is up as soon as it can be', async () => {
  const world = createTunnelWorld();
  const fake = createFakeNgrok(ngrokOffline());
  const tunnel = await world.ngrok(fake);
  await started(tunnel);
  await world.pass(30 * minuteMs);
  // 2, 4, 8 ... s, then every five minutes.
  expect(fake.asked.length).toBeGreaterThan(9);
  expect(fake.asked.length).toBeLessThan(16);
  fake.answers = ['https://clinic.example'];
  await world.pass(5 * minuteMs + 10_000);
  expect(tunnel.status()).toMatchObject({ state: 'up', nextTryAtMs: null });
  expect(fake.open()).toBe(1);
});

it('spreads its tries by chance, and says the next one in whole milliseconds, as the contract wants it', async () => {
  const world = createTunnelWorld();
  world.chance = 0.123456;
  const status = await started(await world.ngrok(createFakeNgrok(ngrokOffline())));
  expect(webLinkView.parse(status).nextTryAtMs).toBe(world.nowMs + 2_049);
});

it('does not wait longer because the clock is set back a day', async () => {
  const world = createTunnelWorld();
  const fake = createFakeNgrok(ngrokOffline(), 'https://clinic.example');
  const tunnel = await world.ngrok(fake);
  await started(tunnel);
  world.nowMs -= 24 * 60 * minuteMs;
  await world.pass(10_000);
  expect(tunnel.status().state).toBe('up');
});

it('says that ngrok cannot run here when its native part is missing', async () => {
  const world = createTunnelWorld();
  const fake = createFakeNgrok();
  Object.defineProperty(fake, 'sdk', {
    get: () => {
      throw new Error('Cannot find module @ngrok/ngrok-plan9-mips');
    },
  });
  expect(await started(await world.ngrok(fake))).toMatchObject({ state: 'failed', code: 'unavailable' });
});

it('builds a session anew that says it is connected and lets nothing through', async () => {
  const world = createTunnelWorld();
  const fake = createFakeNgrok('https://clinic.example');
  const tunnel = await world.ngrok(fake);
  await started(tunnel);
  world.answer = 'silent';
  await world.pass(4 * minuteMs);
  expect(fake.asked.length).toBe(2);
  world.answer = 'ours';
  await world.pass(2 * minuteMs);
  expect(tunnel.status().state).toBe('up');
  expect(fake.open()).toBe(1);
});

it('is not up before somebody has come through, however often it is built anew', async () => {
  const world = createTunnelWorld();
  world.answer = 'silent';
  const fake = createFakeNgrok('https://clinic.example');
  const tunnel = await world.ngrok(fake);
  const seen = new Set<string>();
  tunnel.onChange(({ state }) => seen.add(state));
  await started(tunnel);
  expect(tunnel.status()).toMatchObject({ state: 'unreachable', code: 'web_link_unreachable' });
  await world.pass(60 * minuteMs);
  expect([...seen].sort()).toEqual(['connecting', 'unreachable']);
  // At first, and after 3, 6, 12, 24 and 48 probes: what comes in is not interrupted every few minutes.
  expect(fake.asked.length).toBe(6);
  expect(fake.open()).toBe(1);
});

it('says what the front of ngrok says of a link that leads nowhere', async () => {
  const world = createTunnelWorld();
  world.answer = 'silent';
  world.gatewayCode = 'ERR_NGROK_8012';
  expect(await started(await world.ngrok(createFakeNgrok('https://clinic.example')))).toMatchObject({
    state: 'unreachable',
    providerCode: 'ERR_NGROK_8012',
  });
});

it('keeps saying why it is down, and when it tries again, when it is asked after meanwhile', async () => {
  const world = createTunnelWorld();
  const fake = createFakeNgrok('https://clinic.example', ngrokError(334));
  const tunnel = await world.ngrok(fake);
  await started(tunnel);
  const down = await tunnel.reconnect();
  expect(down).toMatchObject({ state: 'down', providerCode: 'ERR_NGROK_334' });
  world.answer = 'silent';
  expect(await tunnel.probe()).toEqual({ ...down, lastProbeAtMs: world.nowMs });
});

it('does not wait for ever for an SDK that never answers, and closes what comes too late', async () => {
  const world = createTunnelWorld();
  const { promise, resolve: late } = Promise.withResolvers<string>();
  const fake = createFakeNgrok(promise, 'https://clinic.example');
  const tunnel = await world.ngrok(fake);
  expect(await started(tunnel)).toMatchObject({ state: 'connecting' });
  await world.pass(61_000);
  expect(tunnel.status()).toMatchObject({ state: 'down', code: 'network_failed' });
  await world.pass(10_000);
  expect(tunnel.status().state).toBe('up');
  late('https://late.example');
  await settle();
  expect(fake.open()).toBe(1);
  expect(tunnel.publicUrl()).toBe('https://clinic.example');
});

it('takes a session without an address for a failure', async () => {
  const world = createTunnelWorld();
  const status = await started(await world.ngrok(createFakeNgrok(null)));
  expect(status).toMatchObject({ state: 'down', publicUrl: null });
});

it('lets the SDK mend a broken session, and builds it anew when it does not', async () => {
  const world = createTunnelWorld();
  const fake = createFakeNgrok('https://clinic.example');
  const tunnel = await world.ngrok(fake);
  await started(tunnel);
  fake.say('closed');
  expect(tunnel.status().state).toBe('down');
  fake.say('connected');
  await settle();
  expect(tunnel.status().state).toBe('up');
  await world.pass(2 * minuteMs);
  fake.say('closed');
  const before = fake.asked.length;
  await world.pass(70_000);
  expect(fake.asked.length).toBe(before + 1);
  expect(tunnel.status().state).toBe('up');
  // What a session that is gone still says is not heard.
  fake.sayToFirst('closed');
  expect(tunnel.status().state).toBe('up');
});

it('goes on accepting the old address for a day when a session gets another one', async () => {
  const world = createTunnelWorld();
  const fake = createFakeNgrok('https://one.example', 'https://two.example');
  const tunnel = await world.ngrok(fake);
  await started(tunnel);
  await tunnel.reconnect();
  expect(tunnel.acceptedUrls()).toEqual(['https://two.example', 'https://one.example']);
  world.nowMs += 24 * 60 * minuteMs;
  expect(tunnel.acceptedUrls()).toEqual(['https://two.example']);
});

it('stops at once while the SDK is silent', async () => {
  const world = createTunnelWorld();
  const { promise, resolve: late } = Promise.withResolvers<string>();
  const fake = createFakeNgrok(promise);
  const tunnel = await world.ngrok(fake);
  await started(tunnel);
  const stopped = tunnel.stop();
  // Nothing passes in this world: what waited for a time would wait for ever.
  await Promise.race([stopped, settle().then(() => Promise.reject(new Error('it waits')))]);
  late('https://late.example');
  await settle();
  expect(fake.open()).toBe(0);
});

it('leaves no session behind when it is stopped while it connects', async () => {
  const world = createTunnelWorld();
  const fake = createFakeNgrok('https://clinic.example');
  const tunnel = await world.ngrok(fake);
  await tunnel.start();
  await tunnel.stop();
  await settle();
  expect(fake.open()).toBe(0);
});
