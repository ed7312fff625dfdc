// At most one dial per asking, whatever happens on the way.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/main/domain/errors.ts';
import { createScriptedProvider, type DialScript } from '../../standins/scripted-provider.ts';
import { aCall, Crash, createPlacing, type OpenStore, openStore } from './placing-rig.ts';

const second = 1_000;
const minute = 60 * second;
const crashPoints = ['dial:started', 'dial:answered', 'dial:postponed', 'dial:stored'] as const;

let open: OpenStore;
beforeAll(async () => {
  open = await openStore();
});
afterAll(() => open.close());

const story = fc.record({
  dials: fc.array(
    fc.constantFrom<DialScript>('placed', 'busy', 'refused', 'lost_made', 'lost_not_made', 'throws_made'),
    { minLength: 1, maxLength: 3 },
  ),
  listedAfterMs: fc.constantFrom(0, 20 * second, minute, 5 * minute),
  crashes: fc.array(fc.constantFrom<(typeof crashPoints)[number] | null>(...crashPoints, null), {
    maxLength: 4,
  }),
  failingAsks: fc.integer({ min: 0, max: 3 }),
  /** What a person does at each step. */
  person: fc.array(fc.constantFrom('nothing', 'cancel', 'redial'), { maxLength: 6 }),
  /** A second worker that holds the same job, as after a lease that ran out. */
  isDoubled: fc.boolean(),
});

describe('at most one dial per asking', () => {
  it('whatever crashes, times out, is listed late, is doubled or is decided meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ dials, listedAfterMs, crashes, failingAsks, person, isDoubled }) => {
        let failures = failingAsks;
        const provider = createScriptedProvider({
          now: () => open.clock.now(),
          dials,
          listedAfterMs,
          onFindDial() {
            if (failures-- > 0) throw new AppError('network_failed', 'Down.', { retryable: true });
          },
        });
        let rig = createPlacing(open, { provider });
        const { callId } = await rig.placing.place(aCall);
        const plans = [...person];
        const points = [...crashes];
        for (let step = 0; step < 80; step++) {
          await decide(rig, callId, plans.shift() ?? 'nothing');
          rig.crashAt(points.shift() ?? null);
          try {
            if (isDoubled) await runTwice(rig);
            else await rig.run('place-call');
          } catch (error) {
            if (!(error instanceof Crash)) throw error;
            await open.store.recoverJobs();
            rig = createPlacing(open, { provider });
          }
          const { ready, running } = await open.store.countJobs();
          if (ready + running === 0 && plans.length === 0) break;
          open.clock.nowMs += 15 * second;
        }
        const perAsking = new Map<string, number>();
        for (const { attemptKey } of provider.requests) {
          perAsking.set(attemptKey, (perAsking.get(attemptKey) ?? 0) + 1);
        }
        expect(Math.max(0, ...perAsking.values())).toBeLessThanOrEqual(1);
        const row = await rig.row(callId);
        // Never lost: it ends as something that a person can see and act on.
        expect(['dialed', 'refused', 'unknown', 'canceled']).toContain(row.dialState);
        if (row.dialState === 'dialed') expect(provider.rung.length).toBeGreaterThanOrEqual(1);
        if (row.dialState === 'refused') expect(provider.rung).toEqual([]);
        // A crash before the request left is not known to be one: a person has to say.
        if (provider.requests.length + provider.turnedAway.length === 0)
          expect(['canceled', 'unknown']).toContain(row.dialState);
      }),
      { numRuns: 120 },
    );
    expect((await open.store.rebuild(false)).differences).toBe(0);
  });
});

type Rig = ReturnType<typeof createPlacing>;

async function decide(rig: Rig, callId: string, what: string): Promise<void> {
  const deciding = { cancel: () => rig.placing.cancel(callId), redial: () => rig.placing.redial(callId) };
  if (what !== 'cancel' && what !== 'redial') return;
  await deciding[what]().catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
  });
}

async function runTwice(rig: Rig): Promise<void> {
  const signal = new AbortController().signal;
  for (const job of await open.store.claimJobs(50)) {
    if (job.kind !== 'place-call') {
      await open.store.settleJob({
        jobId: job.jobId,
        lease: job.lease,
        events: [],
        jobs: [],
        result: 'done',
      });
      continue;
    }
    const runs = await Promise.allSettled([
      rig.handlers['place-call'](job, signal),
      rig.handlers['place-call'](job, signal),
    ]);
    const failed = runs.find((run) => run.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    for (const run of runs) if (run.status === 'fulfilled') await open.store.settleJob(run.value);
  }
}
