// What every implementation of the store port must do. Written against the port alone.
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/main/domain/clock.ts';
import { recordingIdOf } from '../../src/main/ids.ts';
import type { Changes, Store } from '../../src/main/store/store.ts';
import {
  callEvent,
  delivery,
  fetchJob,
  recordingEvent,
  startMs,
  storedEvent,
} from '../unit/store/samples.ts';

export interface StoreUnderTest {
  store: Store;
  clock: Clock & { set(nowMs: number): void; add(ms: number): void };
}

export function storeSuite(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: which call`, () => {
    it('joins two calls that turn out to be one and resolves the other id for ever', async () => {
      const { store } = await open();
      const changes: Changes[] = [];
      store.onChange((change) => changes.push(change));
      const first = await store.recordDelivery(
        delivery([callEvent('CA1', 'call.started', { from: '+1415' })]),
      );
      const second = await store.recordDelivery(
        delivery([recordingEvent('CA2', 'RE2', 'recording.available')]),
      );
      const joined = await store.recordDelivery(
        delivery([callEvent(['CA1', 'CA2'], 'call.ended', { status: 'completed' })]),
      );
      const ids = [first.callId ?? '', second.callId ?? ''].sort();
      expect(joined.callId).toBe(ids[0]);
      expect(changes.at(-1)?.merged).toEqual([{ callId: ids[1], intoCallId: ids[0] }]);
      const calls = await Promise.all(ids.map((callId) => store.getCall(callId)));
      expect(calls[1]).toEqual(calls[0]);
      expect(calls[0]?.call).toMatchObject({ from: '+1415', status: 'completed', recordingCount: 1 });
      expect((await store.listCalls({}, 10, null)).items).toHaveLength(1);
      const deliveries = await store.listDeliveries({ callId: ids[1] }, 10, null);
      expect(deliveries.items).toHaveLength(3);
      expect(await store.getRecording(recordingIdOf('twilio', 'RE2'))).toMatchObject({ callId: ids[0] });
    });

    it('knows the call of an event of its own by the recording alone', async () => {
      const { store } = await open();
      const { callId } = await store.recordDelivery(
        delivery([recordingEvent('CA1', 'RE1', 'recording.available')]),
      );
      await store.appendEvents([storedEvent('RE1', startMs + 1)]);
      const found = await store.getCall(callId ?? '');
      expect(found?.call.recordingStatus).toBe('stored');
      expect(found?.recordings).toMatchObject([
        { status: 'stored', sizeBytes: 128_044, flags: ['duration_differs'] },
      ]);
      expect(await store.storedTotals()).toEqual({ recordings: 1, sizeBytes: 128_044 });
    });

    it('skips an event that it knows already', async () => {
      const { store } = await open();
      const event = callEvent('CA1', 'call.started', { from: '+1415' });
      const { callId } = await store.recordDelivery(delivery([event]));
      await store.recordDelivery(delivery([event]));
      await store.appendEvents([event]);
      expect((await store.getCall(callId ?? ''))?.events).toHaveLength(2);
    });

    it('loses nothing of an event without any id', async () => {
      const { store } = await open();
      const bare = { ...callEvent('CA1', 'call.started'), keys: [] };
      const one = await store.recordDelivery(delivery([bare]));
      const two = await store.recordDelivery(delivery([bare]));
      expect(two.callId).toBe(one.callId);
      expect((await store.rebuild(false)).differences).toBe(0);
    });
  });

  describe(`${name}: settings, refusals and pauses`, () => {
    it('keeps settings', async () => {
      const { store } = await open();
      expect(await store.getSetting('lines')).toBeNull();
      await store.putSetting('lines', [{ number: '+14155550100', label: 'Front desk' }]);
      await store.putSetting('lines', [{ number: '+14155550101', label: 'Back office' }]);
      expect(await store.getSetting('lines')).toEqual([{ number: '+14155550101', label: 'Back office' }]);
    });

    it('keeps the newest thousand refusals and drops their bodies when told', async () => {
      const { store } = await open();
      const refusal = (index: number) => ({
        refusalId: `ref_${index}`,
        atMs: startMs + index,
        providerId: 'twilio',
        path: '/webhooks/twilio-recording',
        reason: 'bad_signature' as const,
        httpStatus: 403,
        sizeBytes: 3,
        headerNames: ['host'],
        bodySha256: 'b'.repeat(64),
        body: Buffer.from('abc'),
      });
      await Promise.all(Array.from({ length: 1_005 }, (_, index) => store.recordRefusal(refusal(index))));
      const page = await store.listRefusals(200, null);
      expect(page.items[0]).toMatchObject({ refusalId: 'ref_1004', headerNames: ['host'] });
      expect(await store.getRefusal('ref_4')).toBeNull();
      expect(Buffer.from((await store.getRefusal('ref_5'))?.body ?? []).toString()).toBe('abc');
      await store.dropRefusedBodies();
      expect((await store.getRefusal('ref_5'))?.body).toBeNull();
    });

    it('leaves a provider alone for longer after each refusal in a row', async () => {
      const { store, clock } = await open();
      const first = await store.pauseProvider('twilio', 'provider_unauthorized');
      expect(first).toMatchObject({ refusals: 1, sinceMs: startMs, untilMs: startMs + 300_000 });
      // A second request that was on its way already is the same refusal.
      expect(await store.pauseProvider('twilio', 'provider_unauthorized')).toEqual(first);
      clock.set(first.untilMs);
      expect(await store.pauseProvider('twilio', 'provider_unauthorized')).toMatchObject({
        refusals: 2,
        sinceMs: startMs,
        untilMs: first.untilMs + 600_000,
      });
      expect(await store.listPauses()).toHaveLength(1);
      expect(await store.resumeProvider('twilio')).toBe(true);
      expect(await store.resumeProvider('twilio')).toBe(false);
    });
  });

  describe(`${name}: changes`, () => {
    it('tells what a commit changed once it can be read, and never of what failed', async () => {
      const { store } = await open();
      const seen: Changes[] = [];
      const rows: Promise<unknown>[] = [];
      const stop = store.onChange((changes) => {
        seen.push(changes);
        for (const callId of changes.callIds) rows.push(store.getCallRow(callId));
      });
      await Promise.allSettled([
        store.recordDelivery(
          delivery([recordingEvent('CA1', 'RE1', 'recording.available')], { jobs: [fetchJob('RE1')] }),
        ),
        store.recordDelivery(delivery([callEvent('CA2', 'call.started', {}, 0.5)])),
      ]);
      expect(seen).toHaveLength(1);
      expect(seen[0]).toMatchObject({ merged: [], system: false });
      expect([...(seen[0]?.recordingIds ?? [])]).toEqual([recordingIdOf('twilio', 'RE1')]);
      expect([seen[0]?.callIds.size, seen[0]?.deliveryIds.size, seen[0]?.jobIds.size]).toEqual([1, 1, 1]);
      expect(await Promise.all(rows)).toMatchObject([{ recordingStatus: 'available' }]);
      stop();
      await store.putSetting('x', 1);
      expect(seen).toHaveLength(1);
    });

    it('says nothing of a call whose row stayed the same', async () => {
      const { store } = await open();
      await store.recordDelivery(delivery([callEvent('CA1', 'call.started', { status: 'ringing' })]));
      const seen: Changes[] = [];
      store.onChange((changes) => seen.push(changes));
      await store.recordDelivery(delivery([callEvent('CA1', 'call.started', { status: 'ringing' })]));
      expect(seen.map(({ callIds, deliveryIds }) => [callIds.size, deliveryIds.size])).toEqual([[0, 1]]);
    });
  });
}
