import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallKey } from '../../../src/preload/contract/calls.ts';
import { askBackMs } from '../../../src/main/domain/dialling.ts';
import { AppError } from '../../../src/main/domain/errors.ts';
import type { DomainEvent } from '../../../src/main/domain/provider-event.ts';
import { factWith, scriptedEvent } from '../../standins/scripted-provider.ts';
import { aCall, createPlacing, type OpenStore, openStore, type PlacingOptions } from './placing-rig.ts';

const ours = '+14155550100';
const call: CallKey = { providerId: 'scripted', kind: 'call', value: 'one' };
const recordsLine = (number: string): boolean => number === ours;

let open: OpenStore;
beforeEach(async () => {
  open = await openStore();
});
afterEach(() => open.close());

const atMs = (): number => open.clock.now();
const answered = (): DomainEvent =>
  scriptedEvent([call], 'call.answered', atMs(), {
    status: 'in_progress',
    direction: 'inbound',
    from: '+14155550132',
    to: ours,
  });
const ended = (): DomainEvent =>
  scriptedEvent([call], 'call.ended', atMs(), { status: 'completed', endedAtMs: atMs() });
const recording = (): DomainEvent => ({
  kind: 'recording.started',
  eventKey: 'recording one',
  providerId: 'scripted',
  occurredAtMs: atMs(),
  sequence: 0,
  keys: [call],
  data: { providerRecordingId: 'rec-one' },
});

async function begin(options: PlacingOptions) {
  const rig = createPlacing(open, { recordsLine, ...options });
  const tell = (event: DomainEvent) =>
    rig.journalPulledFacts({
      providerId: 'scripted',
      facts: [factWith(event.eventKey, [event])],
      source: 'poll',
    });
  await tell(answered());
  const callId = (await open.store.findCallId(call)) ?? '';
  const job = await open.store.findJob('start-recording', 'scripted call one');
  /** Runs what is due, and waits until it is due again. */
  const runs = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      for (const { settlement } of await rig.run('start-recording')) {
        if ('runAtMs' in settlement) open.clock.nowMs = Math.max(open.clock.nowMs, settlement.runAtMs);
      }
    }
  };
  const told = async () => {
    const found = await open.store.getCall(callId);
    return (found?.events ?? []).flatMap(({ event }) => (event.kind === 'call.told' ? [event.data] : []));
  };
  return { ...rig, tell, callId, job, runs, told };
}

describe('a call of a line that is recorded', () => {
  it('is recorded once it is answered, through the race with its ringing', async () => {
    const rig = await begin({
      start: [
        { outcome: 'not_yet' },
        { outcome: 'not_yet' },
        { outcome: 'started', facts: [factWith('recording', [recording()])] },
      ],
    });
    expect(rig.job).toMatchObject({ state: 'ready' });
    await rig.runs(5);
    expect(rig.asked.start).toBe(3);
    expect(await rig.row(rig.callId)).toMatchObject({ recordingStatus: 'recording', recordingCount: 1 });
    expect(await rig.told()).toEqual([]);
  });

  it('says why when the call ended first', async () => {
    const rig = await begin({
      start: [{ outcome: 'not_yet' }, { outcome: 'not_live', providerCode: '21220' }],
    });
    await rig.runs(3);
    expect(await rig.told()).toEqual([{ what: 'recording_not_started', code: 'call_not_live' }]);
  });

  it('does not even ask when the end was told before the job ran', async () => {
    const rig = await begin({});
    await rig.tell(ended());
    await rig.runs(1);
    expect(rig.asked.start).toBe(0);
    expect(await rig.told()).toEqual([{ what: 'recording_not_started', code: 'call_not_live' }]);
  });

  it('says that the provider never let it begin, when it gives up', async () => {
    const rig = await begin({ start: [{ outcome: 'not_yet' }] });
    await rig.runs(70);
    expect(await rig.told()).toEqual([{ what: 'recording_not_started', code: 'gave_up' }]);
  });

  it('is not recorded twice: nothing is asked when it records already', async () => {
    const rig = await begin({});
    await rig.tell(recording());
    await rig.runs(2);
    expect(rig.asked.start).toBe(0);
  });

  it('tells of a refusal with its code', async () => {
    const rig = await begin({ start: [{ outcome: 'refused', code: 'not_eligible', providerCode: '90015' }] });
    await rig.runs(2);
    expect(await rig.told()).toEqual([
      { what: 'recording_not_started', code: 'not_eligible', providerCode: '90015' },
    ]);
  });

  it('pauses the provider when it refuses our keys, and gives the attempt back', async () => {
    const rig = await begin({});
    rig.provider.api.startRecording = async () => {
      throw new AppError('provider_unauthorized', 'No.');
    };
    const [run] = await rig.run('start-recording');
    expect(run?.settlement).toMatchObject({ result: 'release', errorCode: 'provider_unauthorized' });
    expect(await open.store.listPauses()).toHaveLength(1);
    expect(await rig.told()).toEqual([]);
  });
});

describe('other calls', () => {
  it('are looked at again for as long as a lost answer to a dialling is asked back for', async () => {
    let isOurs = false;
    const rig = await begin({
      recordsLine: () => isOurs,
      start: [{ outcome: 'started', facts: [factWith('recording', [recording()])] }],
    });
    const beganMs = open.clock.nowMs;
    while (open.clock.nowMs - beganMs < askBackMs + 10_000) {
      const beforeMs = open.clock.nowMs;
      await rig.runs(1);
      if (open.clock.nowMs === beforeMs) break;
    }
    expect(rig.asked.start).toBe(0);
    isOurs = true;
    await rig.runs(2);
    expect(rig.asked.start).toBe(1);
  });

  it('are left alone when neither the line nor the person who placed it says so', async () => {
    const rig = await begin({ recordsLine: () => false });
    await rig.runs(2);
    expect(rig.asked.start).toBe(0);
    expect(await rig.told()).toEqual([]);
  });

  it('are recorded when a person asks, once for two clicks', async () => {
    const rig = await begin({
      recordsLine: () => false,
      start: [{ outcome: 'started', facts: [factWith('recording', [recording()])] }],
    });
    await rig.runs(1);
    const jobId = await rig.steering.start(rig.callId);
    expect(await rig.steering.start(rig.callId)).toBe(jobId);
    await rig.runs(1);
    expect(rig.asked.start).toBe(1);
    await rig.tell(ended());
    await expect(rig.steering.start(rig.callId)).rejects.toMatchObject({ code: 'call_not_live' });
  });
});

it('starts no second recording of a call whose trunk records every call by itself', async () => {
  const dialled = async (isRecordedElsewhere: boolean): Promise<number> => {
    const rig = createPlacing(open, { start: [{ outcome: 'started', facts: [] }] });
    for (const via of rig.provider.vias) via.isRecordedElsewhere = () => isRecordedElsewhere;
    const { callId } = await rig.placing.place(aCall);
    await rig.run('place-call');
    const key = { providerId: 'scripted', kind: 'call', value: `pc-${callId}-0` };
    const event = scriptedEvent([key], 'call.answered', atMs(), { status: 'in_progress' });
    const facts = [factWith(event.eventKey, [event])];
    await rig.journalPulledFacts({ providerId: 'scripted', facts, source: 'poll' });
    await rig.run('start-recording');
    return rig.asked.start;
  };
  expect(await dialled(false)).toBe(1);
  expect(await dialled(true)).toBe(0);
});
