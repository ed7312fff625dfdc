// `npm run test:e2e`: builds the product when a source is newer than it, finds a browser, runs the browser tests and
// then the standalone scripts (test/e2e/*.standalone.ts), each in a Node of its own. Further arguments go to Playwright.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isStale } from './build-state.ts';
import { findChromium } from './chromium.ts';

export interface StandaloneResult {
  name: string;
  isPassed: boolean;
  durationMs: number;
}

const root = join(import.meta.dirname, '..');

/** Runs one of node_modules' programs or a script with this Node. @returns true when it ended well */
function run(script: string, args: readonly string[], env: NodeJS.ProcessEnv): boolean {
  return (
    spawnSync(process.execPath, [script, ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    }).status === 0
  );
}

function runStandalones(env: NodeJS.ProcessEnv): StandaloneResult[] {
  const names = readdirSync(join(root, 'test', 'e2e')).filter((name) => name.endsWith('.standalone.ts'));
  return names.toSorted().map((name) => {
    const beganMs = performance.now();
    const isPassed = run(join('test', 'e2e', name), [], env);
    const durationMs = Math.round(performance.now() - beganMs);
    console.log(`${isPassed ? 'passed' : 'FAILED'}  ${name} (${(durationMs / 1000).toFixed(1)} s)`);
    return { name, isPassed, durationMs };
  });
}

function main(args: readonly string[]): boolean {
  const modules = join(root, 'node_modules');
  if (isStale(root)) {
    console.log('Building Tapedeck...');
    if (
      !run(
        join(modules, 'electron-vite', 'bin', 'electron-vite.js'),
        ['build', '--logLevel', 'warn'],
        process.env,
      )
    )
      return false;
  }
  const env = { ...process.env, TAPEDECK_CHROMIUM: findChromium({ install: true }) };
  const isPassed = run(join(modules, 'playwright', 'cli.js'), ['test', ...args], env);
  // Named tests were asked for: the scripts are not among them.
  if (args.length > 0) return isPassed;
  const standalones = runStandalones(env);
  mkdirSync(join(root, 'test-results'), { recursive: true });
  writeFileSync(join(root, 'test-results', 'standalone.json'), JSON.stringify(standalones));
  return isPassed && standalones.every((result) => result.isPassed);
}

if (import.meta.main) {
  try {
    process.exitCode = main(process.argv.slice(2)) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
