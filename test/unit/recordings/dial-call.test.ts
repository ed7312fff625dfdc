import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/main/domain/errors.ts';
import { ourCallKey } from '../../../src/main/domain/provider-event.ts';
import { aCall, Crash, createPlacing, type OpenStore, openStore } from './placing-rig.ts';

const second = 1_000;
const minute = 60 * second;

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

  it('waits as long as a busy provider asks, then dials once in the same asking', async () => {
    const rig = createPlacing(open, { dials: ['busy', 'busy', 'placed'], retryAfterMs: 40 * second });
    const { callId } = await rig.placing.place(aCall);
    await rig.run('place-call');
    expect(await rig.row(callId)).toMatchObject({
      dialState: 'waiting',
      status: 'queued',
      needsAttention: false,
    });
    open.clock.nowMs += 39 * second;
    expect(await rig.run('place-call')).toEqual([]);
    await rig.runToEnd(callId);
    expect(await rig.row(callId)).toMatchObject({ dialState: 'dialed', dialGeneration: 0 });
    expect(rig.turnedAway.map(({ attemptKey }) => attemptKey)).toEqual([`${callId}-0`, `${callId}-0`]);
    expect(rig.rung).toHaveLength(1);
  });

  it('a call that waits for a busy provider can be taken back, and is not dialled then', async () => {
    const rig = createPlacing(open, { dials: ['busy', 'placed'] });
    const { callId } = await rig.placing.place(aCall);
    await rig.run('place-call');
    expect(await rig.placing.cancel(callId)).toMatchObject({ dialState: 'canceled' });
    await rig.runToEnd(callId);
    open.clock.nowMs += minute;
    await rig.run('place-call');
    expect(rig.rung).toEqual([]);
  });

  it.each([
    ['is busy again and again', { dials: ['busy' as const] }],
    ['asks to wait for an hour', { dials: ['busy' as const, 'placed' as const], retryAfterMs: 60 * minute }],
  ])('a provider that %s leaves the call to a person', async (_name, options) => {
    const rig = createPlacing(open, options);
    const { callId } = await rig.placing.place(aCall);
    await rig.runToEnd(callId);
    expect(await rig.row(callId)).toMatchObject({
      dialState: 'refused',
      dialCode: 'provider_rate_limited',
      needsAttention: true,
    });
    expect(rig.rung).toEqual([]);
  });

  it('a crash between two tries of a busy provider dials once', async () => {
    const rig = createPlacing(open, { dials: ['busy', 'placed'] });
    const { callId } = await rig.placing.place(aCall);
    rig.crashAt('dial:postponed');
    await expect(rig.run('place-call')).rejects.toThrow(Crash);
    await open.store.recoverJobs();
    await rig.runToEnd(callId);
    expect(await rig.row(callId)).toMatchObject({ dialState: 'dialed' });
    expect(rig.rung).toHaveLength(1);
  });

  it('asks back after a time-out and finds a call that was listed a minute late', async () => {
    const rig = createPlacing(open, { dials: ['lost_made'], listedAfterMs: minute });
    const { callId } = await rig.placing.place(aCall);
    await rig.runToEnd(callId);
    expect(await rig.row(callId)).toMatchObject({ dialState: 'dialed', needsAttention: false });
    expect(rig.requests).toHaveLength(1);
  });

  it('says unknown after three minutes of silence, and a person dials again', async () => {
    const rig = createPlacing(open, { dials: ['lost_not_made', 'placed'] });
    const { callId } = await rig.placing.place(aCall);
    const beganAtMs = open.clock.nowMs;
    await rig.runToEnd(callId);
    expect(open.clock.nowMs - beganAtMs).toBeGreaterThanOrEqual(3 * minute);
    expect(await rig.row(callId)).toMatchObject({
      dialState: 'unknown',
      dialCode: 'dial_unknown',
      status: 'unknown',
      needsAttention: true,
    });
    await rig.placing.redial(callId);
    await expect(rig.placing.redial(callId)).rejects.toMatchObject({ code: 'conflict' });
    await rig.runToEnd(callId);
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
    await rig.runToEnd(callId);
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
    await rig.runToEnd(callId);
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
