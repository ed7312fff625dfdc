// The composition root: the only place where the parts meet. Both hosts (Electron, headless) run what this makes.
import type { Dispatch } from '../preload/contract/api.ts';
import { createEventBus, type EventBus } from './api/event-bus.ts';
import type { ServeMedia } from './api/serve-media.ts';
import { createSettings } from './api/settings.ts';
import { createClock } from './clock.ts';
import { type Config, sampleConfig } from './config.ts';
import { emptySampleFolder, prepareDataFolder, removeSampleFolder } from './data-folder.ts';
import { AppError } from './domain/errors.ts';
import { newId } from './ids.ts';
import { createLog } from './log.ts';
import { type Common, createOutside, type HostOptions, openData, startApi, startWebhooks } from './parts.ts';
import { watchReach } from './reach.ts';
import { createClockKeeper } from './recordings/keep-clock.ts';
import {
  createSampleModeBeside,
  createSampleModeWithin,
  type SampleMode,
  type SandboxStatus,
} from './sample-mode.ts';
import type { Town } from './sandbox/town.ts';
import { acquireInstanceLock } from './store/lock.ts';
import { createFollowUp, startUseCases, type UseCases } from './use-cases.ts';

export interface AppOptions extends HostOptions {
  /** Told of a sample application that runs beside this one (null: no more), so that a host can show it. */
  onSampleApp?: (app: App | null) => void;
  /** Only for the sample application beside a real one. */
  leaveSample?: () => Promise<SandboxStatus>;
  /** Told of the made-up world of sample mode, so that tests can let it misbehave. */
  onTown?: (town: Town) => void;
}

export interface App {
  /** Errors: already_running, port_taken, database_newer, database_damaged, bad_config. */
  start(): Promise<{ webhooksUrl: string; consoleUrl: string }>;
  stop(): Promise<void>;
  /** A fresh address of the console. Errors: unavailable while not started. */
  consoleUrl(): string;
  callsPlaced(): number;
  /** Before start and after stop these answer `unavailable`. */
  dispatch: Dispatch;
  media: { serve: ServeMedia };
  bus: EventBus;
}

interface Running {
  dispatch: Dispatch;
  serve: ServeMedia;
  consoleUrl: () => string;
  webhooksUrl: string;
  callsPlaced: () => number;
}

/** Makes an application that has done nothing yet; it works with its data folder from start to stop. */
export function createApp(config: Config, options: AppOptions): App {
  const closers: (() => unknown)[] = [];
  const bus = createEventBus();
  const common: Common = {
    config,
    options,
    clock: createClock(config.timeScale),
    log: createLog(config.logLevel),
    bus,
    crashPoint: (name) => {
      if (name === config.crashAt) process.kill(process.pid, 'SIGKILL');
    },
    onStop: (close) => closers.push(close),
  };
  let running: Running | null = null;

  const stop = async (): Promise<void> => {
    running = null;
    for (const close of closers.splice(0).reverse()) await close();
  };
  const current = (): Running => {
    if (running === null) throw new AppError('unavailable', 'Tapedeck is not running.');
    return running;
  };

  return {
    async start() {
      try {
        running = await run(common, options);
      } catch (error) {
        await stop();
        throw error;
      }
      return { webhooksUrl: running.webhooksUrl, consoleUrl: running.consoleUrl() };
    },
    stop,
    bus,
    consoleUrl: () => current().consoleUrl(),
    callsPlaced: () => running?.callsPlaced() ?? 0,
    dispatch: async (name, input) =>
      running === null
        ? { ok: false, error: { code: 'unavailable', message: 'Tapedeck is not running.' } }
        : running.dispatch(name, input),
    media: { serve: async (question) => current().serve(question) },
  };
}

