import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, sampleConfig } from '../../src/main/config.ts';
import { AppError } from '../../src/main/domain/errors.ts';

let cwd: string;
let dataDir: string;
const folders: string[] = [];

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'tapedeck-test-'));
  dataDir = mkdtempSync(join(tmpdir(), 'tapedeck-test-'));
  folders.push(cwd, dataDir);
});

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const load = (env: Record<string, string> = {}, args: string[] = []) =>
  loadConfig({ TAPEDECK_DATA_DIR: dataDir, ...env }, args, cwd);

function refusal(env: Record<string, string>, args: string[] = []): string {
  try {
    load(env, args);
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad_config') return error.message;
    throw error;
  }
  throw new Error('the setting was accepted');
}

describe('settings', () => {
  it('have defaults, and an empty one counts as not set', () => {
    expect(load({ TAPEDECK_API_PORT: '', WEBHOOK_BASE_URL: '' })).toMatchObject({
      mode: 'real',
      webhookPort: 5001,
      apiPort: 5002,
      apiToken: null,
      publicUrl: null,
      timeScale: 1,
    });
  });

  it('come from the environment, then from secrets.env, then from .env', () => {
    writeFileSync(join(cwd, '.env'), 'TWILIO_ACCOUNT_SID=file\nTWILIO_AUTH_TOKEN=file\nS3_BUCKET=file\n');
    writeFileSync(join(dataDir, 'secrets.env'), 'TWILIO_ACCOUNT_SID=secret\nTWILIO_AUTH_TOKEN=secret\n', {
      mode: 0o600,
    });
    const { setting } = load({ TWILIO_ACCOUNT_SID: 'environment' });
    expect(['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'S3_BUCKET'].map(setting)).toEqual([
      'environment',
      'secret',
      'file',
    ]);
  });

  it('survive a .env that is not one', () => {
    writeFileSync(join(cwd, '.env'), Buffer.from('\u0000\xff\xfe =\n=x\nA="unterminated\n', 'latin1'));
    expect(load().apiPort).toBe(5002);
  });

  it.each([
    ['TAPEDECK_WEBHOOK_PORT', 'abc', 'must be a whole number from 0 to 65535.'],
    ['TAPEDECK_API_PORT', '70000', 'must be a whole number from 0 to 65535.'],
    ['TAPEDECK_API_PORT', '5002.5', 'must be a whole number from 0 to 65535.'],
    ['TAPEDECK_API_TOKEN', 'short', 'must be at least 16 characters long.'],
    ['TAPEDECK_TIME_SCALE', 'fast', 'must be a number from 0.01 to 1000.'],
    ['TAPEDECK_LOG_LEVEL', 'loud', 'must be debug, info, warn, error or silent.'],
    ['TAPEDECK_HOME_COUNTRY', 'us', 'must be two capital letters such as US.'],
    ['TAPEDECK_SANDBOX_SEED', '1.5', 'must be a whole number.'],
    ['TAPEDECK_SANDBOX_HISTORY', '501', 'must be a whole number from 0 to 500.'],
    ['TAPEDECK_SANDBOX_AUTOPILOT', 'yes', 'must be 0 or 1.'],
    ['WEBHOOK_BASE_URL', 'ftp://example.com', 'must be a full address such as https://example.com.'],
  ])('%s=%s is refused in one plain sentence', (name, value, words) => {
    expect(refusal({ [name]: value })).toBe(`The setting ${name} ${words}`);
  });

  it('for tests and sample calls are refused elsewhere', () => {
    expect(refusal({ TAPEDECK_TIME_SCALE: '2' })).toContain('only works with sample calls');
    expect(load({ TAPEDECK_TIME_SCALE: '2' }, ['--sandbox']).timeScale).toBe(2);
    expect(refusal({ TAPEDECK_CRASH_AT: 'x' })).toContain('is for tests only');
  });

  it.skipIf(process.platform === 'win32')('are not read from a secrets.env that others can read', () => {
    const path = join(dataDir, 'secrets.env');
    writeFileSync(path, 'TWILIO_AUTH_TOKEN=secret\n');
    chmodSync(path, 0o644);
    expect(refusal({})).toBe(`Other users can read ${path}. Run: chmod 600 '${path}'`);
  });

  it('are all named in .env.example, which leaves each of them unset', () => {
    const root = join(import.meta.dirname, '../..');
    const example = readFileSync(join(root, '.env.example'), 'utf8');
    const offered = [...example.matchAll(/^([A-Z_]+)=$/gm)].map(([, name]) => name);
    const sources = globSync(['src/main/**/*.ts', 'tools/*.ts'], { cwd: root });
    const read = sources.flatMap(
      (path) =>
        readFileSync(join(root, path), 'utf8').match(
          /\b(?:TAPEDECK|TWILIO|WEBHOOK|TELNYX|ELEVENLABS|LIVEKIT|NGROK)_[A-Z_]+\b/g,
        ) ?? [],
    );
    const forTests = ['TAPEDECK_CRASH_AT', 'TAPEDECK_CHROMIUM', 'TAPEDECK_TEST_SIZE', 'TAPEDECK_SCREENSHOTS'];
    expect(new Set(read.filter((name) => !forTests.includes(name)))).toEqual(new Set(offered));
  });

  it('of the real application are not those of sample mode beside it', () => {
    const real = load({ TWILIO_AUTH_TOKEN: 'real', WEBHOOK_BASE_URL: 'https://example.com' });
    const sample = sampleConfig(real);
    expect(sample).toMatchObject({ mode: 'sample', publicUrl: null, apiToken: null, apiPort: 0 });
    expect(sample.dataDir).toBe(join(real.dataDir, 'sample'));
    expect(sample.setting('TWILIO_AUTH_TOKEN')).toBeUndefined();
  });
});
