import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../src/main/domain/provider-event.ts';
import {
  createScriptedProvider,
  type DialScript,
  factWith,
  scriptedEvent,
} from '../../standins/scripted-provider.ts';
import { aCall, createPlacing, type OpenStore, openStore } from './placing-rig.ts';

const queued = { ...aCall, kind: 'priority-queue' as const };

let open: OpenStore;
beforeEach(async () => {
  open = await openStore();
});
afterEach(() => open.close());

type Rig = ReturnType<typeof createPlacing>;

/** One round of the clock: the queue goes on, jobs run. */
async function round(rig: Rig, { clock } = open, lastsMs = 1_000): Promise<void> {
  await rig.queue.advance();
  await rig.run('place-call');
  clock.nowMs += lastsMs;
}

/** The person at the other end hangs up. */
async function hangUp(rig: Rig, at: number, { clock } = open): Promise<void> {
  const phone = rig.rung[at];
  if (phone === undefined) throw new Error('that phone never rang');
  const keys = [{ providerId: 'scripted', kind: 'call', value: phone.providerCallId }];
  const ended: DomainEvent = scriptedEvent(keys, 'call.ended', clock.now(), {
    status: 'completed',
    endedAtMs: clock.now(),
  });
  await rig.journalPulledFacts({
    providerId: 'scripted',
    facts: [factWith(`ended ${phone.providerCallId}`, [ended])],
    source: 'poll',
  });
}

const dialled = (rig: Rig): string[] => rig.rung.map(({ order }) => order.callId);

describe('the queue', () => {
  it('calls one at a time, by priority and then by age', async () => {
    const rig = createPlacing(open);
    const calls: string[] = [];
    for (const priority of [0, 5, 0, 9, 5]) {
      calls.push((await rig.placing.place({ ...queued, priority })).callId);
      open.clock.nowMs += 10;
    }
    const [low, mid, lowLater, high, midLater] = calls;
    expect((await rig.queue.view()).waiting.map(({ callId }) => callId)).toEqual([
      high,
      mid,
      midLater,
      low,
      lowLater,
    ]);
    for (let i = 0; i < 5; i++) {
      await round(rig);
      await round(rig);
      expect(rig.rung).toHaveLength(i + 1);
      expect((await rig.queue.view()).current).toMatchObject({ callId: dialled(rig).at(-1) });
      await hangUp(rig, i);
    }
    expect(dialled(rig)).toEqual([high, mid, midLater, low, lowLater]);
    expect(await rig.queue.view()).toEqual({ paused: false, current: null, waiting: [] });
  });

  it('goes past a refusal and stops at a dial that nobody knows the outcome of, until a person decides', async () => {
    const rig = createPlacing(open, { dials: ['refused', 'lost_not_made', 'placed'] });
    for (let i = 0; i < 3; i++) {
      await rig.placing.place(queued);
      open.clock.nowMs += 10;
    }
    for (let i = 0; i < 20; i++) await round(rig, open, 30_000);
    expect(rig.requests).toHaveLength(2);
    const { current, waiting } = await rig.queue.view();
    expect(current).toMatchObject({ dialState: 'unknown', needsAttention: true });
    expect(waiting).toHaveLength(1);
    await rig.placing.cancel(current?.callId ?? '');
    await round(rig);
    expect(dialled(rig)).toEqual([waiting[0]?.callId]);
  });

  it('pauses before the next call and leaves the one that is dialled alone', async () => {
    const rig = createPlacing(open);
    const [first, second] = [
      await rig.placing.place({ ...queued, priority: 1 }),
      await rig.placing.place(queued),
    ];
    await round(rig);
    await rig.queue.pause(true);
    await hangUp(rig, 0);
    for (let i = 0; i < 3; i++) await round(rig);
    expect(dialled(rig)).toEqual([first.callId]);
    expect(await rig.queue.view()).toMatchObject({ paused: true, current: null });
    // Also after a restart.
    const again = createPlacing(open, { provider: rig });
    for (let i = 0; i < 3; i++) await round(again);
    expect(dialled(again)).toEqual([first.callId]);
    await again.queue.pause(false);
    await round(again);
    expect(dialled(again)).toEqual([first.callId, second.callId]);
  });

  it('lets a more urgent call go first, even when another had been given its turn', async () => {
    const rig = createPlacing(open);
    const low = await rig.placing.place(queued);
    await rig.queue.advance();
    const high = await rig.placing.place({ ...queued, priority: 100 });
    for (let i = 0; i < 4; i++) await round(rig);
    expect(dialled(rig)).toEqual([high.callId]);
    await hangUp(rig, 0);
    for (let i = 0; i < 2; i++) await round(rig);
    expect(dialled(rig)).toEqual([high.callId, low.callId]);
  });

  it('waits, and refuses nothing, while its provider is not set up or paused', async () => {
    const rig = createPlacing(open);
    await rig.placing.place(queued);
    rig.settings.missing.push('SCRIPTED_API_KEY');
    for (let i = 0; i < 3; i++) await round(rig);
    rig.settings.missing.length = 0;
    await open.store.pauseProvider('scripted', 'provider_unauthorized');
    for (let i = 0; i < 3; i++) await round(rig);
    expect((await rig.queue.view()).waiting).toHaveLength(1);
    await open.store.resumeProvider('scripted');
    await round(rig);
    expect(rig.rung).toHaveLength(1);
  });

  it('does not stop for ever at a call whose end nobody tells', async () => {
    const rig = createPlacing(open);
    await rig.placing.place({ ...queued, priority: 1 });
    await rig.placing.place(queued);
    await round(rig);
    open.clock.nowMs += 3 * 3_600_000;
    await round(rig);
    expect(rig.rung).toHaveLength(1);
    open.clock.nowMs += 2 * 3_600_000;
    await round(rig);
    expect(rig.rung).toHaveLength(2);
  });

  it('does not wait for calls of a voice bot, and they do not wait for it', async () => {
    const rig = createPlacing(open);
    await rig.placing.place(queued);
    await rig.placing.place(aCall);
    await round(rig);
    expect(rig.rung).toHaveLength(2);
  });
});

