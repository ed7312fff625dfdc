// Reads what vitest, Playwright and the standalone scripts left behind, and counts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export interface Count {
  passed: number;
  failed: number;
}

const vitestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      startTime: z.number(),
      endTime: z.number(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});
const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), duration: z.number() }),
  errors: z.array(z.unknown()),
});
const standaloneReport = z.array(z.object({ isPassed: z.boolean() }));

export const sum = (counts: readonly Count[]): Count => ({
  passed: counts.reduce((total, count) => total + count.passed, 0),
  failed: counts.reduce((total, count) => total + count.failed, 0),
});

/** Counts tests. A file that failed without a failed test (it could not be loaded, a hook threw) is one failure. */
export function countVitest(report: unknown): Count {
  return sum(
    vitestReport.parse(report).testResults.map(({ status, assertionResults }) => {
      const passed = assertionResults.filter((test) => test.status === 'passed').length;
      const failed = assertionResults.filter((test) => test.status === 'failed').length;
      return { passed, failed: failed === 0 && status === 'failed' ? 1 : failed };
    }),
  );
}

/** Counts browser tests. One that passed only on a second try has failed; so has a file that could not be loaded. */
export function countPlaywright(report: unknown): Count {
  const { stats, errors } = playwrightReport.parse(report);
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length };
}

export function countStandalone(report: unknown): Count {
  const results = standaloneReport.parse(report);
  const passed = results.filter((result) => result.isPassed).length;
  return { passed, failed: results.length - passed };
}

/**
 * Time per area (unit, suites, ...: the folders of test/), summed over files that may have run side by side.
 * @param root the folder that holds test/
 * @returns milliseconds by area
 */
export function timeByArea(report: unknown, root: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const { name, startTime, endTime } of vitestReport.parse(report).testResults) {
    const area = name.slice(join(root, 'test').length + 1).split(/[\\/]/)[0] ?? '';
    times.set(area, (times.get(area) ?? 0) + Math.max(0, endTime - startTime));
  }
  return times;
}

/** Counts a step's report. A step that left none, or one that cannot be read, is itself one failure. */
export function countStep(path: string, count: (report: unknown) => Count): Count {
  try {
    return count(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** The last line of `npm test`. */
export const summaryLine = ({ passed, failed }: Count): string => `${passed} passed, ${failed} failed`;
