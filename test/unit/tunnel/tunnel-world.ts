// A link of any kind in front of a clock that is moved by hand and an outside that answers as it is told.
import type { Clock } from '../../../src/main/domain/clock.ts';
import { createLog } from '../../../src/main/log.ts';
import { createFixedUrl } from '../../../src/main/tunnel/fixed-url.ts';
import { createKnownUrls } from '../../../src/main/tunnel/known-urls.ts';
import { createNgrok } from '../../../src/main/tunnel/ngrok.ts';
import type { ProbeAnswer } from '../../../src/main/tunnel/probe.ts';
import type { Tunnel, TunnelStatus } from '../../../src/main/tunnel/tunnel.ts';
import type { FakeNgrok } from '../../standins/fake-ngrok.ts';

export interface TunnelWorld {
  nowMs: number;
  settings: Record<string, string>;
  answer: ProbeAnswer['found'];
  /** What a gateway says beside it. */
  gatewayCode: string | null;
  probed: string[];
  /** Every choice of chance, in [0, 1). */
  chance: number;
  /** Lets so much time go by, a second at a time, with everything that is due in it. */
  pass(ms: number): Promise<void>;
  fixed(configuredUrl: string | null): Promise<Tunnel>;
  ngrok(fake: FakeNgrok): Promise<Tunnel>;
}

/** Lets promises that wait for nothing else go on. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createTunnelWorld(): TunnelWorld {
  const stored = new Map<string, unknown>();
  const ticks = new Set<{ everyMs: number; nextMs: number; run: () => void }>();
  /** What timers go by: the clock on the wall may be set, they are not. */
  let elapsedMs = 0;
  const sleepers = new Set<{ atMs: number; wake: () => void }>();
  const clock: Clock = {
    now: () => world.nowMs,
    scale: 1,
    delay: (delayMs, signal) =>
      new Promise((resolve) => {
        sleepers.add({ atMs: elapsedMs + delayMs, wake: resolve });
        signal?.addEventListener('abort', () => resolve());
      }),
    every(everyMs, run) {
      const tick = { everyMs, nextMs: elapsedMs + everyMs, run };
      ticks.add(tick);
      return () => void ticks.delete(tick);
    },
  };
  const basics = async () => ({
    clock,
    probe: async (url: string) => {
      world.probed.push(url);
      return { found: world.answer, providerCode: world.gatewayCode };
    },
    knownUrls: await createKnownUrls({
      localUrl: () => 'http://127.0.0.1:5001',
      clock,
      store: {
        getSetting: async (name) => stored.get(name) ?? null,
        putSetting: async (name, value) => void stored.set(name, JSON.parse(JSON.stringify(value))),
      },
    }),
  });
  const world: TunnelWorld = {
    nowMs: Date.UTC(2026, 10, 21, 9),
    settings: { NGROK_AUTHTOKEN: 'a-token' },
    answer: 'ours',
    gatewayCode: null,
    probed: [],
    chance: 0,
    async pass(ms) {
      for (const untilMs = elapsedMs + ms; elapsedMs < untilMs; ) {
        elapsedMs += 1_000;
        world.nowMs += 1_000;
        for (const tick of ticks) {
          if (elapsedMs < tick.nextMs) continue;
          tick.nextMs = elapsedMs + tick.everyMs;
          tick.run();
        }
        for (const sleeper of sleepers) {
          if (elapsedMs < sleeper.atMs) continue;
          sleepers.delete(sleeper);
          sleeper.wake();
        }
        await settle();
      }
    },
    fixed: async (configuredUrl) => createFixedUrl({ ...(await basics()), configuredUrl }),
    ngrok: async (fake) =>
      createNgrok({
        ...(await basics()),
        setting: (name) => world.settings[name],
        port: () => 5001,
        paths: ['/webhooks/twilio-recording'],
        loadSdk: async () => fake.sdk,
        random: () => world.chance,
        log: createLog('silent'),
      }),
  };
  return world;
}

/** Starts it and lets it come to rest. */
export async function started(tunnel: Tunnel): Promise<TunnelStatus> {
  await tunnel.start();
  await settle();
  await settle();
  return tunnel.status();
}
