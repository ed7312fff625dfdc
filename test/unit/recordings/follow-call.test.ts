import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallKey } from '../../../src/preload/contract/calls.ts';
import type { DomainEvent } from '../../../src/main/domain/provider-event.ts';
import { recordingIdOf } from '../../../src/main/ids.ts';
import type { LookUp } from '../../../src/main/providers/provider.ts';
import { aCall, createPlacing, type OpenStore, openStore, type PlacingOptions } from './placing-rig.ts';
import { factWith, scriptedEvent } from '../../standins/scripted-provider.ts';

let open: OpenStore;
beforeEach(async () => {
  open = await openStore();
});
afterEach(() => open.close());

/** A placed call that rings, and what its provider says of it when asked. */
async function ringing(options: (call: CallKey) => PlacingOptions) {
  const first = createPlacing(open);
  const { callId } = await first.placing.place(aCall);
  await first.run('place-call');
  const call = { providerId: 'scripted', kind: 'call', value: `pc-${callId}-0` };
  const rig = createPlacing(open, options(call));
  const runs = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await rig.run();
      open.clock.nowMs += 120_000;
    }
  };
  return { ...rig, callId, runs };
}

const fact = (event: DomainEvent) => factWith(event.eventKey, [event]);
const available = (call: CallKey, id: string, atMs: number): DomainEvent => ({
  kind: 'recording.available',
  eventKey: `available ${id}`,
  providerId: 'scripted',
  occurredAtMs: atMs,
  sequence: 0,
  keys: [call],
  data: { providerRecordingId: id },
});

describe('a call whose webhooks never arrive', () => {
  it('is followed to its end, and every recording of it is found and fetched', async () => {
    const atMs = open.clock.now();
    const rig = await ringing((call) => {
      const answered = fact(scriptedEvent([call], 'call.answered', atMs + 5_000, { status: 'in_progress' }));
      const ended = fact(
        scriptedEvent([call], 'call.ended', atMs + 60_000, { status: 'completed', endedAtMs: atMs + 60_000 }),
      );
      const lookUps: LookUp[] = [
        { facts: [], isFinal: false },
        { facts: [answered], isFinal: false },
        { facts: [answered], isFinal: false },
        { facts: [ended], isFinal: true },
      ];
      const finds: LookUp[] = [
        { facts: [], isFinal: false },
        { facts: [fact(available(call, 'r1', atMs))], isFinal: false },
        { facts: [fact(available(call, 'r1', atMs)), fact(available(call, 'r2', atMs))], isFinal: true },
      ];
      return { lookUps, finds, start: [{ outcome: 'not_live', providerCode: null }] };
    });
    await rig.runs(12);
    expect(await rig.row(rig.callId)).toMatchObject({ status: 'completed', recordingCount: 2 });
    for (const id of ['r1', 'r2']) {
      expect(await open.store.findJob('fetch-recording', recordingIdOf('scripted', id))).not.toBeNull();
    }
    // Two jobs looked: one by the webhookless event, one when the end was final. Each ended when nothing more could come.
    expect((await open.store.countJobs()).dead).toBe(0);
  });

  it('writes nothing while the provider says the same', async () => {
    const atMs = open.clock.now();
    const rig = await ringing((call) => ({
      lookUps: [
        { facts: [fact(scriptedEvent([call], 'call.started', atMs, { status: 'ringing' }))], isFinal: false },
      ],
    }));
    await rig.runs(2);
    const before = await open.store.listDeliveries({}, 200, null);
    await rig.runs(5);
    const after = await open.store.listDeliveries({}, 200, null);
    expect(rig.asked.lookUp).toBeGreaterThan(5);
    expect(after.items).toEqual(before.items);
  });

  it('nobody answered: nothing is looked for', async () => {
    const atMs = open.clock.now();
    const rig = await ringing((call) => ({
      lookUps: [
        {
          facts: [fact(scriptedEvent([call], 'call.ended', atMs, { status: 'no_answer', endedAtMs: atMs }))],
          isFinal: true,
        },
      ],
    }));
    await rig.runs(3);
    expect(rig.asked.find).toBe(0);
    expect(await rig.row(rig.callId)).toMatchObject({ status: 'no_answer', recordingStatus: 'not_expected' });
  });

  it('stops asking half an hour after the end, when the provider never calls it final', async () => {
    const atMs = open.clock.now();
    const rig = await ringing((call) => ({
      lookUps: [
        {
          facts: [fact(scriptedEvent([call], 'call.ended', atMs, { status: 'completed', endedAtMs: atMs }))],
          isFinal: false,
        },
      ],
    }));
    await rig.runs(30);
    const asked = rig.asked.lookUp;
    await rig.runs(5);
    expect(rig.asked.lookUp).toBe(asked);
  });
});
