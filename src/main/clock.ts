import type { Clock } from './domain/clock.ts';

/** A clock that can be made again in another thread. */
export interface RunningClock extends Clock {
  /** Where product time and wall time were the same, epoch milliseconds. */
  readonly beganMs: number;
}

/**
 * The clock of a running application.
 * @param scale product milliseconds per wall millisecond; 1 is the wall clock itself
 * @param beganMs of the clock that this one shall agree with; by default now
 */
export function createClock(scale = 1, beganMs = Date.now()): RunningClock {
  // At scale 1 every reading is Date.now() itself, so that a corrected system clock is followed.
  const now = (): number => (scale === 1 ? Date.now() : Math.round(beganMs + (Date.now() - beganMs) * scale));
  return {
    now,
    scale,
    beganMs,
    delay(delayMs, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const done = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, Math.min(delayMs / scale, 2 ** 31 - 1));
        signal?.addEventListener('abort', done, { once: true });
      });
    },
    every(everyMs, run) {
      const timer = setInterval(run, Math.max(20, everyMs / scale));
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}
