// The keeper with the Telnyx stand-in, which has the right time, and a computer that has not.
import { expect, test } from 'vitest';
import { createClock } from '../../../src/main/clock.ts';
import { newId } from '../../../src/main/ids.ts';
import { createGuardedFetch } from '../../../src/main/net/guarded-fetch.ts';
import { createPacedFetch } from '../../../src/main/net/paced-fetch.ts';
import { momentOf } from '../../../src/main/net/retry-after.ts';
import { createTelnyx } from '../../../src/main/providers/telnyx/index.ts';
import { createClockKeeper } from '../../../src/main/recordings/keep-clock.ts';
import type { OutageView } from '../../../src/preload/contract/checks.ts';
import { memoryLog } from '../api/parts.ts';
import { startTelnyx } from '../providers/telnyx/telnyx-world.ts';

const { signal } = new AbortController();
const minute = 60_000;

/** @param wrongByMs how far this computer's clock is ahead; may be changed */
async function rig(wrongByMs: { now: number }, outages: OutageView[] = []) {
  const world = await startTelnyx({ scale: 1 });
  const clock = { ...createClock(1), now: () => Date.now() + wrongByMs.now };
  const keeper = createClockKeeper({ clock, newId, log: memoryLog() });
  const paced = createPacedFetch({
    fetch: createGuardedFetch({ allowedHosts: () => [], overrides: () => [world.baseUrl] }),
    clock,
    random: () => 0,
    onAnswer({ askedAtMs, answeredAtMs, headers }) {
      const dateMs = momentOf(headers['date']);
      if (dateMs !== null) keeper.note({ askedAtMs, answeredAtMs, dateMs });
    },
  });
  const provider = createTelnyx({
    setting: (name) => world.settings[name],
    fetch: paced.fetch,
    now: keeper.correctedNow,
  });
  const store = {
    putOutage: async (outage: OutageView) => {
      const at = outages.findIndex(({ outageId }) => outageId === outage.outageId);
      if (at === -1) outages.push(outage);
      else outages[at] = outage;
    },
    listOutages: async () => [...outages],
  };
  await keeper.start(store);
  const ask = (): unknown =>
    provider.api.listRecordings?.({ fromMs: Date.now() - minute, toMs: Date.now(), page: null }, signal);
  return { world, keeper, provider, outages, ask };
}

test('a rightly signed webhook is refused by a clock ten minutes off, and taken once the time was heard', async () => {
  for (const aheadMs of [-10 * minute, 10 * minute]) {
    const { world, keeper, provider, outages, ask } = await rig({ now: aheadMs });
    world.standIn.place([{ outcome: 'answered', talkMs: 60_000 }]);
    await expect.poll(() => world.receiver.heard.length).toBeGreaterThan(0);
    const [heard] = world.receiver.heard;
    if (heard === undefined) throw new Error('nothing came');
    expect(provider.verify(heard, [])).toEqual({ ok: false, reason: 'clock_skew' });
    for (let times = 0; times < 3; times++) {
      expect(keeper.view()).toEqual({ skewMs: null, isWrong: false });
      await ask();
    }
    expect(provider.verify(heard, [])).toEqual({ ok: true });
    expect(keeper.view().isWrong).toBe(true);
    expect(Math.abs((keeper.view().skewMs ?? 0) - aheadMs)).toBeLessThan(15_000);
    await keeper.stop();
    expect(outages).toMatchObject([{ kind: 'clock_wrong', code: null }]);
  }
});

test('the outage lasts until the clock is set, and one that a crash left open ends at the next start', async () => {
  const wrongByMs = { now: -10 * minute };
  const left: OutageView = { outageId: 'out_1', kind: 'clock_wrong', fromMs: 5, toMs: null, code: null };
  const { keeper, outages, ask } = await rig(wrongByMs, [left]);
  expect(outages).toMatchObject([{ outageId: 'out_1', fromMs: 5, toMs: expect.any(Number) }]);
  for (let times = 0; times < 4; times++) await ask();
  expect(keeper.view().isWrong).toBe(true);
  await expect.poll(() => outages[1]).toMatchObject({ toMs: null });
  wrongByMs.now = 0;
  for (let times = 0; times < 3; times++) await ask();
  expect(keeper.view()).toMatchObject({ isWrong: false });
  await keeper.stop();
  expect(outages).toHaveLength(2);
  expect(outages[1]?.toMs).toBeGreaterThanOrEqual(outages[1]?.fromMs ?? Number.POSITIVE_INFINITY);
});

test('a clock that runs faster than the wall is not measured by the dates of others', () => {
  const keeper = createClockKeeper({ clock: { now: () => 5_000, scale: 60 }, newId, log: memoryLog() });
  for (let times = 0; times < 5; times++) keeper.note({ askedAtMs: 0, answeredAtMs: 10, dateMs: 9e9 });
  expect(keeper.view()).toEqual({ skewMs: null, isWrong: false });
  expect(keeper.correctedNow()).toBe(5_000);
});
