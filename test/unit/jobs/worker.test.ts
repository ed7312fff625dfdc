import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Clock } from '../../../src/main/domain/clock.ts';
import { AppError } from '../../../src/main/domain/errors.ts';
import { leaseMs } from '../../../src/main/domain/job.ts';
import { newId, recordingIdOf } from '../../../src/main/ids.ts';
import { createJobHandlers, type JobHandler } from '../../../src/main/jobs/handlers.ts';
import { createJobWorker, type JobWorker, type JobWorkerDeps } from '../../../src/main/jobs/worker.ts';
import { createLog } from '../../../src/main/log.ts';
import { createSqliteStore } from '../../../src/main/store/sqlite-store.ts';
import type { JobRow, Store } from '../../../src/main/store/store.ts';

let dir = '';
let store: Store;
let nowMs = Date.UTC(2026, 10, 21, 9);
let ticks: (() => void)[] = [];
let workers: JobWorker[] = [];
const clock: Clock = {
  now: () => nowMs,
  scale: 1,
  delay: () => Promise.resolve(),
  every: (_, run) => {
    ticks.push(run);
    return () => {
      ticks = ticks.filter((one) => one !== run);
    };
  },
};
const tick = (): void => {
  for (const run of ticks) run();
};

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'tapedeck-jobs-'));
  store = await createSqliteStore({ dataDir: dir, clock, newId, recordingIdOf });
});
afterEach(async () => {
  for (const worker of workers) await worker.stop();
  workers = [];
  await store.close();
  await rm(dir, { recursive: true });
});

async function addJobs(count: number, delayMs = 0): Promise<void> {
  const recordingIds = Array.from({ length: count }, (_, i) =>
    recordingIdOf('twilio', `RE${nowMs}-${delayMs}-${i}`),
  );
  await store.recordDelivery({
    deliveryId: newId('dlv', nowMs),
    providerId: 'twilio',
    receivedAtMs: nowMs,
    source: 'webhook',
    verification: 'verified',
    outcome: 'ignored',
    label: 'test',
    dedupeKey: newId('key', nowMs),
    method: 'POST',
    path: '/',
    headers: [],
    body: Buffer.from(''),
    events: [],
    jobs: recordingIds.map((recordingId) => ({
      kind: 'fetch-recording',
      dedupe: recordingId,
      payload: { recordingId },
      providerId: null,
      runAtMs: nowMs + delayMs,
    })),
  });
}

function createWorker(run: JobHandler, more: Partial<JobWorkerDeps> = {}): JobWorker {
  const handlers = createJobHandlers({
    fetchRecording: run,
    makePeaks: run,
    dialCall: run,
    startRecording: run,
    followCall: run,
    findRecordings: run,
  });
  const worker = createJobWorker({
    store,
    clock,
    log: createLog('silent'),
    handlers,
    random: () => 0,
    ...more,
  });
  workers.push(worker);
  return worker;
}

const done: JobHandler = async ({ jobId, lease }) => ({ jobId, lease, events: [], jobs: [], result: 'done' });
const jobs = async (): Promise<JobRow[]> => (await store.listJobs({}, 200, null)).items;
const until = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 5_000, interval: 5 });

/** Runs until its signal aborts, then fails as an aborted download does. */
function endless(): { handler: JobHandler; aborted: string[]; started: string[] } {
  const aborted: string[] = [];
  const started: string[] = [];
  const handler: JobHandler = async ({ jobId }, signal) => {
    started.push(jobId);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    aborted.push(jobId);
    throw new Error('stopped');
  };
  return { handler, aborted, started };
}

test('runs every due job once, no more than four at a time, and none before its time', async () => {
  await addJobs(25);
  await addJobs(1, 5_000);
  let atOnce = 0;
  let most = 0;
  const runs: string[] = [];
  const worker = createWorker(async (job, signal) => {
    runs.push(job.jobId);
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 2));
    atOnce--;
    return done(job, signal);
  });
  worker.start();
  await until(async () => expect((await jobs()).filter(({ state }) => state === 'done')).toHaveLength(25));
  expect(most).toBe(4);
  expect(new Set(runs).size).toBe(25);
  expect(runs).toHaveLength(25);
  nowMs += 5_000;
  tick();
  await until(async () => expect(await store.countJobs()).toMatchObject({ ready: 0, running: 0 }));
  expect(runs).toHaveLength(26);
});

test('wake finds new work without waiting for the tick; before start it does nothing', async () => {
  const worker = createWorker(done);
  await addJobs(1);
  worker.wake();
  expect((await jobs())[0]?.state).toBe('ready');
  worker.start();
  await until(async () => expect((await jobs())[0]?.state).toBe('done'));
  await addJobs(1, 1);
  nowMs += 1;
  worker.wake();
  await until(async () => expect(await store.countJobs()).toMatchObject({ ready: 0, running: 0 }));
});

