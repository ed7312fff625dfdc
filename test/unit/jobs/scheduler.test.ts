import { expect, it } from 'vitest';
import type { CheckTrigger } from '../../../src/preload/contract/checks.ts';
import type { CheckRun } from '../../../src/main/store/check-store.ts';
import { createScheduler } from '../../../src/main/jobs/scheduler.ts';
import { createLog } from '../../../src/main/log.ts';
import type { PollingPlan } from '../../../src/main/domain/polling-plan.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

function rig(first: Partial<PollingPlan> = {}) {
  const plan: PollingPlan = {
    isPolling: true,
    intervalMinutes: 3,
    decidedBy: 'default',
    except: [],
    ...first,
  };
  const seen: string[] = [];
  let nowMs = 1_700_000_000_000;
  let tick = (): void => undefined;
  const scheduler = createScheduler({
    log: createLog('silent'),
    plan: () => plan,
    checks: {
      poll(trigger) {
        seen.push(`poll ${trigger}`);
        return { begun: new Promise(() => undefined), ended: new Promise(() => undefined) };
      },
      async sweep({ trigger, fromMs }) {
        seen.push(`sweep ${trigger}${fromMs === undefined ? '' : ` ${(nowMs - fromMs) / dayMs}d`}`);
        return {} as CheckRun;
      },
    },
    clock: {
      now: () => nowMs,
      scale: 1,
      delay: () => Promise.resolve(),
      every(_everyMs, run) {
        tick = run;
        return () => undefined;
      },
    },
  });
  return {
    plan,
    scheduler,
    nowMs: () => nowMs,
    /** What was begun while the clock went on by so much, a tick a second. */
    run(forMs: number): string[] {
      seen.length = 0;
      for (const untilMs = nowMs + forMs; nowMs < untilMs; ) {
        nowMs += 1_000;
        tick();
      }
      return [...seen];
    },
    /** The clock is set, or the computer slept: then one tick comes. */
    jump(byMs: number): string[] {
      seen.length = 0;
      nowMs += byMs;
      tick();
      return [...seen];
    },
  };
}

it('sweeps soon after the start, then every quarter of an hour, and polls by its interval', () => {
  const { scheduler, run } = rig();
  scheduler.start(0);
  expect(run(10_000)).toEqual(['sweep start']);
  expect(run(6 * minuteMs)).toEqual(['poll interval', 'poll interval']);
  expect(run(10 * minuteMs).filter((one) => one.startsWith('sweep'))).toEqual(['sweep interval']);
});

it('takes a burst of reasons for one, and lets a change of the plan hold at once', () => {
  const { scheduler, run, plan, nowMs } = rig({ isPolling: false });
  scheduler.start(0);
  run(10_000);
  expect(scheduler.nextPollAtMs()).toBeNull();
  for (const reason of ['refusal', 'refusal', 'wake'] as CheckTrigger[]) scheduler.trigger(reason);
  expect(run(10_000)).toEqual(['sweep refusal']);
  plan.isPolling = true;
  plan.intervalMinutes = 1;
  expect(scheduler.nextPollAtMs()).toBeLessThan(nowMs() + minuteMs);
  expect(run(minuteMs)).toEqual(['poll interval']);
});

it('does after a night of sleep what is due once, and not what it slept through', () => {
  const { scheduler, run, jump } = rig();
  scheduler.start(0);
  run(10_000);
  expect(jump(8 * 60 * minuteMs)).toEqual(['poll interval', 'sweep interval']);
  expect(run(minuteMs)).toEqual([]);
});

it.each([-dayMs, dayMs])('freezes nothing when the clock is set by %i ms', (byMs) => {
  const { scheduler, run, jump } = rig();
  scheduler.start(0);
  run(10_000);
  expect(jump(byMs)).toContain('poll interval');
  expect(run(3 * minuteMs)).toEqual(['poll interval']);
});

it('looks back over thirty days once a day, also when it was off at night', () => {
  const { scheduler, run, nowMs } = rig({ isPolling: false });
  scheduler.start(nowMs() - dayMs);
  expect(run(20_000)).toEqual(['sweep nightly 30d', 'sweep start']);
  expect(run(60 * minuteMs).filter((one) => one.includes('nightly'))).toEqual([]);
});
