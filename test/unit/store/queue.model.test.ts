// The queue against a model of a few lines: random commands, the clock jumping both ways, and always the same answer.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crashDelayMs, leaseMs, maxCrashes, maxDelayMs } from '../../../src/main/domain/job.ts';
import { recordingIdOf } from '../../../src/main/ids.ts';
import type { Store } from '../../../src/main/store/store.ts';
import { delivery, fetchJob, openStore, type OpenedStore, startMs } from './samples.ts';

interface ModelJob {
  name: string;
  state: 'ready' | 'running' | 'done' | 'dead';
  runAtMs: number;
  attempt: number;
  crashes: number;
  generation: number;
  leaseUntilMs: number;
  /** Which claim owns it. */
  owner: number;
}
interface Claim {
  name: string;
  jobId: string;
  lease: string;
  owner: number;
}
interface Model {
  nowMs: number;
  jobs: Map<string, ModelJob>;
  claims: Claim[];
  owners: number;
}
type Real = OpenedStore & { store: Store };

const clampOf = maxDelayMs('fetch-recording');

function crash(job: ModelJob, then: 'running' | 'ready'): void {
  job.crashes += 1;
  if (job.crashes >= maxCrashes) job.state = 'dead';
  else job.state = then;
}

function modelClaim(model: Model, limit: number): ModelJob[] {
  const { nowMs } = model;
  for (const job of model.jobs.values()) {
    if (job.state === 'ready' && job.runAtMs > nowMs + clampOf) job.runAtMs = nowMs;
    if (job.state === 'running' && job.leaseUntilMs > nowMs + leaseMs) job.leaseUntilMs = nowMs + leaseMs;
    const lost = job.state === 'running' && job.leaseUntilMs <= nowMs;
    if (lost && job.crashes + 1 >= maxCrashes) crash(job, 'running');
  }
  const due = [...model.jobs.values()].filter(
    ({ state, runAtMs, leaseUntilMs }) =>
      (state === 'ready' && runAtMs <= nowMs) || (state === 'running' && leaseUntilMs <= nowMs),
  );
  due.sort((a, b) => a.runAtMs - b.runAtMs || (a.name < b.name ? -1 : 1));
  for (const job of due.slice(0, limit)) {
    if (job.state === 'ready') job.attempt += 1;
    else crash(job, 'running');
    job.state = 'running';
    job.leaseUntilMs = nowMs + leaseMs;
    job.owner = model.owners;
  }
  return due.slice(0, limit);
}

async function same(model: Model, { store }: Real): Promise<void> {
  const { items } = await store.listJobs({}, 200, null);
  const real = items.map(({ recordingId, state, runAtMs, attempt, crashes, generation }) => ({
    recordingId,
    state,
    runAtMs,
    attempt,
    crashes,
    generation,
  }));
  const expected = [...model.jobs.values()].map(({ name, state, runAtMs, attempt, crashes, generation }) => ({
    recordingId: recordingIdOf('twilio', name),
    state,
    runAtMs,
    attempt,
    crashes,
    generation,
  }));
  const byId = (a: { recordingId: string | null }, b: { recordingId: string | null }): number =>
    (a.recordingId ?? '') < (b.recordingId ?? '') ? -1 : 1;
  expect(real.sort(byId)).toEqual(expected.sort(byId));
}

type Command = fc.AsyncCommand<Model, Real>;
const command = (text: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
  check: () => true,
  toString: () => text,
  async run(model, real) {
    await run(model, real);
    await same(model, real);
  },
});

const add = (name: string, inMs: number): Command =>
  command(`add ${name} in ${inMs}`, async (model, { store }) => {
    const runAtMs = model.nowMs + inMs;
    await store.recordDelivery(delivery([], { jobs: [fetchJob(name, { runAtMs })] }));
    if (model.jobs.has(name)) return;
    const fresh = { attempt: 0, crashes: 0, generation: 0, leaseUntilMs: 0, owner: 0 };
    model.jobs.set(name, { name, state: 'ready', runAtMs, ...fresh });
  });

const claim = (): Command =>
  // All that is due, so that the order of jobs due at one moment does not matter here.
  command('claim', async (model, { store }) => {
    model.owners += 1;
    const expected = modelClaim(model, 50);
    const claimed = await store.claimJobs(50);
    expect(claimed.map(({ runAtMs }) => runAtMs)).toEqual(expected.map(({ runAtMs }) => runAtMs));
    for (const { name } of expected) {
      const job = claimed.find(({ dedupe }) => dedupe === recordingIdOf('twilio', name));
      if (job === undefined) throw new Error(`${name} was not claimed`);
      model.claims.push({ name, jobId: job.jobId, lease: job.lease, owner: model.owners });
    }
  });

