// `npm start`: builds when needed, then opens the desktop window, or, where there is no display or no Electron, runs
// headless and says so in one sentence. `npm run dev` is the same with hot reload.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isStale } from './build-state.ts';
import { startDev } from './dev.ts';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');

/** @returns why the window cannot be opened, null when it can be tried */
export function whyHeadless(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  platform: string,
): string | null {
  if (args.includes('--headless') || env['TAPEDECK_HEADLESS'] === '1') return 'as asked';
  const unixDesktop = platform !== 'darwin' && platform !== 'win32';
  if (unixDesktop && (env['DISPLAY'] ?? '') === '' && (env['WAYLAND_DISPLAY'] ?? '') === '') {
    return 'because this machine has no display';
  }
  return null;
}

function electronBinary(): string | null {
  const dir = join(root, 'node_modules', 'electron');
  const pathFile = join(dir, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const binary = join(dir, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

/** Electron 42 and later download their binary on request only; asked once, with the time that it takes shown. */
async function installElectron(): Promise<string | null> {
  const installer = spawn(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], {
    stdio: 'ignore',
  });
  const beganMs = Date.now();
  const show = (): void => {
    const seconds = Math.round((Date.now() - beganMs) / 1000);
    process.stderr.write(`\rDownloading Electron (first start only, about 120 MB): ${seconds} s`);
  };
  show();
  const ticker = setInterval(show, 1000);
  await once(installer, 'exit');
  clearInterval(ticker);
  process.stderr.write('\n');
  return electronBinary();
}

/** @param sayWhenReady told once the product has something to say itself: a start that fails says only why it failed */
function run(command: string, args: string[], sayWhenReady: string | null): void {
  const child = spawn(command, args, { cwd: process.cwd(), stdio: ['inherit', 'pipe', 'inherit'] });
  if (sayWhenReady !== null) child.stdout.once('data', () => process.stderr.write(`${sayWhenReady}\n`));
  child.stdout.pipe(process.stdout);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('close', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
}

async function main(args: string[]): Promise<void> {
  if (args.includes('--dev')) return startDev(root, args);
  if (isStale(root)) {
    process.stderr.write('Building Tapedeck...\n');
    const built = spawnSync(join(bin, 'electron-vite'), ['build', '--logLevel', 'warn'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    });
    if (built.status !== 0) process.exit(built.status ?? 1);
  }
  let reason = whyHeadless(args, process.env, process.platform);
  const electron = reason === null ? (electronBinary() ?? (await installElectron())) : null;
  if (reason === null && electron === null) reason = 'because Electron could not be downloaded';
  if (electron !== null) return run(electron, [root, ...args], null);
  run(
    process.execPath,
    [join(root, 'out', 'main', 'headless.js'), ...args],
    `Tapedeck runs headless ${reason}: open the console address below in a browser.`,
  );
}

if (import.meta.main) await main(process.argv.slice(2));
