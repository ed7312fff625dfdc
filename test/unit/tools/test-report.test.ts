import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  countPlaywright,
  countStandalone,
  countStep,
  countVitest,
  sum,
  summaryLine,
  timeByArea,
} from '../../../tools/test-report.ts';

const dir = mkdtempSync(join(tmpdir(), 'tapedeck-report-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const file = (name: string, status: string, tests: string[], startTime = 0, endTime = 0): object => ({
  name,
  status,
  startTime,
  endTime,
  assertionResults: tests.map((each) => ({ status: each })),
});

describe('vitest', () => {
  test('counts passed and failed tests and leaves skipped ones out', () => {
    const report = {
      testResults: [file('a', 'failed', ['passed', 'failed', 'skipped']), file('b', 'passed', ['passed'])],
    };
    expect(countVitest(report)).toEqual({ passed: 2, failed: 1 });
  });

  test('a file that cannot be loaded is one failure', () => {
    expect(countVitest({ testResults: [file('a', 'failed', [])] })).toEqual({ passed: 0, failed: 1 });
  });

  test('a file whose hook threw after its tests passed is one failure', () => {
    expect(countVitest({ testResults: [file('a', 'failed', ['passed'])] })).toEqual({ passed: 1, failed: 1 });
  });

  test('sums the time of each folder of test/', () => {
    const report = {
      testResults: [
        file('/x/test/unit/a.test.ts', 'passed', [], 100, 300),
        file('/x/test/unit/deep/b.test.ts', 'passed', [], 200, 250),
        file('/x/test/journeys/c.test.ts', 'passed', [], 10, 11),
      ],
    };
    expect([...timeByArea(report, '/x')]).toEqual([
      ['unit', 250],
      ['journeys', 1],
    ]);
  });
});

describe('Playwright', () => {
  const report = (stats: object, errors: unknown[] = []): object => ({
    stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, duration: 1, ...stats },
    errors,
  });

  test('counts what passed and what failed', () => {
    expect(countPlaywright(report({ expected: 4, unexpected: 1, skipped: 2 }))).toEqual({
      passed: 4,
      failed: 1,
    });
  });

  test('a test that passed on a second try has failed', () => {
    expect(countPlaywright(report({ expected: 1, flaky: 1 }))).toEqual({ passed: 1, failed: 1 });
  });

  test('an error outside the tests is a failure', () => {
    expect(countPlaywright(report({}, [{ message: 'No tests found' }]))).toEqual({ passed: 0, failed: 1 });
  });
});

test('counts standalone scripts', () => {
  expect(countStandalone([{ isPassed: true }, { isPassed: false }])).toEqual({ passed: 1, failed: 1 });
});

describe('a step', () => {
  const path = join(dir, 'standalone.json');

  test('that left no report is one failure', () => {
    expect(countStep(join(dir, 'none.json'), countStandalone)).toEqual({ passed: 0, failed: 1 });
  });

  test('that left a broken report is one failure', () => {
    writeFileSync(path, '[{"isPass');
    expect(countStep(path, countStandalone)).toEqual({ passed: 0, failed: 1 });
  });

  test('that left a report is counted by it', () => {
    writeFileSync(path, '[{"isPassed":true}]');
    expect(countStep(path, countStandalone)).toEqual({ passed: 1, failed: 0 });
  });
});

test('the summary is exactly N passed, N failed', () => {
  expect(
    summaryLine(
      sum([
        { passed: 3, failed: 0 },
        { passed: 4, failed: 1 },
      ]),
    ),
  ).toBe('7 passed, 1 failed');
});