async function run(common: Common, options: AppOptions): Promise<Running> {
  const { config, clock, log, onStop } = common;
  prepareDataFolder(config.dataDir);
  const lock = acquireInstanceLock(config.dataDir);
  onStop(() => {
    lock.release();
    if (config.mode === 'sample') removeSampleFolder(config.dataDir);
  });
  if (config.mode === 'sample') emptySampleFolder(config.dataDir);

  const { store, worker, storage } = await openData(common);
  const sandbox = config.mode === 'sample' ? await startSandbox({ ...common, options }) : null;
  const clockKeeper = createClockKeeper({ clock, newId, log });
  const { providers, fetch } = createOutside(common, sandbox?.setting ?? config.setting, clockKeeper);
  await clockKeeper.start(store);
  onStop(() => clockKeeper.stop());
  const settings = createSettings(store, clock);
  onStop(await settings.start());

  const followUp = createFollowUp(common, providers);
  // Webhooks may be refused before there is anybody to look for what they told.
  let sweepSoon: UseCases['sweepSoon'] = () => undefined;
  const webhooks = await startWebhooks(common, {
    store,
    storage,
    settings,
    providers,
    followUp,
    onRefused: () => sweepSoon('refusal'),
  });
  const useCases = await startUseCases(common, {
    store,
    worker,
    storage,
    providers,
    fetch,
    settings,
    // The simulator is on this computer: it reaches the listener where it is.
    publicUrl: () => webhooks.tunnel.publicUrl() ?? (sandbox === null ? null : webhooks.url),
  });
  sweepSoon = useCases.sweepSoon;
  await watchReach(common, { store, tunnel: webhooks.tunnel, sweepSoon });
  const api = await startApi(common, {
    store,
    worker,
    storage,
    providers,
    settings,
    useCases,
    webhooks,
    clockKeeper,
    sampleOf: (consoleUrl) => sampleModeOf(common, options, sandbox, consoleUrl),
  });
  if (sandbox !== null) {
    await settings.update({ lines: [...sandbox.lines] });
    await sandbox.begin(webhooks.url);
  }
  log.info('started', { mode: config.mode, port: api.port });
  return { ...api, webhooksUrl: webhooks.url, callsPlaced: () => sandbox?.callsPlaced() ?? 0 };
}

type SampleParts = Omit<Common, 'options'> & { options: AppOptions };

interface RunningSandbox extends Pick<Town, 'place' | 'callsPlaced' | 'lines'> {
  /** Made-up keys, and where the simulator is. */
  setting: (name: string) => string | undefined;
  /** Sends what happened earlier today, then lets new calls come. */
  begin(webhooksUrl: string): Promise<void>;
}

async function startSandbox({ config, options, clock, onStop }: SampleParts): Promise<RunningSandbox> {
  // The simulator is no part of a real clinic's start.
  const { createTown } = await import('./sandbox/town.ts');
  const town = createTown({ clock, seed: config.sandbox.seed });
  onStop(() => town.stop());
  await town.start();
  options.onTown?.(town);
  return {
    lines: town.lines,
    place: (input) => town.place(input),
    callsPlaced: () => town.callsPlaced(),
    setting: (name) => town.settings[name],
    async begin(webhooksUrl) {
      town.connect({ webhookBaseUrl: webhooksUrl });
      if (config.sandbox.history > 0) await town.seedHistory({ count: config.sandbox.history });
      town.autopilot(config.sandbox.autopilot);
    },
  };
}

function sampleModeOf(
  { config, onStop }: Common,
  options: AppOptions,
  sandbox: RunningSandbox | null,
  consoleUrl: () => string,
): SampleMode {
  if (sandbox !== null) {
    return createSampleModeWithin({
      consoleUrl,
      callsPlaced: () => sandbox.callsPlaced(),
      place: (input) => sandbox.place(input),
      leave: options.leaveSample ?? null,
    });
  }
  const beside = createSampleModeBeside({
    realConsoleUrl: consoleUrl,
    create(leaveSample) {
      const app = createApp(sampleConfig(config), { ...options, leaveSample });
      return {
        ...app,
        async start() {
          const started = await app.start();
          options.onSampleApp?.(app);
          return started;
        },
        async stop() {
          options.onSampleApp?.(null);
          await app.stop();
        },
      };
    },
  });
  onStop(() => beside.stop());
  return beside;
}
