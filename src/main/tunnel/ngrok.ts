// Being reached through ngrok: the one place that loads its SDK. Only the public listener's port is given to it, and a
// rule at ngrok itself lets nothing but the providers' own paths through.
// Source: @ngrok/ngrok 1.7.0, index.d.ts; https://ngrok.com/docs/traffic-policy
import type { Clock } from '../domain/clock.ts';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import type { KnownUrls } from './known-urls.ts';
import { troubleOf } from './ngrok-errors.ts';
import type { Probe } from './probe.ts';
import type { Tunnel } from './tunnel.ts';
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
  }): Promise<NgrokSession>;
}

export interface NgrokSession {
  url(): string | null;
  close(): Promise<void>;
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
/** An SDK that has said nothing for so long is not going to. */
const answersWithinMs = 60_000;
const closesWithinMs = 2_000;

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
      // After 3, 6, 12, ...: where only the way from here to ngrok's front is barred, callbacks still come in, and
      // building the link anew would interrupt them.
      if (Number.isInteger(Math.log2(inARow / silentProbes))) void connect();
    },
  });
  const stopped = new AbortController();
  let session: NgrokSession | null = null;
  /** Grows with every session: what an old one still says is not heard. */
  let generation = 0;
  let failures = 0;
  let isStopped = true;
  let connecting: Promise<void> | null = null;

  const connect = (): Promise<void> => {
    connecting ??= connectOnce().finally(() => {
      connecting = null;
    });
    return connecting;
  };

  async function connectOnce(): Promise<void> {
    const authtoken = (setting('NGROK_AUTHTOKEN') ?? '').trim();
    if (isStopped) return;
    // The SDK only says "could not connect" of a missing token.
    if (authtoken === '') {
      watch.set({ state: 'failed', code: 'secret_missing', nextTryAtMs: null });
      return;
    }
    const mine = ++generation;
    watch.set({ state: 'connecting', nextTryAtMs: null });
    await closeSession();
    try {
      const opened = await openSession(authtoken, mine);
      if (opened === null) return;
      session = opened;
      const url = opened.url();
      if (url === null) throw new AppError('network_failed', 'ngrok gave the link no address.');
      failures = 0;
      await knownUrls.use(url.replace(/\/+$/, ''));
      log.info('web link is built', { kind: 'ngrok' });
      // Connected is not reachable: it is up when somebody has come through.
      watch.set({ lastProbeAtMs: null });
      watch.renew();
      void watch.probe();
    } catch (error) {
      fail(error);
    }
  }

  /** @returns null when it was stopped meanwhile. Throws what the SDK throws, unavailable, and timed_out */
  async function openSession(authtoken: string, mine: number): Promise<NgrokSession | null> {
    const domain = domainOf(setting('NGROK_DOMAIN') ?? '');
    const sdk = await loadSdk().catch((cause: unknown) => {
      throw new AppError('unavailable', 'The part of ngrok for this kind of computer is missing.', { cause });
    });
    const opening = sdk.forward({
      addr: deps.port(),
      authtoken,
      ...(domain === '' ? {} : { domain }),
      traffic_policy: pathPolicy(deps.paths),
      onStatusChange: (status) => onStatus(mine, status),
    });
    const limit = new AbortController();
    const signal = AbortSignal.any([limit.signal, stopped.signal]);
    const opened = await Promise.race([
      opening,
      clock.delay(answersWithinMs, signal).then(() => null),
    ]).finally(() => limit.abort());
    if (opened !== null && !isStopped) return opened;
    // It may still come, when nobody wants it any more.
    void opening.then((late) => late.close()).catch(() => undefined);
    if (isStopped) return null;
    throw new AppError('timed_out', 'ngrok did not answer.');
  }

  function fail(error: unknown): void {
    if (isStopped) return;
    const { code, providerCode, isPassing } = troubleOf(error);
    // Never the message: the SDK repeats the token in some.
    log.warn('web link failed', { code, providerCode });
    failures += 1;
    const delayMs = Math.round(
      Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1)) * (1 + deps.random() * 0.2),
    );
    // A token that was refused is for a person to change; now and then it is still tried, for accounts are unlocked.
    const waitMs = isPassing ? delayMs : longestDelayMs;
    watch.set({
      state: isPassing ? 'down' : 'failed',
      code,
      providerCode,
      nextTryAtMs: clock.now() + waitMs,
    });
    again(waitMs);
  }

  /** In steps: a computer that sleeps does not stretch the wait, and a clock that is set back does not either. */
  function again(waitMs: number): void {
    const mine = generation;
    void (async () => {
      for (let leftMs = waitMs; leftMs > 0 && !isStopped && mine === generation; ) {
        const stepMs = Math.min(5_000, leftMs);
        const beganMs = clock.now();
        await clock.delay(stepMs, stopped.signal);
        leftMs -= Math.max(stepMs, clock.now() - beganMs);
      }
      if (!isStopped && mine === generation && connecting === null) await connect();
    })();
  }

  function onStatus(of: number, status: string): void {
    // While it is being built, its end says more than any word of it.
    if (of !== generation || isStopped || connecting !== null) return;
    if (status === 'connected') {
      watch.renew();
      void watch.probe();
      return;
    }
    watch.set({ state: 'down', code: 'network_failed', nextTryAtMs: clock.now() + mendsItselfMs });
    again(mendsItselfMs);
  }

  async function closeSession(): Promise<void> {
    const old = session;
    session = null;
    if (old === null) return;
    const closed = old.close().catch(() => undefined);
    // An SDK without a connection may take its time; nothing is waited for that nobody needs.
    await Promise.race([closed, clock.delay(closesWithinMs)]);
  }

  return {
    publicUrl: knownUrls.current,
    acceptedUrls: knownUrls.accepted,
    retiredUrls: knownUrls.retired,
    status: watch.status,
    onChange: watch.onChange,
    async start() {
      isStopped = false;
      watch.start();
      void connect();
    },
    probe: watch.probe,
    async reconnect() {
      failures = 0;
      await connect();
      return watch.status().state === 'connecting' ? watch.probe() : watch.status();
    },
    async stop() {
      isStopped = true;
      generation += 1;
      watch.stop();
      stopped.abort();
      await connecting;
      await closeSession();
    },
  };
}

/** A domain as ngrok wants it; people copy it with `https://` in front. */
function domainOf(text: string): string {
  return text
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/+$/, '');
}

/**
 * A rule for ngrok: all but a POST to these paths and the probe is 404 before it reaches this computer.
 * Source: https://ngrok.com/docs/traffic-policy/actions/deny, https://ngrok.com/docs/traffic-policy/variables/req
 */
export function pathPolicy(paths: readonly string[]): string {
  const isPath = paths.map((path) => `req.url.path == '${path}'`).join(' || ');
  const isWebhook = `(req.method == 'POST' && (${isPath}))`;
  const isProbe = "(req.method == 'GET' && req.url.path == '/healthz')";
  return JSON.stringify({
    on_http_request: [
      {
        expressions: [`!(${isWebhook} || ${isProbe})`],
        actions: [{ type: 'deny', config: { status_code: 404 } }],
      },
    ],
  });
}
