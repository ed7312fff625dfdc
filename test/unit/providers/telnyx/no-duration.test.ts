// Telnyx tells the length of a call in whole seconds: nobody answered, and somebody said half a word, are both zero.
import { expect, it } from 'vitest';
import { dial, keysIn, signal, startTelnyx } from './telnyx-world.ts';

async function endedWithoutDuration(switches: { tooShort?: number; unanswered?: number }) {
  // A seed in which the short call is shorter than half a second.
  const world = await startTelnyx({ seed: '2' });
  // Its events are in no list, as for a minute in life.
  Object.assign(world.standIn.switches, { ...switches, callsListedLateMs: 86_400_000 });
  const keys = keysIn([await dial(world)]);
  await world.standIn.idle();
  const lookUp = () => world.provider.api.lookUpCall?.(keys, signal);
  return { world, lookUp };
}

it('says nothing of such a call until its events have had their time to be listed', async () => {
  const { lookUp } = await endedWithoutDuration({ unanswered: 1 });
  expect(await lookUp()).toEqual({ facts: [], isFinal: false });
});

it('that has a recording was answered, however short it was', async () => {
  const { world, lookUp } = await endedWithoutDuration({ tooShort: 1 });
  await world.clock.delay(91_000);
  expect(await lookUp()).toMatchObject({
    isFinal: true,
    facts: [{ events: [{ kind: 'call.ended', data: { status: 'completed' } }] }],
  });
});

it('that has no recording either was not answered', async () => {
  const { world, lookUp } = await endedWithoutDuration({ unanswered: 1 });
  await world.clock.delay(91_000);
  expect(await lookUp()).toMatchObject({
    isFinal: true,
    facts: [{ events: [{ kind: 'call.ended', data: { status: 'no_answer' } }] }],
  });
});
