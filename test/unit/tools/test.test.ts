import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');
const trees: string[] = [];
afterAll(() => {
  for (const tree of trees) rmSync(tree, { recursive: true, force: true });
});

const node = JSON.stringify(process.execPath);
const vitestReport = {
  testResults: [
    {
      name: 'a',
      status: 'passed',
      startTime: 0,
      endTime: 1,
      assertionResults: [{ status: 'passed' }, { status: 'passed' }],
    },
  ],
};
const playwrightReport = { stats: { expected: 3, unexpected: 0, flaky: 0, duration: 1 }, errors: [] };

/** A tree with the real tools/test.ts and scripts that only pretend. */
function runIn(
  scripts: Record<string, string>,
  browser = '#!/bin/sh\n',
): { status: number | null; lines: string[] } {
  const tree = mkdtempSync(join(tmpdir(), 'tapedeck-test-'));
  trees.push(tree);
  mkdirSync(join(tree, 'tools'));
  for (const name of ['test.ts', 'test-report.ts', 'chromium.ts'])
    copyFileSync(join(root, 'tools', name), join(tree, 'tools', name));
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  const leave = (file: string, report: object): string => {
    writeFileSync(
      join(tree, `leave-${file}.js`),
      `require('node:fs').writeFileSync('test-results/${file}', '${JSON.stringify(report)}');`,
    );
    return `${node} leave-${file}.js`;
  };
  const all = {
    typecheck: 'exit 0',
    lint: 'exit 0',
    'format:check': 'exit 0',
    build: 'exit 0',
    'test:unit': leave('vitest.json', vitestReport),
    'test:e2e': `${leave('playwright.json', playwrightReport)} && ${leave('standalone.json', [{ isPassed: true }])}`,
    ...scripts,
  };
  writeFileSync(join(tree, 'package.json'), JSON.stringify({ scripts: all }));
  writeFileSync(join(tree, 'browser'), browser);
  chmodSync(join(tree, 'browser'), 0o755);
  const run = spawnSync(process.execPath, [join(tree, 'tools', 'test.ts')], {
    encoding: 'utf8',
    // A run that hangs is ended here and has no status.
    timeout: 15_000,
    env: { ...process.env, TAPEDECK_CHROMIUM: join(tree, 'browser') },
  });
  return { status: run.status, lines: run.stdout.trimEnd().split('\n') };
}

test('counts checks and tests, and ends with the summary', () => {
  const { status, lines } = runIn({});
  expect(lines.at(-1)).toBe('10 passed, 0 failed');
  expect(status).toBe(0);
});

test('goes on after failures, shows what failed, and exits with an error', () => {
  const { status, lines } = runIn({
    lint: 'echo a finding && exit 1',
    build: 'exit 1',
    'test:unit': 'exit 1',
  });
  expect(lines).toContain('a finding');
  expect(lines.some((line) => line.startsWith('passed  test:e2e'))).toBe(true);
  expect(lines.at(-1)).toBe('6 passed, 3 failed');
  expect(status).toBe(1);
});

test('a run that fails although every counted test passed is one failure', () => {
  const { status, lines } = runIn({ 'test:e2e': 'exit 1' });
  expect(lines.at(-1)).toBe('6 passed, 2 failed');
  expect(status).toBe(1);
});

test('a report of an earlier run is not counted', () => {
  const { lines } = runIn({ 'test:unit': `${node} -e ""` });
  expect(lines.at(-1)).toBe('8 passed, 1 failed');
});

test('a program that a test left running is ended with its step', () => {
  const { status, lines } = runIn({ build: 'sleep 300 & exit 0' });
  expect(lines.at(-1)).toBe('10 passed, 0 failed');
  expect(status).toBe(0);
});
