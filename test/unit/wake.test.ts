import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAliveMark, createWake } from '../../src/main/wake.ts';

it('notices sleep by a late tick, once, and nothing when it is only busy', () => {
  let nowMs = 1_000_000;
  let tick = (): void => undefined;
  const wake = createWake({
    wallNow: () => nowMs,
    every(_everyMs, run) {
      tick = run;
      return () => undefined;
    },
  });
  const seen: unknown[] = [];
  const stop = wake.onWake((slept) => seen.push(slept));
  for (const passedMs of [5_000, 25_000, 8 * 3_600_000, 5_000, -3_600_000]) {
    nowMs += passedMs;
    tick();
  }
  expect(seen).toEqual([{ fromMs: 1_030_000, toMs: 1_030_000 + 8 * 3_600_000 }]);
  stop();
  nowMs += 60_000;
  tick();
  expect(seen).toHaveLength(1);
});

it('remembers in the data folder when it was last alive', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tapedeck-alive-'));
  const alive = createAliveMark(dir);
  expect(alive.lastMs()).toBeNull();
  alive.touch(1_700_000_000_000);
  alive.touch(1_700_000_060_000);
  expect(createAliveMark(dir).lastMs()).toBe(1_700_000_060_000);
  rmSync(dir, { recursive: true });
  // A folder that cannot be written to is no reason to fail.
  alive.touch(1);
  expect(alive.lastMs()).toBeNull();
});
