// What the environment says, checked once at start. Names are house.md's "Configuration names".
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { AppError } from './domain/errors.ts';
import type { PollingWish } from './domain/polling-plan.ts';

export interface Config {
  dataDir: string;
  /** `sample`: the simulator's calls in a data folder of their own. */
  mode: 'real' | 'sample';
  /** 0 picks a free port. */
  webhookPort: number;
  apiPort: number;
  /** Null: made at the first start and kept in the data folder. */
  apiToken: string | null;
  /** Where providers reach the webhook listener (a deployed URL or any tunnel); null while there is none. */
  publicUrl: string | null;
  timeScale: number;
  logLevel: string;
  /** Country whose numbers are shown in their local form, ISO 3166 alpha-2. */
  homeCountry: string;
  /** What the environment says of regular checks, by provider; what it does not say is left to the console. */
  polling: readonly PollingWish[];
  /** Sample mode: seed of the made-up calls, and whether new ones keep coming. */
  sandbox: { seed: number; autopilot: boolean; history: number };
  /** Tests only: kill the process at this named point. */
  crashAt: string | null;
  /** Secrets and provider settings by their configuration name. */
  setting: (name: string) => string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

// Each `error` follows "The setting NAME": a refusal is one plain sentence.
function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

const port = wholeNumber(0, 65_535);
const onOff = z.enum(['true', 'false', '1', '0'], { error: 'must be true or false' }).optional();
const minutes = wholeNumber(1, 1_440).optional();
/** The seed's names, and the same for the others. */
const pollingSettings = {
  TWILIO_RECORDING_POLLING: onOff,
  TWILIO_RECORDING_POLL_INTERVAL_MINUTES: minutes,
  TELNYX_RECORDING_POLLING: onOff,
  TELNYX_RECORDING_POLL_INTERVAL_MINUTES: minutes,
  ELEVENLABS_RECORDING_POLLING: onOff,
  ELEVENLABS_RECORDING_POLL_INTERVAL_MINUTES: minutes,
};
const timeScaleError = { error: 'must be a number from 0.01 to 1000' };
const schema = z.object({
  TAPEDECK_WEBHOOK_PORT: port.default(5001),
  TAPEDECK_API_PORT: port.default(5002),
  TAPEDECK_API_TOKEN: z.string().min(16, 'must be at least 16 characters long').optional(),
  TAPEDECK_TIME_SCALE: z.coerce
    .number(timeScaleError)
    .min(0.01, timeScaleError)
    .max(1000, timeScaleError)
    .default(1),
  TAPEDECK_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], {
      error: 'must be debug, info, warn, error or silent',
    })
    .default('info'),
  TAPEDECK_HOME_COUNTRY: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two capital letters such as US')
    .default('US'),
  TAPEDECK_SANDBOX_SEED: z.coerce
    .number({ error: 'must be a whole number' })
    .int({ error: 'must be a whole number' })
    .default(1),
  TAPEDECK_SANDBOX_AUTOPILOT: z.enum(['0', '1'], { error: 'must be 0 or 1' }).default('1'),
  TAPEDECK_SANDBOX_HISTORY: wholeNumber(0, 500).default(14),
  TAPEDECK_CRASH_AT: z.string().optional(),
  ...pollingSettings,
  WEBHOOK_BASE_URL: z
    .url({ protocol: /^https?$/, error: 'must be a full address such as https://example.com' })
    .optional(),
});

/** Where data is kept when TAPEDECK_DATA_DIR is not set: the system's usual place for an application's data. */
export function defaultDataDir(env: Environment = process.env, platform: string = process.platform): string {
  const home = homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Tapedeck');
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Tapedeck');
  return join(env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'tapedeck');
}

/**
 * Reads the environment, then `secrets.env` of the data folder (must be private to its owner), then `.env` of the
 * folder that Tapedeck was started in; the first that names a setting decides.
 * Errors: bad_config, with one sentence that names the setting.
 */
