// What every implementation of the store port must do with deliveries. Written against the port alone.
import { describe, expect, it } from 'vitest';
import { recordingIdOf } from '../../src/main/ids.ts';
import type { Store } from '../../src/main/store/store.ts';
import { callEvent, delivery, fetchJob, recordingEvent, startMs } from '../unit/store/samples.ts';
import type { StoreUnderTest } from './store.suite.ts';

export function storeDeliveriesSuite(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: deliveries`, () => {
    it('turns a recording callback into a call, a recording and a job in one step', async () => {
      const { store } = await open();
      const { deliveryId, callId, repeat } = await store.recordDelivery(
        delivery([recordingEvent('CA1', 'RE1', 'recording.available', { durationMs: 5_000 })], {
          jobs: [fetchJob('RE1')],
        }),
      );
      expect(repeat).toBe(false);
      const found = await store.getCall(callId ?? '');
      expect(found?.call).toMatchObject({ callId, recordingStatus: 'available', recordingCount: 1 });
      expect(found?.recordings).toMatchObject([{ providerRecordingId: 'RE1', status: 'available' }]);
      expect(found?.keys).toEqual([
        { providerId: 'twilio', kind: 'call_sid', value: 'CA1' },
        { providerId: 'twilio', kind: 'recording', value: 'RE1' },
      ]);
      expect(found?.events.map(({ event, deliveryId: from }) => [event.kind, from])).toEqual([
        ['recording.available', deliveryId],
        ['call.minted', deliveryId],
      ]);
      const recordingId = recordingIdOf('twilio', 'RE1');
      expect(await store.findJob('fetch-recording', recordingId)).toMatchObject({
        state: 'ready',
        recordingId,
      });
    });

    it('counts a repeat and changes nothing else', async () => {
      const { store } = await open();
      const first = delivery([callEvent('CA1', 'call.started', { status: 'ringing' })]);
      const { deliveryId, callId } = await store.recordDelivery(first);
      const before = await store.getCall(callId ?? '');
      const again = await store.recordDelivery({
        ...first,
        deliveryId: 'del_other',
        receivedAtMs: startMs + 99_000,
        events: [callEvent('CA1', 'call.ended', { status: 'completed' })],
        jobs: [fetchJob('RE9')],
      });
      expect(again).toEqual({ deliveryId, callId, repeat: true, isNewCall: false });
      expect(await store.getCall(callId ?? '')).toEqual(before);
      expect(await store.countJobs()).toEqual({ ready: 0, running: 0, dead: 0 });
      expect(await store.getDelivery('del_other')).toBeNull();
      expect(await store.getDelivery(deliveryId)).toMatchObject({
        repeats: 1,
        lastRepeatAtMs: startMs + 99_000,
      });
    });

    it('keeps the raw bytes, the headers and what a delivery became', async () => {
      const { store } = await open();
      const body = Uint8Array.from({ length: 256 }, (_, index) => index);
      const given = delivery([callEvent('CA1', 'call.started')], { body });
      await store.recordDelivery(given);
      const kept = await store.getDelivery(given.deliveryId);
      expect(Buffer.from(kept?.body ?? []).equals(body)).toBe(true);
      expect(kept).toMatchObject({
        sizeBytes: 256,
        bodySha256: '40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880',
        headers: given.headers,
        events: [{ kind: 'call.started' }, { kind: 'call.minted' }],
      });
      expect(await store.lastDeliveryAtMs('twilio')).toBe(given.receivedAtMs);
      expect(await store.lastDeliveryAtMs('telnyx')).toBeNull();
    });

    it('keeps what was cut out of a body, shows the size of the whole, and lets no repeat rewrite it', async () => {
      const { store } = await open();
      const cut = {
        offsetBytes: 3,
        fileName: 'ab/rec.mp3',
        audioSha256: 'a'.repeat(64),
        sizeBytes: 90_000_000,
        bodySha256: 'c'.repeat(64),
        isExact: true,
      };
      const given = delivery([callEvent('CA1', 'call.started')], { cut, body: Buffer.from('rest') });
      const whole = delivery([callEvent('CA1', 'call.answered')]);
      await store.recordDelivery(given);
      await store.recordDelivery(whole);
      const again = { ...given, cut: { ...cut, fileName: null, isExact: false }, body: Buffer.from('other') };
      expect(await store.recordDelivery(again)).toMatchObject({ repeat: true });
      const kept = await store.getDelivery(given.deliveryId);
      expect(kept).toMatchObject({ cut, sizeBytes: 90_000_000, bodySha256: 'c'.repeat(64), repeats: 1 });
      expect(Buffer.from(kept?.body ?? []).toString()).toBe('rest');
      expect(await store.getDelivery(whole.deliveryId)).toMatchObject({ cut: null });
      const { items } = await store.listDeliveries({}, 10, null);
      expect(items.map(({ sizeBytes }) => sizeBytes)).toEqual([whole.body.byteLength, 90_000_000]);
    });

    it('keeps a delivery that names no call', async () => {
      const { store } = await open();
      const { callId } = await store.recordDelivery(delivery([], { outcome: 'not_understood' }));
      expect(callId).toBeNull();
      expect((await store.listDeliveries({}, 10, null)).items).toMatchObject([
        { outcome: 'not_understood', callId: null },
      ]);
    });

    it('lists deliveries newest first, by call and by provider, page after page', async () => {
      const { store } = await open();
      for (let index = 0; index < 7; index++) {
        await store.recordDelivery(
          delivery([callEvent(index % 2 === 0 ? 'CA1' : 'CA2', 'call.started', {}, startMs + index)], {
            label: `n${index}`,
            providerId: index < 3 ? 'telnyx' : 'twilio',
          }),
        );
      }
      const labels: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Store['listDeliveries']>> = await store.listDeliveries({}, 3, cursor);
        labels.push(...page.items.map(({ label }) => label));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(labels).toEqual(['n6', 'n5', 'n4', 'n3', 'n2', 'n1', 'n0']);
      const [newest] = (await store.listDeliveries({}, 1, null)).items;
      const callId = newest?.callId ?? '';
      const ofCall = await store.listDeliveries({ callId }, 10, null);
      expect(ofCall.items.map(({ label }) => label)).toEqual(['n6', 'n4', 'n2', 'n0']);
      const ofBoth = await store.listDeliveries({ callId, providerId: 'telnyx' }, 10, null);
      expect(ofBoth.items.map(({ label }) => label)).toEqual(['n2', 'n0']);
      const ofProvider = await store.listDeliveries({ providerId: 'telnyx' }, 2, null);
      expect(ofProvider.items.map(({ label }) => label)).toEqual(['n2', 'n1']);
    });

    it('rejects one delivery that cannot be stored and keeps its neighbours', async () => {
      const { store } = await open();
      const wrong = delivery([callEvent('CA2', 'call.started', {}, 1.5)]);
      const outcomes = await Promise.allSettled([
        store.recordDelivery(delivery([callEvent('CA1', 'call.started')])),
        store.recordDelivery(wrong),
        store.recordDelivery(delivery([callEvent('CA3', 'call.started')])),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await store.listCalls({}, 10, null)).items).toHaveLength(2);
      expect(await store.getDelivery(wrong.deliveryId)).toBeNull();
    });
  });
}
