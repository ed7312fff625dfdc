import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '../../../src/main/log.ts';
import { createMatchUnique } from '../../../src/main/recordings/match-unique.ts';
import { factWith, scriptedEvent } from '../../standins/scripted-provider.ts';
import { createPlacing, type OpenStore, openStore } from './placing-rig.ts';

const minute = 60_000;

let open: OpenStore;
let matched: unknown[][];
let isOn: boolean;
beforeEach(async () => {
  open = await openStore();
  [matched, isOn] = [[], true];
});
afterEach(() => open.close());

const run = () =>
  createMatchUnique({
    store: {
      ...open.store,
      async matchCalls(...given) {
        matched.push(given);
        return { callId: given[1], matchEventKey: 'match' };
      },
    },
    isOn: () => isOn,
    clock: open.clock,
    log: createLog('silent'),
  })();

const patient = '+14155550132';
const clinic = '+14155550100';

/** Talks of four minutes, and audio that is as long, names another call and (or not) the patient's number. */
async function tell(
  talks: number,
  number: string | null = patient,
): Promise<{ audio: string; talk: string }> {
  const rig = createPlacing(open);
  const nowMs = open.clock.now();
  const key = (value: string) => ({ providerId: 'scripted', kind: 'call', value });
  const data = {
    status: 'completed' as const,
    from: patient,
    to: clinic,
    answeredAtMs: nowMs,
    endedAtMs: nowMs + 4 * minute,
    talkMs: 4 * minute,
  };
  for (let i = 0; i < talks; i++) {
    const fact = factWith(`talk ${i}`, [scriptedEvent([key(`talk-${i}`)], 'call.ended', nowMs, data)]);
    await rig.journalPulledFacts({ providerId: 'scripted', facts: [fact], source: 'poll' });
  }
  const audio = factWith('audio', [
    {
      kind: 'recording.available',
      eventKey: 'audio',
      providerId: 'scripted',
      occurredAtMs: nowMs,
      sequence: 0,
      keys: [key('audio')],
      data: {
        providerRecordingId: 'r1',
        durationMs: 4 * minute,
        ...(number === null ? {} : { from: number, to: clinic }),
      },
    },
  ]);
  await rig.journalPulledFacts({ providerId: 'scripted', facts: [audio], source: 'poll' });
  open.clock.nowMs += 4 * minute;
  return {
    audio: (await open.store.findCallId(key('audio'))) ?? '',
    talk: (await open.store.findCallId(key('talk-0'))) ?? '',
  };
}

it('joins audio with the one call that fits, once its own ids had time to come', async () => {
  const { audio, talk } = await tell(1);
  await run();
  expect(matched).toEqual([]);
  open.clock.nowMs += 10 * minute;
  await run();
  expect(matched).toEqual([[audio, talk, 'auto_unique']]);
});

it('does nothing when two calls fit', async () => {
  await tell(2);
  open.clock.nowMs += 20 * minute;
  await run();
  expect(matched).toEqual([]);
});

it('does nothing while it is turned off', async () => {
  await tell(1);
  open.clock.nowMs += 20 * minute;
  isOn = false;
  await run();
  expect(matched).toEqual([]);
});

it('does nothing when no number is known, though the times agree', async () => {
  await tell(1, null);
  open.clock.nowMs += 20 * minute;
  await run();
  expect(matched).toEqual([]);
});

it('does nothing when the only call at that time is another caller on the same line', async () => {
  await tell(1, '+442079460018');
  open.clock.nowMs += 20 * minute;
  await run();
  expect(matched).toEqual([]);
});

it('does nothing where more calls share the line than are looked at: a second one may fit', async () => {
  await tell(25);
  open.clock.nowMs += 20 * minute;
  await run();
  expect(matched).toEqual([]);
});