export function loadConfig(env: Environment, args: readonly string[], cwd: string): Config {
  const fromFile = readEnvFile(join(cwd, '.env'));
  const given: Environment = { ...fromFile, ...withoutEmpty(env) };
  const mode = args.includes('--sandbox') ? 'sample' : 'real';
  const baseDir = resolve(given['TAPEDECK_DATA_DIR'] ?? defaultDataDir(env));
  const secrets = readSecretsFile(join(baseDir, 'secrets.env'));
  const all: Environment = { ...fromFile, ...secrets, ...withoutEmpty(env) };
  const parsed = schema.safeParse(all);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new AppError(
      'bad_config',
      `The setting ${String(issue?.path[0])} ${issue?.message ?? 'is wrong'}.`,
    );
  }
  const values = parsed.data;
  refuseTestSettings(values, mode, env);
  return {
    dataDir: mode === 'sample' ? join(baseDir, 'sample') : baseDir,
    mode,
    webhookPort: values.TAPEDECK_WEBHOOK_PORT,
    apiPort: values.TAPEDECK_API_PORT,
    apiToken: values.TAPEDECK_API_TOKEN ?? null,
    publicUrl: mode === 'sample' ? null : (values.WEBHOOK_BASE_URL ?? null),
    timeScale: values.TAPEDECK_TIME_SCALE,
    logLevel: values.TAPEDECK_LOG_LEVEL,
    homeCountry: values.TAPEDECK_HOME_COUNTRY,
    polling: mode === 'sample' ? [] : pollingOf(values),
    sandbox: {
      seed: values.TAPEDECK_SANDBOX_SEED,
      autopilot: values.TAPEDECK_SANDBOX_AUTOPILOT === '1',
      history: values.TAPEDECK_SANDBOX_HISTORY,
    },
    crashAt: values.TAPEDECK_CRASH_AT ?? null,
    setting: (name) => all[name],
  };
}

/** The configuration of sample mode beside a running application: own folder, free ports, no secrets of the real one. */
export function sampleConfig(real: Config): Config {
  return {
    ...real,
    mode: 'sample',
    dataDir: join(real.dataDir, 'sample'),
    webhookPort: 0,
    apiPort: 0,
    apiToken: null,
    publicUrl: null,
    polling: [],
    setting: () => undefined,
  };
}

function pollingOf(values: z.infer<typeof schema>): PollingWish[] {
  const one = (providerId: string, name: 'TWILIO' | 'TELNYX' | 'ELEVENLABS'): PollingWish => {
    const polling = values[`${name}_RECORDING_POLLING`];
    return {
      providerId,
      isPolling: polling === undefined ? null : polling === 'true' || polling === '1',
      intervalMinutes: values[`${name}_RECORDING_POLL_INTERVAL_MINUTES`] ?? null,
    };
  };
  return [one('twilio', 'TWILIO'), one('telnyx', 'TELNYX'), one('elevenlabs', 'ELEVENLABS')];
}

function refuseTestSettings(values: z.infer<typeof schema>, mode: Config['mode'], env: Environment): void {
  const testing = env['NODE_ENV'] === 'test';
  if (values.TAPEDECK_TIME_SCALE !== 1 && mode === 'real' && !testing) {
    throw new AppError(
      'bad_config',
      'The setting TAPEDECK_TIME_SCALE only works with sample calls (npm start -- --sandbox).',
    );
  }
  if (values.TAPEDECK_CRASH_AT !== undefined && !testing) {
    throw new AppError('bad_config', 'The setting TAPEDECK_CRASH_AT is for tests only.');
  }
}

/** A variable that is set to nothing counts as not set: shells and .env templates leave such lines behind. */
function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}

function readEnvFile(path: string): Environment {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  return withoutEmpty(parseEnv(text));
}

function readSecretsFile(path: string): Environment {
  let mode: number;
  try {
    mode = statSync(path).mode;
  } catch {
    return {};
  }
  // Windows has no such bits; its profile folders are private by their ACL.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new AppError('bad_config', `Other users can read ${path}. Run: chmod 600 '${path}'`);
  }
  return readEnvFile(path);
}
