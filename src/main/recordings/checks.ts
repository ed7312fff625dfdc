// Which checks run when: polls are shared, sweeps wait for each other, everything can be canceled, and what a crash
// left is told as such.
import type { CheckTrigger } from '../../preload/contract/checks.ts';
import type { Clock } from '../domain/clock.ts';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import type { Provider } from '../providers/provider.ts';
import type { CheckRun } from '../store/check-store.ts';
import type { Store } from '../store/store.ts';
import { hasLists } from './list-provider.ts';
import type { CheckOutcome, RunCheck } from './run-check.ts';

export interface Checks {
  /** Looks at the calls that are still open. Somebody who asks while a poll runs is given that one's outcome. */
  poll(trigger: CheckTrigger, except?: readonly string[]): Poll;
  /**
   * Compares with the providers' lists; without a window, from where the last comparison ended. While one runs, the
   * same wish is done once more after it. @returns the run that was begun, or the one that is under way
   */
  sweep(wish: SweepWish): Promise<CheckRun>;
  /** Errors: not_found, conflict (it has ended). */
  cancel(runId: string): Promise<CheckRun>;
  running(): readonly CheckRun[];
  /** At start: runs that a crash left are ended; the next sweep covers their windows. */
  recover(): Promise<void>;
  stop(): Promise<void>;
}

export interface Poll {
  begun: Promise<CheckRun>;
  ended: Promise<CheckOutcome>;
}

export interface SweepWish {
  trigger: CheckTrigger;
  fromMs?: number | undefined;
  toMs?: number | undefined;
  providerIds?: readonly string[] | undefined;
}

