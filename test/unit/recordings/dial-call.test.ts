import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/main/domain/errors.ts';
import { ourCallKey } from '../../../src/main/domain/provider-event.ts';
import { createScriptedProvider, type DialScript } from '../../standins/scripted-provider.ts';
import { aCall, Crash, createPlacing, type OpenStore, openStore } from './placing-rig.ts';

const second = 1_000;
const minute = 60 * second;
const crashPoints = ['dial:started', 'dial:answered', 'dial:stored'] as const;

let open: OpenStore;
beforeAll(async () => {
  open = await openStore();
});
afterAll(() => open.close());

describe('placing a call', () => {
  it('stores the call and its own key before anybody is asked', async () => {
    const rig = createPlacing(open);
    const row = await rig.placing.place({ ...aCall, reference: 'chat-7' });
    expect(rig.requests).toEqual([]);
    expect(row).toMatchObject({
      to: '+14155550132',
      from: '+14155550100',
      direction: 'outbound',
      kind: 'voice-bot',
      dialState: 'waiting',
      status: 'queued',
      reference: 'chat-7',
      providerId: 'scripted',
      recordingStatus: 'none_yet',
    });
    expect(await open.store.findCallId(ourCallKey(row.callId))).toBe(row.callId);
    await rig.run();
  });

  it('keeps every id of the answer and that it was dialled in one commit', async () => {
    const rig = createPlacing(open);
    const { callId } = await rig.placing.place(aCall);
    const ends: number[] = [];
    const stop = open.store.onChange(() => ends.push(rig.rung.length));
    await rig.run('place-call');
    stop();
    expect(rig.requests).toMatchObject([
      { callId, to: '+14155550132', attemptKey: `${callId}-0`, record: true, publicUrl: null },
    ]);
    const key = { providerId: 'scripted', kind: 'call', value: `pc-${callId}-0` };
    expect(await open.store.findCallId(key)).toBe(callId);
    expect(await rig.row(callId)).toMatchObject({ dialState: 'dialed', status: 'ringing' });
    expect(await open.store.findJob('follow-call', `scripted call pc-${callId}-0`)).not.toBeNull();
  });

  it.each([
    ['12', 'bad_number'],
    ['call me at 4155550132', 'bad_number'],
    ['+1 111 111 1111', 'bad_number'],
    ['(415) 555-0132 ext. 7', 'bad_number'],
    ['+1 415 555 0100', 'bad_number'],
  ])('refuses to call %s', async (to, code) => {
    const rig = createPlacing(open);
    const refusal = await rig.placing.place({ ...aCall, to }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code });
    expect(refusal instanceof AppError && refusal.message).not.toMatch(/\d/);
  });

  it('names the setting that is missing, and knows no way by another name', async () => {
    const rig = createPlacing(open);
    rig.settings.missing.push('SCRIPTED_API_KEY');
    await expect(rig.placing.place(aCall)).rejects.toMatchObject({
      code: 'not_set_up',
      message: 'Scripted is not set up: SCRIPTED_API_KEY is missing.',
    });
    await expect(rig.placing.place({ ...aCall, via: 'pigeon' })).rejects.toMatchObject({ code: 'bad_input' });
  });

  it('reads a local number as one of the home country', async () => {
    const rig = createPlacing(open);
    const row = await rig.placing.place({ ...aCall, to: '(415) 555-0177', from: undefined });
    expect(row).toMatchObject({ to: '+14155550177', from: null });
    await rig.run();
  });
});

