// Finds the browser of the browser tests. Debian's Chromium serves; where there is none it is installed (as root on
// Debian) or asked for. A missing browser is always an error: tests that skip themselves prove nothing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { chromium } from 'playwright';

/** For headless runs as root without a GPU or a network; sound may start without a click. */
export const chromiumFlags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

const installCommands = [
  ['apt-get', 'update'],
  ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'],
] as const;

/**
 * Where a browser may be, best first: the one named by TAPEDECK_CHROMIUM, the system's, Playwright's own.
 * @param ownPath where Playwright keeps its own download
 */
export function chromiumCandidates(env: NodeJS.ProcessEnv, ownPath: string): string[] {
  const named = env['TAPEDECK_CHROMIUM'] ?? '';
  const system = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(
    (name) => `/usr/bin/${name}`,
  );
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return [...(named === '' ? [] : [named]), ...system, mac, ownPath];
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @returns what went wrong, null when it is installed */
function installOnDebian(): string | null {
  process.stderr.write('Installing Chromium for the browser tests (about a minute)...\n');
  for (const [command, ...args] of installCommands) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const run = spawnSync(command, args, {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
    });
    if (run.status !== 0)
      return `${command} ${args.join(' ')} failed:\n${(run.stderr ?? '').trim().split('\n').slice(-5).join('\n')}`;
  }
  return null;
}

/**
 * The path of a Chromium that can be started.
 * @param options.install may install it, on Debian as root
 * Throws an Error that names the command to run when there is none.
 */
export function findChromium(options: { install: boolean }): string {
  const named = process.env['TAPEDECK_CHROMIUM'] ?? '';
  if (named !== '' && !canRun(named))
    throw new Error(`TAPEDECK_CHROMIUM names ${named}, which cannot be run.`);
  const find = (): string | undefined =>
    chromiumCandidates(process.env, chromium.executablePath()).find(canRun);
  const onDebianAsRoot = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  let problem: string | null = null;
  let found = find();
  if (found === undefined && options.install && onDebianAsRoot) {
    problem = installOnDebian();
    found = find();
  }
  if (found !== undefined) return found;
  const command = existsSync('/etc/debian_version')
    ? `sudo sh -c '${installCommands.map((words) => words.join(' ')).join(' && ')}'`
    : 'npx playwright install chromium';
  throw new Error(
    `${problem === null ? '' : `${problem}\n`}The browser tests need Chromium. Run: ${command}`,
  );
}
