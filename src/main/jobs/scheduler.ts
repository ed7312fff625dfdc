// When checks come by themselves. One tick compares the wall clock with what is due; no timer is ever longer than that,
// so that a laptop that slept, or a clock that was set, makes a check due once and not a hundred times.
import type { CheckTrigger } from '../../preload/contract/checks.ts';
import type { Clock } from '../domain/clock.ts';
import type { PollingPlan } from '../domain/polling-plan.ts';
import type { Log } from '../log.ts';
import type { Checks } from '../recordings/checks.ts';

export interface Scheduler {
  /** @param lastNightlyMs when the last nightly sweep began, by the journal of checks; 0 for never */
  start(lastNightlyMs: number): void;
  /** Something may have cost webhooks (wake, web link, refusal, start): sweep soon, once for all that come together. */
  trigger(trigger: CheckTrigger): void;
  /** Epoch milliseconds; null while regular checks are off. */
  nextPollAtMs(): number | null;
  stop(): void;
}

export interface SchedulerDeps {
  checks: Pick<Checks, 'poll' | 'sweep'>;
  clock: Clock;
  log: Log;
  /** Read at every tick: settings change. */
  plan: () => PollingPlan;
}

const minuteMs = 60_000;
const tickMs = 1_000;
const sweepEveryMs = 15 * minuteMs;
const nightlyEveryMs = 24 * 60 * minuteMs;
const nightlyReachMs = 30 * 24 * 60 * minuteMs;
/** A burst of refusals, or a link that flickers, is one reason and not ten. */
const settleMs = 5_000;

export function createScheduler({ checks, clock, log, plan }: SchedulerDeps): Scheduler {
  let stopTicking: (() => void) | null = null;
  let lastPollMs = 0;
  let lastSweepMs = 0;
  let lastNightlyMs = 0;
  let wished: { trigger: CheckTrigger; atMs: number } | null = null;

  const sweep = (trigger: CheckTrigger, fromMs?: number): void => {
    lastSweepMs = clock.now();
    checks.sweep({ trigger, fromMs }).catch((error: unknown) => {
      log.error('a sweep could not begin', { stack: error instanceof Error ? error.stack : undefined });
    });
  };
  /** Time since a moment; a moment in the future was written by a clock that has been set back since. */
  const since = (atMs: number): number => {
    const nowMs = clock.now();
    return atMs > nowMs ? Number.POSITIVE_INFINITY : nowMs - atMs;
  };

  const tick = (): void => {
    const { isPolling, intervalMinutes, except } = plan();
    if (isPolling && since(lastPollMs) >= intervalMinutes * minuteMs) {
      lastPollMs = clock.now();
      checks.poll('interval', except);
    }
    if (wished !== null && since(wished.atMs) >= settleMs) {
      const { trigger } = wished;
      wished = null;
      sweep(trigger);
      return;
    }
    if (since(lastNightlyMs) >= nightlyEveryMs) {
      lastNightlyMs = clock.now();
      sweep('nightly', clock.now() - nightlyReachMs);
    } else if (since(lastSweepMs) >= sweepEveryMs) sweep('interval');
  };

  return {
    start(nightlyMs) {
      if (stopTicking !== null) return;
      const nowMs = clock.now();
      // The sweep of the start looks at everything that a poll would.
      lastPollMs = nowMs;
      lastSweepMs = nowMs;
      // A first start has no past of its own: looking through that is a person's wish.
      lastNightlyMs = nightlyMs === 0 ? nowMs : nightlyMs;
      wished = { trigger: 'start', atMs: nowMs };
      stopTicking = clock.every(tickMs, tick);
    },
    trigger(trigger) {
      wished ??= { trigger, atMs: clock.now() };
    },
    nextPollAtMs() {
      const { isPolling, intervalMinutes } = plan();
      return isPolling ? lastPollMs + intervalMinutes * minuteMs : null;
    },
    stop() {
      stopTicking?.();
      stopTicking = null;
    },
  };
}