const settle = (pick: number, result: 'done' | 'retry' | 'dead' | 'release', inMs: number): Command =>
  command(`settle ${pick} ${result} in ${inMs}`, async (model, { store }) => {
    const held = model.claims[pick % Math.max(1, model.claims.length)];
    if (held === undefined) return;
    const runAtMs = model.nowMs + inMs;
    const { jobId, lease } = held;
    const ack = { jobId, lease, events: [], jobs: [] };
    const accepted = await store.settleJob(
      result === 'done'
        ? { ...ack, result }
        : result === 'dead'
          ? { ...ack, result, errorCode: 'timed_out' }
          : { ...ack, result, runAtMs, errorCode: 'timed_out' },
    );
    const job = model.jobs.get(held.name);
    const owned = job?.state === 'running' && job.owner === held.owner;
    expect(accepted).toBe(owned);
    if (job === undefined || !owned) return;
    if (result === 'retry' || result === 'release') {
      job.state = 'ready';
      job.runAtMs = runAtMs;
      if (result === 'release') job.attempt -= 1;
    } else job.state = result;
  });

const renew = (pick: number): Command =>
  command(`renew ${pick}`, async (model, { store }) => {
    const held = model.claims[pick % Math.max(1, model.claims.length)];
    if (held === undefined) return;
    const job = model.jobs.get(held.name);
    const owned = job?.state === 'running' && job.owner === held.owner;
    expect(await store.renewLease(held.jobId, held.lease)).toBe(owned);
    if (job !== undefined && owned) job.leaseUntilMs = model.nowMs + leaseMs;
  });

const jump = (byMs: number): Command =>
  command(`clock ${byMs}`, async (model, { clock }) => {
    model.nowMs += byMs;
    clock.set(model.nowMs);
  });

const restart = (): Command =>
  command('restart', async (model, { store }) => {
    const running = [...model.jobs.values()].filter(({ state }) => state === 'running');
    expect(await store.recoverJobs()).toBe(running.length);
    for (const job of running) {
      crash(job, 'ready');
      if (job.state !== 'ready') continue;
      job.attempt -= 1;
      job.runAtMs =
        job.crashes === 1 ? Math.min(job.runAtMs, model.nowMs) : model.nowMs + crashDelayMs(job.crashes);
    }
  });

const retry = (name: string): Command =>
  command(`retry ${name}`, async (model, { store }) => {
    const found = await store.findJob('fetch-recording', recordingIdOf('twilio', name));
    const job = model.jobs.get(name);
    expect(found === null).toBe(job === undefined);
    if (found === null || job === undefined) return;
    await store.retryJob(found.jobId);
    if (job.state !== 'dead') return;
    Object.assign(job, { state: 'ready', attempt: 0, crashes: 0, runAtMs: model.nowMs });
    job.generation += 1;
  });

const names = fc.constantFrom('RE1', 'RE2', 'RE3');
const soonMs = fc.constantFrom(0, 1, leaseMs, clampOf, clampOf + 1);
const commands = fc.commands(
  [
    fc.tuple(names, soonMs).map(([name, inMs]) => add(name, inMs)),
    fc.constant(null).map(claim),
    fc.constant(null).map(claim),
    fc
      .tuple(
        fc.nat(9),
        fc.constantFrom('done' as const, 'retry' as const, 'dead' as const, 'release' as const),
        soonMs,
      )
      .map(([pick, result, inMs]) => settle(pick, result, inMs)),
    fc.nat(9).map(renew),
    fc.constantFrom(1, leaseMs - 1, leaseMs, clampOf, -1, -leaseMs, -clampOf * 3).map(jump),
    fc.constant(null).map(restart),
    names.map(retry),
  ],
  { size: '+1', maxCommands: 40 },
);

it('answers as the model does, whatever is asked in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (run) => {
      const opened = await openStore();
      const model: Model = { nowMs: startMs, jobs: new Map(), claims: [], owners: 0 };
      try {
        await fc.asyncModelRun(() => ({ model, real: opened }), run);
      } finally {
        await opened.store.close();
      }
    }),
    { numRuns: 80 },
  );
});
