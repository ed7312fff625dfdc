// Being reached, put together: which kind of web link there is, and what follows when it goes, when the computer slept
// and when Tapedeck was not running: an outage that explanations look back at, and a sweep for what was missed.
import { randomBytes } from 'node:crypto';
import type { CheckTrigger, OutageView } from '../preload/contract/checks.ts';
import { newId } from './ids.ts';
import { createGuardedFetch } from './net/guarded-fetch.ts';
import type { Common } from './parts.ts';
import type { Provider } from './providers/provider.ts';
import type { Store } from './store/store.ts';
import { createFixedUrl } from './tunnel/fixed-url.ts';
import { createKnownUrls } from './tunnel/known-urls.ts';
import { createNgrok } from './tunnel/ngrok.ts';
import { createProbe, healthHeader } from './tunnel/probe.ts';
import type { Tunnel, TunnelStatus } from './tunnel/tunnel.ts';
import { createAliveMark, createWake } from './wake.ts';

export interface Link {
  tunnel: Tunnel;
  /** For GET /healthz. */
  healthHeaders: Readonly<Record<string, string>>;
}

/**
 * WEBHOOK_BASE_URL wins over ngrok: whoever set it has a way of their own. With neither, recordings arrive by checks.
 * Errors: bad_config
 */
export async function createLink(
  { config, clock, log, options }: Common,
  deps: { store: Store; providers: readonly Provider[]; localUrl: () => string; port: () => number },
): Promise<Link> {
  const healthId = randomBytes(16).toString('hex');
  const healthHeaders = { [healthHeader]: healthId };
  const knownUrls = await createKnownUrls({ localUrl: deps.localUrl, store: deps.store, clock });
  const { publicUrl, mode, setting } = config;
  const fetch = createGuardedFetch({
    // The one host that is asked is the one that was handed out.
    allowedHosts: () => [knownUrls.current()].flatMap((url) => (url === null ? [] : [new URL(url).hostname])),
    overrides: () => (publicUrl === null ? [] : [publicUrl]),
  });
  const basics = { knownUrls, probe: createProbe({ fetch, healthId }), clock };
  // A domain without a token is a setup that was begun: the link then says what is missing.
  const wantsNgrok = ['NGROK_AUTHTOKEN', 'NGROK_DOMAIN'].some((name) => (setting(name) ?? '').trim() !== '');
  const usesNgrok = mode === 'real' && publicUrl === null && wantsNgrok;
  const tunnel = usesNgrok
    ? createNgrok({
        ...basics,
        ...(options.loadNgrok === undefined ? {} : { loadSdk: options.loadNgrok }),
        setting,
        port: deps.port,
        paths: deps.providers.flatMap(({ routes }) => routes.map(({ path }) => path)),
        random: Math.random,
        log,
      })
    : await createFixedUrl({ ...basics, configuredUrl: publicUrl });
  return { tunnel, healthHeaders };
}

const aliveEveryMs = 60_000;
/** A shorter absence is a restart. */
const offMs = 2 * 60_000;

/**
 * Starts the link and watches it, sleep and absence; every end of one is a reason to sweep.
 * @param sweepSoon told why
 */
export async function watchReach(
  { config, clock, log, onStop }: Common,
  { store, tunnel, sweepSoon }: { store: Store; tunnel: Tunnel; sweepSoon: (trigger: CheckTrigger) => void },
): Promise<void> {
  const put = (outage: OutageView): void => {
    store.putOutage(outage).catch((error: unknown) => {
      log.error('an outage could not be noted', { stack: error instanceof Error ? error.stack : undefined });
    });
  };
  // A clock that runs fast is a test's: the files of the disk know nothing of its time.
  if (clock.scale === 1) await watchAbsence();
  const wake = createWake({ wallNow: Date.now, every: everyWall });
  onStop(() => wake.stop());
  wake.onWake(({ fromMs, toMs }) => {
    log.info('woke up', { sleptMs: toMs - fromMs });
    if (clock.scale === 1) put({ outageId: newId('out', fromMs), kind: 'asleep', fromMs, toMs, code: null });
    // A session that slept through is often dead without saying so, and callbacks are waiting: no second probe first.
    void tunnel.probe().then(({ state }) => (state === 'up' ? null : tunnel.reconnect()));
    sweepSoon('wake');
  });
  const link = createLinkOutages({ now: clock.now, put, onRecovered: () => sweepSoon('web_link') });
  onStop(tunnel.onChange(link));
  onStop(() => tunnel.stop());
  await tunnel.start();

  async function watchAbsence(): Promise<void> {
    const alive = createAliveMark(config.dataDir);
    const nowMs = clock.now();
    const lastMs = alive.lastMs();
    // What lasted when Tapedeck ended is known up to then.
    for (const outage of await store.listOutages(0, nowMs)) {
      if (outage.toMs === null) put({ ...outage, toMs: Math.max(outage.fromMs, lastMs ?? nowMs) });
    }
    if (lastMs !== null && nowMs - lastMs > offMs) {
      put({ outageId: newId('out', lastMs), kind: 'app_off', fromMs: lastMs, toMs: nowMs, code: null });
    }
    alive.touch(nowMs);
    onStop(everyWall(aliveEveryMs, () => alive.touch(Date.now())));
    onStop(() => alive.touch(Date.now()));
  }
}

/** @returns a listener of the link that notes each time without one, once */
export function createLinkOutages(deps: {
  now: () => number;
  put: (outage: OutageView) => void;
  onRecovered: () => void;
}): (status: TunnelStatus) => void {
  let open: OutageView | null = null;
  return ({ state, providerCode, code }) => {
    const isAway = state === 'down' || state === 'unreachable' || state === 'failed';
    if (isAway && open === null) {
      const fromMs = deps.now();
      open = {
        outageId: newId('out', fromMs),
        kind: 'web_link',
        fromMs,
        toMs: null,
        code: providerCode ?? code,
      };
      deps.put(open);
    } else if (state === 'up' && open !== null) {
      deps.put({ ...open, toMs: deps.now() });
      open = null;
      deps.onRecovered();
    }
  };
}

function everyWall(everyMs: number, run: () => void): () => void {
  const timer = setInterval(run, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