describe('any course of events', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('place' as const), priority: fc.integer({ min: 0, max: 3 }) }),
    fc.record({
      do: fc.constantFrom('hangUp' as const, 'pause' as const, 'goOn' as const, 'restart' as const),
    }),
    fc.record({ do: fc.constant('cancel' as const), which: fc.nat({ max: 5 }) }),
  );

  it('never has two calls at once and never takes one that is not first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 20 }),
        fc.array(fc.constantFrom<DialScript>('placed', 'refused'), { minLength: 1, maxLength: 4 }),
        async (steps, dials) => {
          const fresh = await openStore();
          try {
            const provider = createScriptedProvider({ now: () => fresh.clock.now(), dials });
            let rig = createPlacing(fresh, { provider });
            let talking = 0;
            let hungUp = 0;
            for (const next of steps) {
              if (next.do === 'place') await rig.placing.place({ ...queued, priority: next.priority });
              if (next.do === 'pause') await rig.queue.pause(true);
              if (next.do === 'goOn') await rig.queue.pause(false);
              if (next.do === 'restart') rig = createPlacing(fresh, { provider });
              if (next.do === 'cancel') {
                const { waiting } = await rig.queue.view();
                const call = waiting[next.which];
                if (call !== undefined) await rig.placing.cancel(call.callId);
              }
              if (next.do === 'hangUp' && hungUp < rig.rung.length) {
                await hangUp(rig, hungUp++, fresh);
                talking -= 1;
              }
              const before = await rig.queue.view();
              const requests = rig.requests.length;
              const rung = rig.rung.length;
              await round(rig, fresh);
              talking += rig.rung.length - rung;
              expect(talking).toBeLessThanOrEqual(1);
              const made = rig.requests.slice(requests);
              if (before.paused || before.current !== null) expect(made).toEqual([]);
              // Nothing was placed in between, so what was dialled is what stood first.
              expect(made.map(({ callId }) => callId)).toEqual(
                before.waiting.slice(0, made.length).map(({ callId }) => callId),
              );
            }
          } finally {
            await fresh.close();
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
