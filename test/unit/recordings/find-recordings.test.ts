import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LookUp } from '../../../src/main/providers/provider.ts';
import { factWith, scriptedEvent } from '../../standins/scripted-provider.ts';
import { createPlacing, type OpenStore, openStore } from './placing-rig.ts';

const minute = 60_000;
let open: OpenStore;
beforeEach(async () => {
  open = await openStore();
});
afterEach(() => open.close());

/** A call that has ended, whose recordings are asked for as often as is due; how often that was within a day. */
async function timesAsked(answer: Partial<LookUp>): Promise<number> {
  const rig = createPlacing(open, { finds: [{ facts: [], isFinal: false, ...answer }] });
  const atMs = open.clock.nowMs;
  const key = { providerId: 'scripted', kind: 'call', value: 'one' };
  const ended = scriptedEvent([key], 'call.ended', atMs, { status: 'completed', endedAtMs: atMs });
  const facts = [factWith('ended', [ended])];
  await rig.journalPulledFacts({ providerId: 'scripted', facts, source: 'poll' });
  for (; open.clock.nowMs < atMs + 24 * 60 * minute; open.clock.nowMs += minute)
    await rig.run('find-recordings');
  return rig.asked.find;
}

it('asks no longer than the provider says that something may come after the end of the call', async () => {
  const asked = await timesAsked({ finalAfterEndMs: 15 * minute });
  expect(asked).toBeGreaterThan(3);
  expect(asked).toBeLessThan(12);
});

it('goes on asking while the provider may have something, and stops when it says that it has not', async () => {
  expect(await timesAsked({})).toBeGreaterThan(11);
});

it('asks once when the answer is final', async () => {
  expect(await timesAsked({ isFinal: true })).toBe(1);
});
