// Use case: keeps the measure of this computer's clock, and journals the time in which it was wrong.
import type { Clock } from '../domain/clock.ts';
import { type DateSample, isClockWrong, keptSamples, skewFrom, skewOf } from '../domain/clock-skew.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';

export interface ClockKeeper {
  /** Takes in one answer of a phone service. */
  note(sample: DateSample): void;
  /** The phone services' time, epoch milliseconds; this computer's while too little is known. */
  correctedNow(): number;
  /** `skewMs`: how far this computer is ahead (negative: behind); null while not known. */
  view(): { skewMs: number | null; isWrong: boolean };
  /** Ends what an earlier run left open, then writes what was seen since and what comes. */
  start(store: Pick<Store, 'putOutage' | 'listOutages'>): Promise<void>;
  /** Waits for what is being written; a clock that is wrong is known to be so until now. */
  stop(): Promise<void>;
}

export interface ClockKeeperDeps {
  clock: Pick<Clock, 'now' | 'scale'>;
  newId: (prefix: string, nowMs: number) => string;
  log: Log;
}

/** How far back an outage is looked for that was left open. */
const openForMs = 90 * 86_400_000;

/** Makes the keeper. Where product time runs faster than the wall, answers of others say nothing about it: none is taken in. */
export function createClockKeeper({ clock, newId, log }: ClockKeeperDeps): ClockKeeper {
  let skews: number[] = [];
  let skewMs: number | null = null;
  let store: Pick<Store, 'putOutage'> | null = null;
  let outage: { outageId: string; fromMs: number } | null = null;
  let rightUntilMs: number | null = null;
  let writing: Promise<void> = Promise.resolve();

  const correctedNow = (): number => clock.now() - (skewMs ?? 0);
  const view = (): { skewMs: number | null; isWrong: boolean } => ({ skewMs, isWrong: isClockWrong(skewMs) });

  const put = (toMs: number | null): void => {
    if (outage === null || store === null) return;
    const { outageId, fromMs } = outage;
    const to = store;
    // Two measures of one moment may differ by the second that a date is good to.
    const endMs = toMs === null ? null : Math.max(fromMs, toMs);
    writing = writing
      .then(() => to.putOutage({ outageId, kind: 'clock_wrong', fromMs, toMs: endMs, code: null }))
      .catch((error: unknown) =>
        log.error('a wrong clock could not be noted', {
          stack: error instanceof Error ? error.stack : undefined,
        }),
      );
  };

  /** Times are the phone services' own, which is what calls are compared by. */
  const judge = (): void => {
    const nowMs = correctedNow();
    if (!isClockWrong(skewMs)) {
      put(nowMs);
      outage = null;
      if (skewMs !== null) rightUntilMs = nowMs;
    } else if (outage === null) {
      // When it became wrong nobody saw: some time after it was last seen right.
      outage = { outageId: newId('out', nowMs), fromMs: Math.min(rightUntilMs ?? nowMs, nowMs) };
      log.warn('this clock is wrong', { delayMs: skewMs ?? 0 });
      put(null);
    }
  };

  return {
    note(sample) {
      if (clock.scale !== 1) return;
      const skew = skewOf(sample);
      if (skew === null) return;
      skews = [...skews, skew].slice(-keptSamples);
      skewMs = skewFrom(skews);
      judge();
    },
    correctedNow,
    view,
    async start(opened) {
      const nowMs = correctedNow();
      for (const left of await opened.listOutages(nowMs - openForMs, nowMs)) {
        if (left.kind === 'clock_wrong' && left.toMs === null) {
          await opened.putOutage({ ...left, toMs: Math.max(left.fromMs, nowMs) });
        }
      }
      store = opened;
      put(null);
    },
    async stop() {
      if (outage !== null) put(correctedNow());
      await writing;
    },
  };
}
