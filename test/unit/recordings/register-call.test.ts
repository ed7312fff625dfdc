import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallKey } from '../../../src/preload/contract/calls.ts';
import { type DomainEvent, ourCallKey } from '../../../src/main/domain/provider-event.ts';
import { factWith, scriptedEvent } from '../../standins/scripted-provider.ts';
import { aCall, createPlacing, type OpenStore, openStore } from './placing-rig.ts';

let open: OpenStore;
beforeAll(async () => {
  open = await openStore();
});
afterAll(() => open.close());

let made = 0;
const key = (kind: string): CallKey => ({ providerId: 'scripted', kind, value: `${kind}-${++made}` });

describe('a call that another program placed', () => {
  it('is a call with its reference before any provider tells of it, and its providers are asked', async () => {
    const rig = createPlacing(open);
    const call = key('call');
    const row = await rig.register({
      reference: 'intake-9',
      keys: [call],
      direction: 'outbound',
      to: '+14155550132',
    });
    expect(row).toMatchObject({
      reference: 'intake-9',
      direction: 'outbound',
      to: '+14155550132',
      kind: null,
    });
    expect(await open.store.findJob('follow-call', `scripted call ${call.value}`)).toMatchObject({
      state: 'ready',
    });
    expect(
      (await rig.register({ reference: 'intake-9', keys: [call], direction: 'outbound', to: '+14155550132' }))
        .callId,
    ).toBe(row.callId);
    expect((await rig.kinds(row.callId)).filter((kind) => kind === 'call.registered')).toHaveLength(1);
  });

  it('joins what is known under any of its ids, in every order, to one and the same call', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2], { minLength: 3, maxLength: 3 }), async (order) => {
        const rig = createPlacing(open);
        const [session, leg] = [key('session'), key('leg')];
        const atMs = open.clock.now();
        const pull = (event: DomainEvent) =>
          rig.journalPulledFacts({
            providerId: 'scripted',
            facts: [factWith(event.eventKey, [event])],
            source: 'poll',
          });
        const steps = [
          () => rig.register({ reference: 'chat-1', keys: [session, leg] }),
          () =>
            pull(scriptedEvent([session], 'call.started', atMs, { status: 'ringing', from: '+14155550100' })),
          () =>
            pull(
              scriptedEvent([leg], 'call.ended', atMs + 5_000, {
                status: 'completed',
                endedAtMs: atMs + 5_000,
              }),
            ),
        ];
        for (const at of order) await steps[at]?.();
        const callId = await open.store.findCallId(session);
        expect(callId).toBe(await open.store.findCallId(leg));
        expect(await rig.row(callId ?? '')).toMatchObject({
          reference: 'chat-1',
          from: '+14155550100',
          status: 'completed',
          unmatched: false,
        });
      }),
      { numRuns: 6 },
    );
    expect((await open.store.rebuild(false)).differences).toBe(0);
  });

  it('names a call of ours by our own id, and nothing that is none', async () => {
    const rig = createPlacing(open);
    const { callId } = await rig.placing.place(aCall);
    const call = key('call');
    await rig.register({ reference: 'chat-2', keys: [call, ourCallKey(callId)] });
    expect(await open.store.findCallId(call)).toBe(callId);
    expect(await rig.row(callId)).toMatchObject({ reference: 'chat-2', kind: 'voice-bot' });
    const forged = `call_${'0'.repeat(26)}`;
    for (const keys of [
      [ourCallKey(forged)],
      [{ providerId: 'nobody', kind: 'call', value: 'x1' }],
      [{ providerId: 'scripted', kind: 'call', value: 'a b' }],
      [{ providerId: 'scripted', kind: '', value: 'ab' }],
    ]) {
      await expect(rig.register({ reference: 'chat-3', keys })).rejects.toMatchObject({ code: 'bad_input' });
    }
  });

  it('keeps the id of a placed call when it turns out to be one that was known before', async () => {
    const rig = createPlacing(open);
    const call = key('call');
    const known = await rig.register({ reference: 'chat-4', keys: [call] });
    open.clock.nowMs += 60_000;
    const placed = await rig.placing.place(aCall);
    expect(placed.callId > known.callId).toBe(true);
    await rig.register({ reference: 'chat-4', keys: [ourCallKey(placed.callId), call] });
    expect(await rig.row(known.callId)).toMatchObject({ callId: placed.callId });
    expect((await open.store.rebuild(false)).differences).toBe(0);
  });
});