describe('what a provider answers', () => {
  it('a refusal ends it with its code and needs a person', async () => {
    const rig = createPlacing(open, { dials: ['refused'] });
    const { callId } = await rig.placing.place(aCall);
    await rig.run('place-call');
    expect(await rig.row(callId)).toMatchObject({
      dialState: 'refused',
      dialCode: 'dial_refused',
      status: 'failed',
      needsAttention: true,
      recordingStatus: 'not_expected',
    });
    await rig.placing.redial(callId);
    expect(await rig.row(callId)).toMatchObject({ dialState: 'waiting', dialGeneration: 1 });
    await rig.run('place-call');
    expect(rig.requests.map(({ attemptKey }) => attemptKey)).toEqual([`${callId}-0`, `${callId}-1`]);
  });

  it('refused credentials pause the provider, and nothing rings', async () => {
    const rig = createPlacing(open, { dials: ['unauthorized'] });
    const { callId } = await rig.placing.place(aCall);
    await rig.run('place-call');
    expect(await rig.row(callId)).toMatchObject({ dialState: 'refused', dialCode: 'provider_unauthorized' });
    expect(await open.store.listPauses()).toMatchObject([{ providerId: 'scripted' }]);
    await open.store.resumeProvider('scripted');
  });

  it('asks back after a time-out and finds a call that was listed a minute late', async () => {
    const rig = createPlacing(open, { dials: ['lost_made'], listedAfterMs: minute });
    const { callId } = await rig.placing.place(aCall);
    await runToEnd(rig, callId);
    expect(await rig.row(callId)).toMatchObject({ dialState: 'dialed', needsAttention: false });
    expect(rig.requests).toHaveLength(1);
  });

  it('says unknown after three minutes of silence, and a person dials again', async () => {
    const rig = createPlacing(open, { dials: ['lost_not_made', 'placed'] });
    const { callId } = await rig.placing.place(aCall);
    const beganAtMs = open.clock.nowMs;
    await runToEnd(rig, callId);
    expect(open.clock.nowMs - beganAtMs).toBeGreaterThanOrEqual(3 * minute);
    expect(await rig.row(callId)).toMatchObject({
      dialState: 'unknown',
      dialCode: 'dial_unknown',
      status: 'unknown',
      needsAttention: true,
    });
    await rig.placing.redial(callId);
    await expect(rig.placing.redial(callId)).rejects.toMatchObject({ code: 'conflict' });
    await runToEnd(rig, callId);
    expect(await rig.row(callId)).toMatchObject({ dialState: 'dialed', dialGeneration: 1 });
  });

  it('goes on asking while the provider cannot be reached', async () => {
    let failures = 5;
    const rig = createPlacing(open, {
      dials: ['throws_made'],
      onFindDial() {
        if (failures-- > 0) throw new AppError('network_failed', 'Down.', { retryable: true });
      },
    });
    const { callId } = await rig.placing.place(aCall);
    await runToEnd(rig, callId);
    expect(await rig.row(callId)).toMatchObject({ dialState: 'dialed' });
    expect(rig.rung).toHaveLength(1);
  });

  it('a dial that takes the process down again and again is for a person to find out about', async () => {
    const rig = createPlacing(open, { dials: ['lost_not_made'] });
    const { callId } = await rig.placing.place(aCall);
    await rig.run('place-call');
    for (let crash = 0; crash < 5; crash++) {
      open.clock.nowMs += minute;
      await open.store.claimJobs(50);
      await open.store.recoverJobs();
    }
    expect(await rig.row(callId)).toMatchObject({ dialState: 'unknown', needsAttention: true });
    expect(rig.requests).toHaveLength(1);
  });

  it('a call that is heard of after all is dialled, whatever was said of it before', async () => {
    const rig = createPlacing(open, { dials: ['lost_made'], listedAfterMs: 10 * minute });
    const { callId } = await rig.placing.place(aCall);
    await runToEnd(rig, callId);
    expect((await rig.row(callId)).dialState).toBe('unknown');
    open.clock.nowMs += 10 * minute;
    const order = rig.requests[0];
    if (order === undefined) throw new Error('nothing was dialled');
    const fact = await rig.provider.api.findDial?.(order, new AbortController().signal);
    await rig.journalPulledFacts({ providerId: 'scripted', facts: fact ? [fact] : [], source: 'poll' });
    expect(await rig.row(callId)).toMatchObject({ dialState: 'dialed', needsAttention: false });
    await expect(rig.placing.redial(callId)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('taking a call back', () => {
  it('works until it is dialled and not after', async () => {
    const rig = createPlacing(open);
    const [one, other] = [await rig.placing.place(aCall), await rig.placing.place(aCall)];
    expect(await rig.placing.cancel(one.callId)).toMatchObject({ dialState: 'canceled', status: 'canceled' });
    expect(await rig.placing.cancel(one.callId)).toMatchObject({ dialState: 'canceled' });
    await rig.run('place-call');
    expect(rig.rung.map(({ order }) => order.callId)).toEqual([other.callId]);
    await expect(rig.placing.cancel(other.callId)).rejects.toMatchObject({ code: 'conflict' });
    await expect(rig.placing.cancel('call_nothing')).rejects.toMatchObject({ code: 'not_found' });
  });
});

const story = fc.record({
  dials: fc.array(
    fc.constantFrom<DialScript>('placed', 'refused', 'lost_made', 'lost_not_made', 'throws_made'),
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
        if (provider.requests.length === 0) expect(['canceled', 'unknown']).toContain(row.dialState);
      }),
      { numRuns: 120 },
    );
    expect((await open.store.rebuild(false)).differences).toBe(0);
  });
});

type Rig = ReturnType<typeof createPlacing>;

async function runToEnd(rig: Rig, callId: string): Promise<void> {
  for (let step = 0; step < 60; step++) {
    await rig.run('place-call');
    const { dialState } = await rig.row(callId);
    if (dialState !== 'waiting' && dialState !== 'dialing') return;
    open.clock.nowMs += 10 * second;
  }
}

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
