// Sleep and absence, noticed by the clock: a computer that slept, and a Tapedeck that was not running, may both have
// missed webhooks.
import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Wake {
  /** Calls `listener` with the stretch that was slept through, epoch milliseconds. @returns stops it */
  onWake(listener: (slept: { fromMs: number; toMs: number }) => void): () => void;
  stop(): void;
}

const tickMs = 5_000;
/** A busy computer is late by seconds; one that slept by more. */
const sleptMs = 30_000;

/**
 * Always by the wall clock: a clock that runs fast in tests must not look like sleep.
 * @param every begins a timer and returns what ends it
 */
export function createWake(deps: {
  wallNow: () => number;
  every: (everyMs: number, run: () => void) => () => void;
}): Wake {
  const listeners = new Set<(slept: { fromMs: number; toMs: number }) => void>();
  let lastMs = deps.wallNow();
  const stop = deps.every(tickMs, () => {
    const nowMs = deps.wallNow();
    const slept = { fromMs: lastMs, toMs: nowMs };
    lastMs = nowMs;
    // A clock that was set forward looks the same; then one sweep too many is made.
    if (slept.toMs - slept.fromMs < sleptMs) return;
    for (const listener of listeners) listener(slept);
  });
  return {
    onWake(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop,
  };
}

const fileName = 'alive';

/**
 * A file of the data folder whose time says when Tapedeck was last alive; no row of the database, for it is written
 * every minute.
 * @returns of `lastMs`: null at the very first start
 */
export function createAliveMark(dataDir: string): {
  lastMs: () => number | null;
  touch: (nowMs: number) => void;
} {
  const path = join(dataDir, fileName);
  return {
    lastMs() {
      try {
        return Math.round(statSync(path).mtimeMs);
      } catch {
        return null;
      }
    },
    touch(nowMs) {
      const seconds = nowMs / 1000;
      try {
        utimesSync(path, seconds, seconds);
      } catch {
        try {
          writeFileSync(path, '', { mode: 0o600 });
          utimesSync(path, seconds, seconds);
        } catch {
          // A full or read-only disk: then the next start sees an older mark, and sweeps a longer stretch.
        }
      }
    },
  };
}
