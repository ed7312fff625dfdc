// What every implementation of the store port must do when a person says that two calls are one, or takes it back.
// Written against the port alone.
import { describe, expect, it } from 'vitest';
import { recordingIdOf } from '../../src/main/ids.ts';
import type { Changes, Store } from '../../src/main/store/store.ts';
import {
  callEvent,
  delivery,
  fetchJob,
  placedEvent,
  recordingEvent,
  startMs,
  storedEvent,
} from '../unit/store/samples.ts';
import type { StoreUnderTest } from './store.suite.ts';

export function storeMatchesSuite(name: string, open: () => Promise<StoreUnderTest>): void {
  const talkGiven = () =>
    delivery([
      callEvent('CA1', 'call.ended', {
        status: 'completed',
        from: '+14155550101',
        endedAtMs: startMs + 60_000,
      }),
    ]);
  const audioGiven = () =>
    delivery([recordingEvent('conv', 'RE1', 'recording.available', { durationMs: 59_000 })], {
      jobs: [fetchJob('RE1')],
    });
  /** A call, and audio that names no call of ours. */
  const seed = async (
    store: Store,
  ): Promise<{ talk: string; audio: string; kept: string; merged: string }> => {
    const { callId: talk } = await store.recordDelivery(talkGiven());
    const { callId: audio } = await store.recordDelivery(audioGiven());
    // The smaller id is kept; within one millisecond that is a matter of chance.
    const [kept = '', merged = ''] = [talk ?? '', audio ?? ''].sort();
    return { talk: talk ?? '', audio: audio ?? '', kept, merged };
  };
  const rows = async (store: Store): Promise<unknown> => {
    const { items } = await store.listCalls({}, 50, null);
    const found = await Promise.all(items.map(({ callId }) => store.getCall(callId)));
    const deliveries = (await store.listDeliveries({}, 50, null)).items;
    return {
      calls: found.map((one) => ({ ...one, events: [] })),
      deliveries: deliveries.map(({ deliveryId, callId }) => [deliveryId, callId]),
      job: await store.findJob('fetch-recording', recordingIdOf('twilio', 'RE1')),
    };
  };

  describe(`${name}: matches`, () => {
    it('makes two calls one, tells of it, and says by whom', async () => {
      const { store } = await open();
      const { talk, audio, kept, merged } = await seed(store);
      const seen: Changes[] = [];
      store.onChange((changes) => seen.push(changes));
      const { callId, matchEventKey } = await store.matchCalls(audio, talk, 'person');
      expect(callId).toBe(kept);
      expect(matchEventKey).toMatch(/^match:/);
      expect(seen.map((changes) => changes.merged)).toEqual([[{ callId: merged, intoCallId: kept }]]);
      const found = await store.getCall(merged);
      expect(found?.call).toMatchObject({
        callId: kept,
        matchedBy: 'person',
        unmatched: false,
        needsAttention: false,
        recordingStatus: 'available',
        from: '+14155550101',
      });
      expect(found?.events.filter(({ event }) => event.kind === 'call.matched')).toMatchObject([
        { event: { eventKey: matchEventKey, data: { by: 'person' } }, deliveryId: null, source: 'user' },
      ]);
      expect((await store.listCalls({}, 10, null)).items).toHaveLength(1);
      expect((await store.rebuild(false)).differences).toBe(0);
    });

    it('gives back both calls with all that they had when it is undone, and can be told again', async () => {
      const { store } = await open();
      const { talk, audio } = await seed(store);
      const before = await rows(store);
      for (let round = 0; round < 3; round++) {
        const { matchEventKey } = await store.matchCalls(talk, audio, 'auto_unique');
        const seen: Changes[] = [];
        const stop = store.onChange((changes) => seen.push(changes));
        expect(await store.unmatchCalls(audio, matchEventKey)).toEqual([talk, audio].sort());
        stop();
        expect(seen.flatMap(({ callIds }) => [...callIds]).sort()).toEqual([talk, audio].sort());
        expect(await rows(store)).toEqual(before);
        expect((await store.rebuild(false)).differences).toBe(0);
      }
      const [left, right] = await Promise.all([store.getCall(talk), store.getCall(audio)]);
      // Both tell that they were taken apart.
      for (const one of [left, right]) {
        expect(one?.events.filter(({ event }) => event.kind === 'call.unmatched')).toHaveLength(3);
      }
      expect(left?.keys).toEqual([{ providerId: 'twilio', kind: 'call_sid', value: 'CA1' }]);
    });

    it('files what comes later with the part that it names', async () => {
      const { store } = await open();
      const { talk, audio, kept } = await seed(store);
      const { matchEventKey } = await store.matchCalls(talk, audio, 'person');
      const during = await store.recordDelivery(delivery([callEvent(['conv', 'conv2'], 'call.started')]));
      expect(during.callId).toBe(kept);
      await store.unmatchCalls(talk, matchEventKey);
      const after = await store.recordDelivery(delivery([callEvent('conv2', 'call.answered')]));
      expect(after.callId).toBe(audio);
      expect((await store.listDeliveries({ callId: audio }, 10, null)).items).toHaveLength(3);
      expect((await store.listDeliveries({ callId: talk }, 10, null)).items).toHaveLength(1);
      const found = await store.findJob('fetch-recording', recordingIdOf('twilio', 'RE1'));
      expect(found).not.toBeNull();
      expect((await store.rebuild(false)).differences).toBe(0);
    });

    it('keeps as one what an exact id has joined meanwhile', async () => {
      const { store } = await open();
      const { talk, audio, kept, merged } = await seed(store);
      const { matchEventKey } = await store.matchCalls(talk, audio, 'person');
      await store.recordDelivery(delivery([callEvent(['CA1', 'conv'], 'call.answered')]));
      expect(await store.unmatchCalls(talk, matchEventKey)).toEqual([kept]);
      expect(await store.getCallRow(merged)).toMatchObject({ callId: kept, matchedBy: null });
      expect((await store.rebuild(false)).differences).toBe(0);
    });

    it('makes one again what was taken apart when an exact id joins it', async () => {
      const { store } = await open();
      const { talk, audio, kept, merged } = await seed(store);
      const { matchEventKey } = await store.matchCalls(talk, audio, 'person');
      await store.unmatchCalls(talk, matchEventKey);
      await store.recordDelivery(delivery([callEvent(['CA1', 'conv'], 'call.answered')]));
      expect(await store.getCallRow(merged)).toMatchObject({ callId: kept, matchedBy: null });
      const found = await store.getCall(talk);
      expect(found?.events.filter(({ event }) => event.kind === 'call.unmatched')).toHaveLength(1);
      expect((await store.rebuild(false)).differences).toBe(0);
    });

    it('gives a placed call its own id, and the audio that was matched with it the one it had', async () => {
      const { store } = await open();
      const { callId: audio } = await store.recordDelivery(audioGiven());
      const placed = 'call_zzzzzzzzzzzzzzzzzzzzzzzzzz';
      await store.appendEvents([placedEvent(placed)], 'user');
      const before = await rows(store);
      const { callId, matchEventKey } = await store.matchCalls(audio ?? '', placed, 'person');
      expect(callId).toBe(placed);
      expect(await store.unmatchCalls(placed, matchEventKey)).toEqual([audio, placed]);
      expect(await rows(store)).toEqual(before);
    });

    it('leaves a later match with the call whose id it was made with when an earlier one is undone', async () => {
      const { store } = await open();
      const { callId: audio } = await store.recordDelivery(audioGiven());
      const placed = 'call_zzzzzzzzzzzzzzzzzzzzzzzzzz';
      await store.appendEvents([placedEvent(placed)], 'user');
      const { callId: talk } = await store.recordDelivery(talkGiven());
      const first = await store.matchCalls(audio ?? '', placed, 'person');
      await store.matchCalls(placed, talk ?? '', 'person');
      expect(await store.unmatchCalls(placed, first.matchEventKey)).toEqual([audio, placed]);
      expect(await store.getCallRow(talk ?? '')).toMatchObject({ callId: placed, matchedBy: 'person' });
      expect(await store.getCallRow(audio ?? '')).toMatchObject({ callId: audio, unmatched: true });
      expect((await store.rebuild(false)).differences).toBe(0);
    });

    it('leads from an id that was merged by exact ids to the part that lives again', async () => {
      const { store } = await open();
      const placed = 'call_zzzzzzzzzzzzzzzzzzzzzzzzzz';
      await store.appendEvents([placedEvent(placed)], 'user');
      const { callId: one } = await store.recordDelivery(delivery([callEvent('CA1', 'call.started')]));
      const { callId: two } = await store.recordDelivery(delivery([callEvent('CA2', 'call.started')]));
      const { callId: both } = await store.recordDelivery(
        delivery([callEvent(['CA1', 'CA2'], 'call.ended')]),
      );
      const { matchEventKey } = await store.matchCalls(placed, one ?? '', 'person');
      expect(await store.getCallRow(two ?? '')).toMatchObject({ callId: placed });
      await store.unmatchCalls(placed, matchEventKey);
      for (const callId of [one, two]) {
        expect(await store.getCallRow(callId ?? '')).toMatchObject({ callId: both });
      }
      expect((await store.rebuild(false)).differences).toBe(0);
    });

    it('gives a fact that was told of both calls back to both', async () => {
      const { store } = await open();
      const fact = callEvent('CA1', 'call.started', { from: '+1415' });
      const one = await store.recordDelivery(delivery([fact]));
      const two = await store.recordDelivery(
        delivery([{ ...fact, keys: [{ providerId: 'twilio', kind: 'call_sid', value: 'CA2' }] }]),
      );
      const before = await rows(store);
      const { callId, matchEventKey } = await store.matchCalls(one.callId ?? '', two.callId ?? '', 'person');
      const told = (await store.getCall(callId))?.events.filter(({ event }) => event.kind === 'call.started');
      expect(told).toHaveLength(1);
      expect((await store.rebuild(false)).differences).toBe(0);
      await store.unmatchCalls(callId, matchEventKey);
      expect(await rows(store)).toEqual(before);
      expect((await store.rebuild(false)).differences).toBe(0);
    });

    it('matches a call known by nothing but its recording with an event that names nothing at all', async () => {
      const { store } = await open();
      await store.appendEvents([storedEvent('RE1')]);
      const audio = await store.findCallId({ providerId: 'twilio', kind: 'recording', value: 'RE1' });
      const bare = { ...callEvent('CA1', 'call.started'), keys: [] };
      const { callId: other } = await store.recordDelivery(delivery([bare]));
      const ids = [audio ?? '', other ?? ''].sort();
      const before = await rows(store);
      for (let round = 0; round < 2; round++) {
        const { callId, matchEventKey } = await store.matchCalls(audio ?? '', other ?? '', 'person');
        expect((await store.rebuild(false)).differences).toBe(0);
        expect(await store.unmatchCalls(callId, matchEventKey)).toEqual(ids);
        expect(await rows(store)).toEqual(before);
        expect(await store.rebuild(false)).toMatchObject({ calls: 2, differences: 0 });
      }
    });

    it('refuses what is no match of two calls, and writes nothing', async () => {
      const { store } = await open();
      const { talk, audio } = await seed(store);
      await expect(store.matchCalls(talk, 'call_none', 'person')).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(store.matchCalls(talk, talk, 'person')).rejects.toMatchObject({ code: 'conflict' });
      const { matchEventKey } = await store.matchCalls(talk, audio, 'person');
      await expect(store.matchCalls(talk, audio, 'person')).rejects.toMatchObject({ code: 'conflict' });
      await expect(store.unmatchCalls(talk, 'match:none')).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.unmatchCalls('call_none', matchEventKey)).rejects.toMatchObject({
        code: 'not_found',
      });
      await store.unmatchCalls(talk, matchEventKey);
      const seen: Changes[] = [];
      store.onChange((changes) => seen.push(changes));
      for (const callId of [talk, audio]) {
        await expect(store.unmatchCalls(callId, matchEventKey)).rejects.toMatchObject({ code: 'conflict' });
      }
      expect(seen).toEqual([]);
    });

    it('names calls by their ids, lists those to place and those that one may belong to', async () => {
      const { store } = await open();
      const { talk, audio } = await seed(store);
      const findCallId = (kind: string, value: string) =>
        store.findCallId({ providerId: 'twilio', kind, value });
      expect(await findCallId('call_sid', 'CA1')).toBe(talk);
      expect(await findCallId('recording', 'RE1')).toBe(audio);
      expect(await findCallId('call_sid', 'CA9')).toBeNull();
      expect(await store.listCandidates(audio, 5)).toMatchObject([{ callId: talk }]);
      expect(await store.listQueue()).toEqual([]);
      await store.appendEvents([placedEvent('call_p1', 1), placedEvent('call_p2', 5)], 'user');
      expect((await store.listQueue()).map(({ callId }) => callId)).toEqual(['call_p2', 'call_p1']);
    });
  });
}