export interface ChecksDeps {
  store: Pick<
    Store,
    'putCheckRun' | 'getCheckRun' | 'listOpenCheckRuns' | 'listOpenCalls' | 'listCheckMarks'
  >;
  providers: readonly Provider[];
  runCheck: RunCheck;
  /** What had given up and may be there after all is tried again with every sweep (domain/job says which). */
  reopenDeadFetches: () => Promise<number>;
  newId: (prefix: string, nowMs: number) => string;
  clock: Clock;
  log: Log;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Calls that began longer ago are the sweep's. */
const pollReachMs = 48 * hourMs;
/** With no call open a poll still looks for calls that nobody told of. */
const quietPollMs = 15 * minuteMs;
/** Lists change late: a recording may be listed long after its call. */
const overlapMs = 48 * hourMs;
const tookEarlierMs = 5 * minuteMs;

interface Running {
  run: CheckRun;
  controller: AbortController;
  ended: Promise<unknown>;
}

export function createChecks(deps: ChecksDeps): Checks {
  const { store, clock, log } = deps;
  const under = new Map<string, Running>();
  let poll: Poll | null = null;
  let sweeping: Promise<CheckRun> | null = null;
  let wishedAgain: SweepWish | null = null;
  let isStopping = false;

  const ready = (providerIds?: readonly string[]): Provider[] =>
    deps.providers.filter(
      (provider) =>
        provider.missing().length === 0 &&
        (hasLists(provider) || providerIds === undefined) &&
        (providerIds === undefined || providerIds.includes(provider.providerId)),
    );

  const begin = async (
    kind: CheckRun['kind'],
    trigger: CheckTrigger,
    window: { fromMs: number; toMs: number },
    providers: readonly Provider[],
  ): Promise<CheckRun> => {
    const nowMs = clock.now();
    const run: CheckRun = {
      runId: deps.newId('run', nowMs),
      kind,
      trigger,
      state: 'running',
      ...window,
      startedAtMs: nowMs,
      finishedAtMs: null,
      providers: providers.map(({ providerId }) => freshPart(providerId)),
      lookedAt: 0,
      processed: 0,
      waiting: 0,
      notRecorded: 0,
      problems: 0,
      resume: null,
    };
    await store.putCheckRun(run);
    return run;
  };

  const carryOut = (run: CheckRun): Promise<CheckOutcome> => {
    const controller = new AbortController();
    if (isStopping) controller.abort();
    const ended = deps.runCheck(run, controller.signal).finally(() => under.delete(run.runId));
    under.set(run.runId, { run, controller, ended: ended.catch(() => undefined) });
    return ended;
  };

  const beginPoll = async (trigger: CheckTrigger, except: readonly string[]): Promise<CheckRun> => {
    const nowMs = clock.now();
    const open = await store.listOpenCalls(nowMs - pollReachMs, nowMs, 2_000);
    const oldestMs = open.at(-1)?.startedAtMs ?? nowMs - quietPollMs;
    return begin(
      'poll',
      trigger,
      { fromMs: oldestMs - tookEarlierMs, toMs: nowMs + minuteMs },
      ready().filter(({ providerId }) => !except.includes(providerId)),
    );
  };

  const windowOf = async ({ fromMs, toMs }: SweepWish): Promise<{ fromMs: number; toMs: number }> => {
    const nowMs = clock.now();
    if (fromMs !== undefined) return { fromMs, toMs: toMs ?? nowMs };
    const marks = await store.listCheckMarks();
    const names = new Set(ready().map(({ providerId }) => providerId));
    const known = marks.filter(({ providerId }) => names.has(providerId)).map(({ upToMs }) => upToMs);
    // A provider that was never compared begins with the overlap; the past before that is a backfill's.
    const sinceMs = known.length === 0 ? nowMs : Math.min(nowMs, ...known);
    return { fromMs: sinceMs - overlapMs, toMs: toMs ?? nowMs };
  };

  const sweepOnce = async (wish: SweepWish): Promise<CheckRun> => {
    await deps.reopenDeadFetches();
    const run = await begin('sweep', wish.trigger, await windowOf(wish), ready(wish.providerIds));
    void carryOut(run)
      .catch((error: unknown) => {
        log.error('a sweep failed', {
          runId: run.runId,
          stack: error instanceof Error ? error.stack : undefined,
        });
      })
      .finally(() => {
        sweeping = null;
        const again = wishedAgain;
        wishedAgain = null;
        if (again !== null && !isStopping) void api.sweep(again).catch(() => undefined);
      });
    return run;
  };

  const api: Checks = {
    poll(trigger, except = []) {
      if (poll !== null) return poll;
      const begun = beginPoll(trigger, except);
      const ended = begun.then(carryOut).finally(() => {
        poll = null;
      });
      // Whoever waits is told; for the timer nobody does.
      ended.catch((error: unknown) =>
        log.error('a poll failed', { stack: error instanceof Error ? error.stack : undefined }),
      );
      poll = { begun, ended };
      return poll;
    },
    async sweep(wish) {
      if (sweeping !== null) {
        // A window that somebody chose is not forgotten for one that begins by itself.
        if (wishedAgain?.fromMs === undefined) wishedAgain = wish;
        return sweeping;
      }
      sweeping = sweepOnce(wish);
      sweeping.catch(() => {
        sweeping = null;
      });
      return sweeping;
    },
    async cancel(runId) {
      const run = await store.getCheckRun(runId);
      if (run === null) throw new AppError('not_found', 'There is no check with this id.');
      if (run.state !== 'running' && run.state !== 'paused') {
        throw new AppError('conflict', 'This check has ended already.');
      }
      const running = under.get(runId);
      if (running === undefined) {
        await store.putCheckRun({ ...run, state: 'canceled', finishedAtMs: clock.now() });
      } else {
        running.controller.abort();
        await running.ended;
      }
      return (await store.getCheckRun(runId)) ?? run;
    },
    running: () => [...under.values()].map(({ run }) => run),
    async recover() {
      for (const run of await store.listOpenCheckRuns()) {
        if (run.kind === 'backfill') continue;
        await store.putCheckRun({ ...run, state: 'interrupted', finishedAtMs: clock.now() });
      }
    },
    async stop() {
      isStopping = true;
      const all = [...under.values()];
      for (const { controller } of all) controller.abort();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
  return api;
}

/** The part of a provider that was not asked yet. */
export function freshPart(providerId: string): CheckRun['providers'][number] {
  return {
    providerId,
    state: 'waiting',
    code: null,
    requests: 0,
    calls: 0,
    recordings: 0,
    newCalls: 0,
    newRecordings: 0,
    doneToMs: null,
  };
}
