// The parts of one application, put together. app.ts says in which order they start and stop.
import { join } from 'node:path';
import type { Dispatch } from '../preload/contract/api.ts';
import { createDispatch } from './api/dispatch.ts';
import type { EventBus } from './api/event-bus.ts';
import { createHandlers } from './api/handlers.ts';
import { createMedia } from './api/media.ts';
import { generateOpenApi } from './api/openapi.ts';
import { publishChanges } from './api/publish-changes.ts';
import type { ServeMedia } from './api/serve-media.ts';
import { createApiServer } from './api/server.ts';
import type { Settings } from './api/settings.ts';
import { createViews } from './api/views.ts';
import type { RunningClock } from './clock.ts';
import type { Config } from './config.ts';
import { newId, recordingIdOf } from './ids.ts';
import { identify, writeInstance } from './instance.ts';
import type { Log } from './log.ts';
import { createGuardedFetch } from './net/guarded-fetch.ts';
import type { GuardedFetch } from './net/net.ts';
import { createPacedFetch, type PacedFetch } from './net/paced-fetch.ts';
import { momentOf } from './net/retry-after.ts';
import { createProviders } from './providers/index.ts';
import type { Provider } from './providers/provider.ts';
import { createApplyProviderEvent } from './recordings/apply-provider-event.ts';
import type { ClockKeeper } from './recordings/keep-clock.ts';
import { createPlayback } from './recordings/playback.ts';
import { createReceiveAudio } from './recordings/receive-audio.ts';
import { createLink } from './reach.ts';
import type { SampleMode } from './sample-mode.ts';
import { createLocalStorage } from './storage/local.ts';
import type { LocalStorage } from './storage/storage.ts';
import { databaseFileName } from './store/database.ts';
import type { Store } from './store/store.ts';
import { createThreadedStore } from './store/thread/client.ts';
import type { NgrokSdk } from './tunnel/ngrok.ts';
import type { Tunnel } from './tunnel/tunnel.ts';
import type { FollowUp, UseCases } from './use-cases.ts';
import { createWebhookServer } from './webhooks/server.ts';
import { createWorkerClient } from './worker/client.ts';
import type { WorkerClient } from './worker/worker.ts';

const host = '127.0.0.1';

/** What a host (Electron, headless) says of itself. */
export interface HostOptions {
  host: 'electron' | 'headless';
  version: string;
  /** Of the read-only worker: worker.js beside the built entry, or its source. */
  workerUrl: URL;
  /** Of the store's thread: store.js beside the built entry, or its source. */
  storeUrl: URL;
  /** The built renderer, served to browsers. */
  rendererDir: string;
  /** Where a host shows a console other than over HTTP (its own scheme); by default the private listener's address. */
  consoleUrl?: (mode: Config['mode']) => string;
  /** Tests only: an ngrok that can be told to fail. */
  loadNgrok?: () => Promise<NgrokSdk>;
}

export interface Api {
  dispatch: Dispatch;
  serve: ServeMedia;
  /** A fresh address of the console. */
  consoleUrl: () => string;
  port: number;
}

/** What the parts of one application share. */
export interface Common {
  config: Config;
  options: HostOptions;
  clock: RunningClock;
  log: Log;
  bus: EventBus;
  /** Ends the process at a named point; only fault tests name one. */
  crashPoint: (name: string) => void;
  /** Run in reverse order at stop. */
  onStop: (close: () => unknown) => void;
}

/** Opens database, worker and recordings folder, and takes up what a crash left. Errors: database_newer, database_damaged. */
export async function openData({ config, options, clock, log, crashPoint, onStop }: Common): Promise<{
  store: Store;
  worker: WorkerClient;
  storage: LocalStorage;
}> {
  const worker = createWorkerClient({
    workerUrl: options.workerUrl,
    databasePath: join(config.dataDir, databaseFileName),
  });
  onStop(() => worker.close());
  const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? '') : '');
  const store = await createThreadedStore({
    threadUrl: options.storeUrl,
    settings: {
      dataDir: config.dataDir,
      clock: { scale: clock.scale, beganMs: clock.beganMs },
      workerUrl: options.workerUrl.href,
      crashAt: config.crashAt,
    },
    onListenerError: (error) => log.error('change listener failed', { stack: stackOf(error) }),
    onDied: (cause) => log.error('store thread died', { code: 'unavailable', stack: stackOf(cause) }),
  });
  onStop(() => store.close());
  await store.recoverJobs();
  const storage = await createLocalStorage({ dir: join(config.dataDir, 'recordings'), crashPoint });
  await storage.sweep();
  return { store, worker, storage };
}

export interface Outside {
  providers: Provider[];
  /** For audio: not paced, because a long recording would hold up the questions behind it. */
  fetch: GuardedFetch;
  /** How many requests a provider was asked since the start, without audio. */
  requestsTo: (providerId: string) => number;
}