test.each([
  [new AppError('timed_out', 'slow', { retryable: true }), 'ready', 'timed_out', 2_000],
  [
    new AppError('timed_out', 'slow', { retryable: true, retryAfterMs: 90_000 }),
    'ready',
    'timed_out',
    90_000,
  ],
  [new AppError('worker_failed', 'broken'), 'dead', 'worker_failed', 0],
  [new RangeError('a bug'), 'ready', 'internal', 2_000],
])('a handler that throws %s', async (error, state, lastErrorCode, delayMs) => {
  await addJobs(1);
  createWorker(() => Promise.reject(error)).start();
  await until(async () => expect((await jobs())[0]).toMatchObject({ state, lastErrorCode, attempt: 1 }));
  if (state === 'ready') expect((await jobs())[0]?.runAtMs).toBe(nowMs + delayMs);
});

test('stop aborts what runs, waits for it and gives the attempts back', async () => {
  await addJobs(6);
  const { handler, aborted, started } = endless();
  const worker = createWorker(handler);
  worker.start();
  await until(() => expect(started).toHaveLength(4));
  await worker.stop();
  expect(aborted).toHaveLength(4);
  for (const job of await jobs())
    expect(job).toMatchObject({ state: 'ready', attempt: 0, lastErrorCode: null });
  worker.wake();
  tick();
  expect(started).toHaveLength(4);
});

test('a long run keeps its lease by the tick, and is not run twice after a night of sleep', async () => {
  await addJobs(1);
  const { handler, started, aborted } = endless();
  const renewLease = vi.fn((jobId: string, lease: string) => store.renewLease(jobId, lease));
  createWorker(handler, { store: { ...store, renewLease } }).start();
  await until(() => expect(started).toHaveLength(1));
  nowMs += leaseMs / 3;
  tick();
  await until(() => expect(renewLease).toHaveBeenCalledTimes(1));
  nowMs += 8 * 3_600_000;
  tick();
  await until(() => expect(renewLease).toHaveBeenCalledTimes(2));
  nowMs += 1;
  tick();
  await store.countJobs();
  expect([started.length, aborted.length]).toEqual([1, 0]);
});

test('a run whose lease is gone is aborted and has no effect', async () => {
  await addJobs(1);
  const { handler, started, aborted } = endless();
  createWorker(handler).start();
  await until(() => expect(started).toHaveLength(1));
  nowMs += leaseMs + 1;
  const [taken] = await store.claimJobs(1);
  tick();
  await until(() => expect(aborted).toHaveLength(1));
  await until(async () => expect(await store.countJobs()).toMatchObject({ running: 1, ready: 0 }));
  expect(await store.renewLease(taken?.jobId ?? '', taken?.lease ?? '')).toBe(true);
});

test('a store that cannot answer for a while does not end the loop', async () => {
  await addJobs(1);
  let failures = 2;
  const claimJobs = (limit: number) =>
    failures-- > 0 ? Promise.reject(new Error('disk')) : store.claimJobs(limit);
  createWorker(done, { store: { ...store, claimJobs } }).start();
  await until(async () => {
    tick();
    expect((await jobs())[0]?.state).toBe('done');
  });
});

test('a settlement that cannot be written is run again when the lease has run out', async () => {
  await addJobs(1);
  let isBroken = true;
  const settleJob: Store['settleJob'] = (settlement) =>
    isBroken ? Promise.reject(new AppError('disk_full', 'full')) : store.settleJob(settlement);
  let runs = 0;
  const handler: JobHandler = async (job, signal) => {
    runs++;
    return done(job, signal);
  };
  createWorker(handler, { store: { ...store, settleJob } }).start();
  await until(() => expect(runs).toBe(1));
  isBroken = false;
  nowMs += leaseMs + 1;
  await until(async () => {
    tick();
    expect((await jobs())[0]?.state).toBe('done');
  });
  expect(runs).toBe(2);
});

test.each(Array.from({ length: 12 }, (_, turns) => turns))(
  'a wake %i microtasks after a claim came back empty is not lost',
  async (turns) => {
    let claims = 0;
    let answer: (jobs: []) => void = () => {};
    const claimJobs = () =>
      new Promise<[]>((resolve) => {
        claims++;
        answer = resolve;
      });
    const worker = createWorker(done, { store: { ...store, claimJobs } });
    worker.start();
    await until(() => expect(claims).toBe(1));
    answer([]);
    for (let i = 0; i < turns; i++) await Promise.resolve();
    worker.wake();
    await until(() => expect(claims).toBe(2));
    answer([]);
  },
);
