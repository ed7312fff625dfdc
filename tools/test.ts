// `npm test`: every check of the house in one run. It goes on after a failure, so that one run shows all there is to
// mend, and its last line is `N passed, N failed`. `npm run test:long` runs the same at full sizes.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findChromium } from './chromium.ts';
import {
  type Count,
  countPlaywright,
  countStandalone,
  countStep,
  countVitest,
  sum,
  summaryLine,
  timeByArea,
} from './test-report.ts';

const root = join(import.meta.dirname, '..');
const results = join(root, 'test-results');
const isLong = process.argv.includes('--long');
/** What is still running then is ended and has failed: a run that hangs must still say what it found. */
const limitMinutes = isLong ? 180 : 14;
const deadlineMs = performance.now() + limitMinutes * 60_000;

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const env: NodeJS.ProcessEnv = {
  ...process.env,
  // The pinned Node and the pinned programs come before the machine's own, also when npm did not start this.
  PATH: [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter),
  ...(isLong ? { TAPEDECK_TEST_SIZE: 'long' } : {}),
};

interface Outcome {
  isPassed: boolean;
  durationMs: number;
  output: string;
}

const running = new Set<ChildProcess>();

/** Ends a step with everything that it started. */
function end(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

/** Runs a script of package.json. @param isQuiet keeps its output for later instead of showing it as it comes */
function runScript(name: string, isQuiet: boolean): Promise<Outcome> {
  const beganMs = performance.now();
  const command = scripts[name] ?? `echo "package.json has no script ${name}" && exit 1`;
  const out = isQuiet ? 'pipe' : 'inherit';
  // A process group of its own, so that its children can be ended with it.
  const child = spawn(command, {
    cwd: root,
    env,
    shell: true,
    detached: process.platform !== 'win32',
    stdio: ['ignore', out, out],
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => {
        console.log(`\n${name} is ended: the whole run may take ${limitMinutes} minutes.`);
        end(child);
      },
      Math.max(1000, deadlineMs - performance.now()),
    );
    // What it left behind may not go on writing, hold a port, or keep its output open.
    child.on('exit', () => end(child));
    child.on('close', (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ isPassed: code === 0, durationMs: performance.now() - beganMs, output });
    });
  });
}

const inMinutes = (durationMs: number): string => `${(durationMs / 60_000).toFixed(1)} min`;
const heading = (text: string): void => console.log(`\n== ${text}`);
const times: [name: string, durationMs: number][] = [];

function closeStep(name: string, outcome: Outcome): void {
  times.push([name, outcome.durationMs]);
  if (outcome.output.trim() !== '' && !outcome.isPassed) console.log(outcome.output.trimEnd());
  console.log(
    `${outcome.isPassed ? 'passed' : 'FAILED'}  ${name} (${(outcome.durationMs / 1000).toFixed(1)} s)`,
  );
}

/** A check without a count of its own counts as one test. */
async function runCheck(name: string): Promise<Count> {
  const outcome = await runScript(name, true);
  closeStep(name, outcome);
  return { passed: Number(outcome.isPassed), failed: Number(!outcome.isPassed) };
}

/** Two at a time, for two cores. */
async function runChecks(names: readonly string[]): Promise<Count> {
  const waiting = [...names];
  const counts: Count[] = [];
  const lane = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
      counts.push(await runCheck(name));
  };
  await Promise.all([lane(), lane()]);
  return sum(counts);
}

/** Runs tests that leave reports. @param reports how to count each file that the script writes */
async function runTests(
  name: string,
  reports: Readonly<Record<string, (report: unknown) => Count>>,
): Promise<Count> {
  for (const file of Object.keys(reports)) rmSync(join(results, file), { force: true });
  const outcome = await runScript(name, false);
  const files = Object.entries(reports);
  // The exit code speaks for all reports together: it adds a failure only where they know of none.
  const count = sum(files.map(([file, countIn]) => countStep(join(results, file), countIn)));
  closeStep(name, outcome);
  return count.failed === 0 && !outcome.isPassed ? { ...count, failed: 1 } : count;
}

/** So that no test has to look for a browser. @returns a failure when there is none and none can be had */
function prepareBrowser(): Count {
  try {
    env['TAPEDECK_CHROMIUM'] = findChromium({ install: true });
    console.log(`Browser: ${env['TAPEDECK_CHROMIUM']}`);
    return { passed: 0, failed: 0 };
  } catch (error) {
    console.log(error instanceof Error ? error.message : String(error));
    return { passed: 0, failed: 1 };
  }
}

function printTimes(): void {
  heading('Time');
  for (const [name, durationMs] of times) console.log(`${inMinutes(durationMs).padStart(9)}  ${name}`);
  try {
    const report: unknown = JSON.parse(readFileSync(join(results, 'vitest.json'), 'utf8'));
    for (const [area, durationMs] of timeByArea(report, root))
      console.log(`${inMinutes(durationMs).padStart(9)}    of it test/${area}`);
  } catch {
    console.log('           (vitest left no report)');
  }
}

async function main(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      for (const child of running) end(child);
      process.exit(130);
    });
  }
  mkdirSync(results, { recursive: true });
  heading('Browser');
  const counts = [prepareBrowser()];
  heading('Format, lint, types');
  counts.push(await runChecks(['typecheck', 'lint', 'format:check']));
  heading('Build');
  counts.push(await runChecks(['build']));
  heading('Unit tests, suites, journeys, faults');
  counts.push(await runTests('test:unit', { 'vitest.json': countVitest }));
  heading('Browser tests');
  counts.push(
    await runTests('test:e2e', { 'playwright.json': countPlaywright, 'standalone.json': countStandalone }),
  );
  printTimes();
  const count = sum(counts);
  console.log(`\n${summaryLine(count)}`);
  process.exitCode = count.failed === 0 ? 0 : 1;
}

if (import.meta.main) await main();
