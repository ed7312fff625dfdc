// A whole application in this process, in sample mode, with a clock that runs fast: what a journey begins with.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from '../../src/main/app.ts';
import { type Config, loadConfig } from '../../src/main/config.ts';
import type { Town } from '../../src/main/sandbox/town.ts';
import type { Input, Output, ProcedureName } from '../../src/preload/contract/api.ts';

export interface JourneyOptions {
  /** Product milliseconds per wall millisecond. Default 60: a minute lasts a second. */
  timeScale?: number;
  /** Same seed, same calls. */
  seed?: number;
  /** Kept between two starts of one test; a folder of its own otherwise. */
  dataDir?: string;
  env?: Record<string, string>;
  /** Told of the made-up services once they listen, before the application knows where they are. */
  onTown?: (town: Town) => void;
}

export interface Journey {
  app: App;
  /** The made-up services that it runs against. */
  town: Town;
  /** Of the application that runs; its `sample` folder where it is sample mode. */
  config: Config;
  webhooksUrl: string;
  /** Calls a procedure. Throws `code: message` when it is refused. */
  call<N extends ProcedureName>(name: N, input?: Input<N>): Promise<Output<N>>;
  /**
   * Asks again and again until `look` gives something other than null.
   * @param withinMs wall time. Default 15 s
   */
  until<T>(look: () => Promise<T | null>, withinMs?: number): Promise<T>;
  stop(): Promise<void>;
}

/** For requests to the private listener. */
export const token = 'a-token-that-only-journeys-use';

/** Starts it without made-up calls of its own: those that a journey wants are placed by it. */
export async function startJourney(options: JourneyOptions = {}): Promise<Journey> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'tapedeck-journey-')));
  const config = loadConfig(
    {
      TAPEDECK_DATA_DIR: dataDir,
      TAPEDECK_WEBHOOK_PORT: '0',
      TAPEDECK_API_PORT: '0',
      TAPEDECK_API_TOKEN: token,
      TAPEDECK_LOG_LEVEL: 'silent',
      TAPEDECK_TIME_SCALE: String(options.timeScale ?? 60),
      TAPEDECK_SANDBOX_SEED: String(options.seed ?? 1),
      TAPEDECK_SANDBOX_AUTOPILOT: '0',
      TAPEDECK_SANDBOX_HISTORY: '0',
      ...options.env,
    },
    ['--sandbox'],
    dataDir,
  );
  const towns: Town[] = [];
  const app = createApp(config, {
    host: 'headless',
    version: '0.0.0',
    workerUrl: new URL('../../src/main/worker/index.ts', import.meta.url),
    storeUrl: new URL('../../src/main/store/thread/index.ts', import.meta.url),
    rendererDir: dataDir,
    onTown(made) {
      towns.push(made);
      options.onTown?.(made);
    },
  });
  const { webhooksUrl } = await app.start();
  const [town] = towns;
  if (town === undefined) throw new Error('sample mode has started without its world');
  return {
    app,
    town,
    config,
    webhooksUrl,
    async call(name, input) {
      const reply = await app.dispatch(name, input);
      if (!reply.ok) throw new Error(`${reply.error.code}: ${reply.error.message}`);
      // Dispatch has checked it against the contract of this very name.
      return reply.data as Output<typeof name>;
    },
    async until(look, withinMs = 15_000) {
      const endsAtMs = performance.now() + withinMs;
      for (;;) {
        const found = await look();
        if (found !== null) return found;
        if (performance.now() > endsAtMs) throw new Error('it did not happen in time');
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    async stop() {
      await app.stop();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
