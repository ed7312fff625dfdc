// A clock that jumps by a day either way, and a night's sleep: every job is run to its end once, and none stays frozen.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../../src/main/domain/clock.ts';
import { AppError } from '../../../src/main/domain/errors.ts';
import { createJobHandlers, type JobHandler } from '../../../src/main/jobs/handlers.ts';
import { createJobWorker } from '../../../src/main/jobs/worker.ts';
import { newId, recordingIdOf } from '../../../src/main/ids.ts';
import { createLog } from '../../../src/main/log.ts';
import { createSqliteStore } from '../../../src/main/store/sqlite-store.ts';
import { delivery, fetchJob } from '../store/samples.ts';

const hour = 3_600_000;
const day = 24 * hour;

async function world() {
  let nowMs = Date.UTC(2026, 10, 21, 9);
  let tick = (): void => undefined;
  const clock: Clock = {
    now: () => nowMs,
    scale: 1,
    delay: () => Promise.resolve(),
    every: (_, run) => {
      tick = run;
      return () => {
        tick = () => undefined;
      };
    },
  };
  const dir = await mkdtemp(path.join(tmpdir(), 'tapedeck-jumps-'));
  const store = await createSqliteStore({ dataDir: dir, clock, newId, recordingIdOf });
  const running = new Map<string, { end: () => void; aborted: boolean }>();
  const effects: string[] = [];
  let doubled = 0;
  const run: JobHandler = async (job, signal) => {
    const name = job.payload.recordingId ?? '';
    const own = { end: () => undefined as void, aborted: false };
    if (running.has(name) && running.get(name)?.aborted === false) doubled += 1;
    running.set(name, own);
    await new Promise<void>((resolve) => {
      own.end = resolve;
      signal.addEventListener('abort', () => {
        own.aborted = true;
        resolve();
      });
    });
    if (running.get(name) === own) running.delete(name);
    if (signal.aborted) throw new AppError('network_failed', 'Stopped.', { retryable: true });
    if (job.attempt === 1) throw new AppError('timed_out', 'The first try fails.', { retryable: true });
    effects.push(name);
    return { jobId: job.jobId, lease: job.lease, events: [], jobs: [], result: 'done' };
  };
  const worker = createJobWorker({
    store,
    clock,
    log: createLog('silent'),
    random: () => 0,
    handlers: createJobHandlers({
      fetchRecording: run,
      makePeaks: run,
      dialCall: run,
      startRecording: run,
      followCall: run,
      findRecordings: run,
    }),
  });
  /** Lets the loop of the worker come to rest: every claim and settlement is a promise of the store. */
  const rest = async (): Promise<void> => {
    for (let turn = 0; turn < 4; turn++) {
      await store.countJobs();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  return {
    store,
    worker,
    running,
    effects,
    doubled: () => doubled,
    jump: (byMs: number) => {
      nowMs += byMs;
    },
    async tick() {
      tick();
      await rest();
    },
    async close() {
      await worker.stop();
      await store.close();
      await rm(dir, { recursive: true });
    },
  };
}

type Step = { do: 'jump'; byMs: number } | { do: 'end' };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('jump' as const),
    byMs: fc.constantFrom(-day, day, 8 * hour, -hour, 1_000, 2_000, 25_000),
  }),
  fc.record({ do: fc.constant('end' as const) }),
);

test('whatever the clock does, each job has its effect once, none is frozen and none runs beside itself', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const one = await world();
      try {
        const names = ['RE1', 'RE2', 'RE3', 'RE4', 'RE5', 'RE6'];
        await one.store.recordDelivery(
          delivery([], { jobs: names.map((name) => fetchJob(name, { runAtMs: 0 })) }),
        );
        one.worker.start();
        await one.tick();
        for (const each of steps) {
          if (each.do === 'jump') one.jump(each.byMs);
          else for (const { end } of [...one.running.values()]) end();
          await one.tick();
        }
        // From here on an ordinary day: nothing may wait longer than the longest delay of its kind.
        for (let round = 0; round < 12 && one.effects.length < names.length; round++) {
          for (const { end } of [...one.running.values()]) end();
          one.jump(round < 9 ? 3_000 : day);
          await one.tick();
        }
        expect(one.effects.toSorted()).toEqual(names.map((name) => recordingIdOf('twilio', name)).toSorted());
        expect(one.doubled()).toBe(0);
        await one.tick();
        expect(await one.store.countJobs()).toEqual({ ready: 0, running: 0, dead: 0 });
      } finally {
        await one.close();
      }
    }),
    { numRuns: 15 },
  );
});

test('a run that was under way over eight hours of sleep goes on with its lease renewed', async () => {
  const one = await world();
  try {
    await one.store.recordDelivery(delivery([], { jobs: [fetchJob('RE1', { runAtMs: 0 })] }));
    one.worker.start();
    await one.tick();
    for (const byMs of [8 * hour, -day, day, day]) {
      one.jump(byMs);
      await one.tick();
      expect([...one.running.values()]).toMatchObject([{ aborted: false }]);
    }
    expect((await one.store.listJobs({}, 5, null)).items).toMatchObject([
      { state: 'running', attempt: 1, crashes: 0 },
    ]);
  } finally {
    await one.close();
  }
});