/** The phone services, each with its own paced way out, and the one below it that the use cases share. */
export function createOutside(
  { clock }: Common,
  setting: (name: string) => string | undefined,
  keeper: ClockKeeper,
): Outside {
  const fetch = createGuardedFetch({
    allowedHosts: () => providers.flatMap((provider) => provider.hosts),
    overrides: () => providers.flatMap((provider) => provider.overrides),
  });
  const paced = new Map<string, PacedFetch>();
  const fetchOf = (providerId: string): GuardedFetch => {
    const one = createPacedFetch({
      fetch,
      clock,
      random: Math.random,
      onAnswer({ askedAtMs, answeredAtMs, headers }) {
        const dateMs = momentOf(headers['date']);
        if (dateMs !== null) keeper.note({ askedAtMs, answeredAtMs, dateMs });
      },
    });
    paced.set(providerId, one);
    return one.fetch;
  };
  const providers = createProviders({ setting, fetch, fetchOf, now: () => keeper.correctedNow() });
  return { providers, fetch, requestsTo: (providerId) => paced.get(providerId)?.requests() ?? 0 };
}

export interface Webhooks {
  url: string;
  tunnel: Tunnel;
}

/** The public listener. Errors: port_taken. */
export async function startWebhooks(
  common: Common,
  deps: {
    store: Store;
    storage: LocalStorage;
    settings: Settings;
    providers: readonly Provider[];
    followUp: FollowUp;
    /** Told of each refused request of a provider. */
    onRefused: (providerId: string) => void;
  },
): Promise<Webhooks> {
  const { config, clock, log, crashPoint, onStop } = common;
  const { store, storage, settings, providers, followUp } = deps;
  let url = '';
  let port = 0;
  const link = await createLink(common, { store, providers, localUrl: () => url, port: () => port });
  const { tunnel, healthHeaders } = link;
  const server = createWebhookServer({
    providers,
    tunnel,
    store,
    clock,
    log,
    newId,
    crashPoint,
    apply: createApplyProviderEvent({ store, newId, followUp }),
    audio: {
      storage,
      receive: createReceiveAudio({
        store,
        storage,
        newId,
        clock,
        recordingIdOf,
        log,
        crashPoint,
        jobsOf: (_provider, events) => followUp(events),
      }),
    },
    keepRefusedUntilMs: () => settings.current().keepRefusedUntilMs,
    onRefused: deps.onRefused,
    healthHeaders,
  });
  onStop(() => server.close());
  ({ port } = await server.listen(config.webhookPort, host));
  url = `http://${host}:${port}`;
  return { url, tunnel };
}

/** Contract, event publishing and the private listener. Errors: port_taken. */
export async function startApi(
  common: Common,
  deps: {
    store: Store;
    worker: WorkerClient;
    storage: LocalStorage;
    providers: readonly Provider[];
    settings: Settings;
    useCases: UseCases;
    webhooks: Webhooks;
    clockKeeper: ClockKeeper;
    sampleOf: (consoleUrl: () => string) => SampleMode;
  },
): Promise<Api> {
  const { config, options, clock, log, bus, onStop } = common;
  const { store, storage, settings, webhooks } = deps;
  const identity = identify(config.dataDir, config.apiToken);
  const media = createMedia({ store, storage });
  const views = createViews(() => settings.current(), config.homeCountry);
  let consoleUrl = (): string => '';
  const dispatch = createDispatch(
    createHandlers({
      ...deps,
      ...deps.useCases,
      clock,
      bus,
      views,
      tunnel: webhooks.tunnel,
      playback: createPlayback({ store, storage }),
      sample: deps.sampleOf(() => consoleUrl()),
      system: {
        version: options.version,
        mode: config.mode,
        host: options.host,
        instanceId: identity.instanceId,
        dataDir: config.dataDir,
        startedAtMs: clock.now(),
        webhooksLocalUrl: () => webhooks.url,
      },
    }),
    log,
  );
  const publisher = publishChanges({ store, bus, views, log });
  onStop(() => publisher.stop());
  onStop(webhooks.tunnel.onChange(() => bus.publish('system.changed', {})));
  const server = createApiServer({
    dispatch,
    bus,
    media,
    log,
    clock,
    token: identity.apiToken,
    instanceId: identity.instanceId,
    rendererDir: options.rendererDir,
    openapi: generateOpenApi(),
    async pollRecordings() {
      const { run, details } = await deps.useCases.checks.poll('program').ended;
      return { processed: run.processed, details };
    },
  });
  onStop(() => server.close());
  const { port } = await server.listen(config.apiPort);
  consoleUrl = () => options.consoleUrl?.(config.mode) ?? server.newCodeUrl();
  writeInstance(config.dataDir, {
    ...identity,
    apiPort: port,
    webhookPort: Number(new URL(webhooks.url).port),
    pid: process.pid,
  });
  return { dispatch, serve: (question) => media.serve(question), consoleUrl: () => consoleUrl(), port };
}
