// Being reached through ngrok: the one place that loads its SDK. Only the public listener's port is given to it, and a
// rule at ngrok itself lets nothing but the providers' own paths through.
// Source: @ngrok/ngrok 1.7.0, index.d.ts; https://ngrok.com/docs/traffic-policy
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../log.ts';
import type { KnownUrls } from './known-urls.ts';
import { troubleOf } from './ngrok-errors.ts';
import type { Probe } from './probe.ts';
import type { Tunnel, TunnelStatus } from './tunnel.ts';
import { createLinkWatch } from './watch-link.ts';

/** What is used of the SDK; the tests hand in one that can be told to fail. */
export interface NgrokSdk {
  forward(options: {
    addr: number;
    authtoken: string;
    domain?: string;
    traffic_policy: string;
    /** camelCase: the README's `on_status_change` is stale. */
    onStatusChange: (status: string) => void;
  }): Promise<{ url(): string | null; close(): Promise<void> }>;
}

export interface NgrokDeps {
  setting: (name: string) => string | undefined;
  /** Of the public listener. */
  port: () => number;
  /** Paths that may be reached, from the providers' own table. */
  paths: readonly string[];
  loadSdk?: () => Promise<NgrokSdk>;
  knownUrls: KnownUrls;
  probe: Probe;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  log: Log;
}

const firstDelayMs = 2_000;
const longestDelayMs = 5 * 60_000;
/** So many silent probes in a row: the SDK may say what it wants, the link is dead (ngrok #382, #937). */
const silentProbes = 3;
/** The SDK mends a broken session itself; after this long it is built anew. */
const mendsItselfMs = 60_000;

/** @returns a tunnel that needs NGROK_AUTHTOKEN; NGROK_DOMAIN keeps the address the same from start to start */
export function createNgrok(deps: NgrokDeps): Tunnel {
  const { setting, knownUrls, clock, log } = deps;
  const loadSdk = deps.loadSdk ?? (async () => (await import('@ngrok/ngrok')).default);
  const watch = createLinkWatch({
    kind: 'ngrok',
    publicUrl: knownUrls.current,
    probe: deps.probe,
    clock,
    onSilent(inARow) {
      if (inARow % silentProbes === 0) void connect();
    },
  });
  let session: { close(): Promise<void> } | null = null;
  /** Grows with every session: what an old one still says is not heard. */
  let generation = 0;
  let failures = 0;
  let isStopped = true;
  let connecting: Promise<TunnelStatus> | null = null;

  const connect = (): Promise<TunnelStatus> => {
    connecting ??= connectOnce().finally(() => {
      connecting = null;
    });
    return connecting;
  };

  async function connectOnce(): Promise<TunnelStatus> {
    const authtoken = setting('NGROK_AUTHTOKEN') ?? '';
    if (isStopped) return watch.status();
    // The SDK only says "could not connect" of a missing token.
    if (authtoken === '') {
      watch.set({ state: 'failed', code: 'secret_missing', nextTryAtMs: null });
      return watch.status();
    }
    const mine = ++generation;
    watch.set({ state: 'connecting', nextTryAtMs: null });
    await closeSession();
    try {
      const domain = setting('NGROK_DOMAIN') ?? '';
      const sdk = await loadSdk();
      const opened = await sdk.forward({
        addr: deps.port(),
        authtoken,
        ...(domain === '' ? {} : { domain }),
        traffic_policy: pathPolicy(deps.paths),
        onStatusChange: (status) => onStatus(mine, status),
      });
      if (isStopped || mine !== generation) {
        await opened.close().catch(() => undefined);
        return watch.status();
      }
      session = opened;
      failures = 0;
      await knownUrls.use(opened.url()?.replace(/\/+$/, '') ?? null);
      watch.set({ state: 'up', code: null, providerCode: null, lastProbeAtMs: null });
      log.info('web link is up', { kind: 'ngrok' });
      return await watch.probe();
    } catch (error) {
      return fail(error);
    }
  }

  function fail(error: unknown): TunnelStatus {
    const { code, providerCode, isPassing } = troubleOf(error);
    // Never the message: the SDK repeats the token in some.
    log.warn('web link failed', { code, providerCode });
    failures += 1;
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1)) * (1 + deps.random() * 0.2);
    // A token that was refused is for a person to change; now and then it is still tried, for accounts are unlocked.
    const waitMs = isPassing ? delayMs : longestDelayMs;
    watch.set({
      state: isPassing ? 'down' : 'failed',
      code,
      providerCode,
      nextTryAtMs: clock.now() + waitMs,
    });
    again(waitMs);
    return watch.status();
  }

  /** In steps that a sleeping computer cannot stretch: the wall clock decides. */
  function again(waitMs: number): void {
    const mine = generation;
    const atMs = clock.now() + waitMs;
    void (async () => {
      while (!isStopped && mine === generation && clock.now() < atMs) {
        await clock.delay(Math.min(5_000, Math.max(1, atMs - clock.now())));
      }
      if (!isStopped && mine === generation && connecting === null) await connect();
    })();
  }

  function onStatus(of: number, status: string): void {
    if (of !== generation || isStopped) return;
    if (status === 'connected') {
      watch.set({ state: 'up', code: null, nextTryAtMs: null });
      void watch.probe();
      return;
    }
    watch.set({ state: 'down', code: 'network_failed', nextTryAtMs: clock.now() + mendsItselfMs });
    again(mendsItselfMs);
  }

  async function closeSession(): Promise<void> {
    const old = session;
    session = null;
    await old?.close().catch(() => undefined);
  }

  return {
    publicUrl: knownUrls.current,
    acceptedUrls: knownUrls.accepted,
    status: watch.status,
    onChange: watch.onChange,
    async start() {
      isStopped = false;
      watch.start();
      void connect();
    },
    probe: watch.probe,
    reconnect() {
      failures = 0;
      return connect();
    },
    async stop() {
      isStopped = true;
      generation += 1;
      watch.stop();
      await connecting;
      await closeSession();
    },
  };
}

/**
 * A rule for ngrok: everything but these paths is 404 before it reaches this computer.
 * Source: https://ngrok.com/docs/traffic-policy/actions/deny
 */
export function pathPolicy(paths: readonly string[]): string {
  const allowed = [...paths, '/healthz'].map((path) => `req.url.path == '${path}'`).join(' || ');
  return JSON.stringify({
    on_http_request: [
      { expressions: [`!(${allowed})`], actions: [{ type: 'deny', config: { status_code: 404 } }] },
    ],
  });
}
