// What follows from a web link that goes, a computer that sleeps and a Tapedeck that was away: outages and sweeps.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createClock } from '../../src/main/clock.ts';
import { loadConfig } from '../../src/main/config.ts';
import { createLog } from '../../src/main/log.ts';
import type { Common } from '../../src/main/parts.ts';
import { createLinkOutages, watchReach } from '../../src/main/reach.ts';
import type { Store } from '../../src/main/store/store.ts';
import type { Tunnel, TunnelStatus } from '../../src/main/tunnel/tunnel.ts';
import { createAliveMark } from '../../src/main/wake.ts';
import type { OutageView } from '../../src/preload/contract/checks.ts';
import { createStillTunnel, linkStatus } from '../standins/still-tunnel.ts';

const noonMs = Date.UTC(2026, 10, 21, 12);
let dataDir: string;
let outages: Map<string, OutageView>;
let swept: string[];
let closers: (() => unknown)[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tapedeck-reach-'));
  outages = new Map();
  swept = [];
  closers = [];
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: noonMs });
});
afterEach(() => {
  for (const close of closers.reverse()) close();
  vi.useRealTimers();
  rmSync(dataDir, { recursive: true });
});

async function watch(tunnel: Partial<Tunnel> = {}): Promise<void> {
  const store = {
    putOutage: async (outage: OutageView) => void outages.set(outage.outageId, outage),
    listOutages: async () => [...outages.values()],
  };
  const common = {
    config: loadConfig({ TAPEDECK_DATA_DIR: dataDir }, [], dataDir),
    clock: createClock(),
    log: createLog('silent'),
    onStop: (close: () => unknown) => void closers.push(close),
  };
  await watchReach(common as unknown as Common, {
    store: store as unknown as Store,
    tunnel: { ...createStillTunnel(() => 'https://clinic.example'), ...tunnel },
    sweepSoon: (trigger) => void swept.push(trigger),
  });
}

const noted = () => [...outages.values()].map(({ outageId: _id, ...outage }) => outage);

it('notes nothing at the very first start, and nothing after a short restart', async () => {
  await watch();
  vi.setSystemTime(noonMs + 60_000);
  await watch();
  expect(noted()).toEqual([]);
});

it('notes for how long it was away, and ends what lasted when a crash took it', async () => {
  createAliveMark(dataDir).touch(noonMs - 3_600_000);
  outages.set('out_link', {
    outageId: 'out_link',
    kind: 'web_link',
    fromMs: noonMs - 7_200_000,
    toMs: null,
    code: 'ERR_NGROK_334',
  });
  await watch();
  expect(noted()).toEqual([
    { kind: 'web_link', fromMs: noonMs - 7_200_000, toMs: noonMs - 3_600_000, code: 'ERR_NGROK_334' },
    { kind: 'app_off', fromMs: noonMs - 3_600_000, toMs: noonMs, code: null },
  ]);
});

it('is marked alive every minute, so that a crash is known to the minute', async () => {
  await watch();
  vi.advanceTimersByTime(10 * 60_000 + 1);
  expect(createAliveMark(dataDir).lastMs()).toBe(noonMs + 10 * 60_000);
});

it('asks after the link at once when the computer wakes, notes the sleep, and sweeps', async () => {
  let state: TunnelStatus['state'] = 'up';
  const asked: string[] = [];
  const ask = (what: string) => async () => {
    asked.push(what);
    return linkStatus('https://clinic.example', { state });
  };
  await watch({ probe: ask('probe'), reconnect: ask('reconnect') });
  vi.advanceTimersByTime(60_000);
  expect([asked, swept, noted()]).toEqual([[], [], []]);

  const sleep = async (): Promise<void> => {
    vi.setSystemTime(Date.now() + 8 * 3_600_000);
    vi.advanceTimersByTime(5_000);
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  await sleep();
  expect(asked).toEqual(['probe']);
  expect(swept).toEqual(['wake']);
  expect(noted()).toEqual([
    { kind: 'asleep', fromMs: noonMs + 60_000, toMs: noonMs + 65_000 + 8 * 3_600_000, code: null },
  ]);
  // A session that did not survive the sleep is built anew without waiting for more probes.
  state = 'unreachable';
  await sleep();
  expect(asked).toEqual(['probe', 'probe', 'reconnect']);
});

it('notes each time without a link once, from its first sign to its end, and sweeps then', () => {
  let nowMs = 1_000;
  const put: OutageView[] = [];
  let recovered = 0;
  const tell = createLinkOutages({
    now: () => nowMs,
    put: (outage) => put.push(outage),
    onRecovered: () => {
      recovered += 1;
    },
  });
  const at = (ms: number, change: Partial<TunnelStatus>): void => {
    nowMs = ms;
    tell(linkStatus('https://clinic.example', change));
  };
  at(1_000, { state: 'connecting' });
  at(2_000, { state: 'up' });
  expect([put, recovered]).toEqual([[], 0]);
  at(3_000, { state: 'unreachable', code: 'web_link_unreachable' });
  at(4_000, { state: 'connecting' });
  at(5_000, { state: 'down', code: 'network_failed' });
  at(6_000, { state: 'failed', code: 'web_link_refused', providerCode: 'ERR_NGROK_4018' });
  at(7_000, { state: 'up' });
  at(8_000, { state: 'up' });
  const [opened, closed] = put;
  expect(put).toHaveLength(2);
  expect(opened).toMatchObject({ kind: 'web_link', fromMs: 3_000, toMs: null, code: 'web_link_unreachable' });
  expect(closed).toEqual({ ...opened, toMs: 7_000 });
  expect(recovered).toBe(1);
});
