// What is left when two calls become one: nothing told twice, nothing lost, and a rebuild agrees.
import { expect, it } from 'vitest';
import type { DomainEvent } from '../../../src/main/domain/provider-event.ts';
import { recordingIdOf } from '../../../src/main/ids.ts';
import { callEvent, delivery, fetchJob, openStore, recordingEvent, startMs, storedEvent } from './samples.ts';

const sids = (keys: readonly { value: string }[]): string[] => keys.map(({ value }) => value);
const named = (event: DomainEvent, ...values: string[]): DomainEvent => ({
  ...event,
  keys: values.map((value) => ({ providerId: 'twilio', kind: 'call_sid', value })),
});

it('tells a fact once that came under both calls, and keeps the ids that only its second telling named', async () => {
  const { store } = await openStore();
  const fact = callEvent('CA1', 'call.started', { from: '+1415' });
  const one = await store.recordDelivery(delivery([fact]));
  // The same key with other ids: once as what made the call, once as something added to a call.
  const two = await store.recordDelivery(delivery([named(fact, 'CA2')]));
  const three = await store.recordDelivery(delivery([callEvent('CA3', 'call.answered')]));
  await store.recordDelivery(delivery([named(fact, 'CA3', 'CA4')]));
  await store.recordDelivery(delivery([callEvent(['CA1', 'CA2', 'CA3'], 'call.ended')]));
  const ids = [one, two, three].map(({ callId }) => callId ?? '');
  const found = await Promise.all(ids.map((callId) => store.getCall(callId)));
  expect(found[1]).toEqual(found[0]);
  expect(found[2]).toEqual(found[0]);
  expect(sids(found[0]?.keys ?? [])).toEqual(['CA1', 'CA2', 'CA3', 'CA4']);
  const told = found[0]?.events.filter(({ event }) => event.kind !== 'call.minted') ?? [];
  expect(told.map(({ event }) => event.eventKey).sort()).toEqual([
    'call:CA1+CA2+CA3:call.ended:',
    'call:CA1:call.started:',
    'call:CA3:call.answered:',
  ]);
  expect(await store.rebuild(false)).toMatchObject({ calls: 1, differences: 0 });
  // The id that came with the second telling alone still leads here.
  const late = await store.recordDelivery(delivery([callEvent('CA4', 'call.answered')]));
  expect(late.callId).toBe(found[0]?.call.callId);
});

it('still knows the repeats of deliveries and the work that was asked for under either call', async () => {
  const { store } = await openStore();
  const given = ['1', '2'].map((name) =>
    delivery([recordingEvent(`CA${name}`, `RE${name}`, 'recording.available')], {
      jobs: [fetchJob(`RE${name}`)],
    }),
  );
  for (const one of given) await store.recordDelivery(one);
  await store.recordDelivery(delivery([callEvent(['CA1', 'CA2'], 'call.ended')]));
  for (const one of given) {
    expect(await store.recordDelivery(one)).toMatchObject({ deliveryId: one.deliveryId, repeat: true });
    await store.recordDelivery(delivery([], { jobs: one.jobs }));
  }
  expect((await store.listJobs({}, 10, null)).items).toHaveLength(2);
  for (const name of ['RE1', 'RE2']) {
    expect(await store.findJob('fetch-recording', recordingIdOf('twilio', name))).not.toBeNull();
  }
});

it('joins calls that hold deliveries of one key, and keeps both on record', async () => {
  const { store } = await openStore();
  // As after an update that reads the same callback otherwise than before.
  const first = delivery([callEvent('CA1', 'call.started')], { dedupeKey: 'same' });
  const second = delivery([callEvent('CA2', 'call.started')], { dedupeKey: 'same' });
  await store.recordDelivery(first);
  expect(await store.recordDelivery(second)).toMatchObject({ repeat: false });
  const joined = await store.recordDelivery(delivery([callEvent(['CA1', 'CA2'], 'call.ended')]));
  expect((await store.listDeliveries({ callId: joined.callId ?? '' }, 10, null)).items).toHaveLength(3);
  const again = await store.recordDelivery(second);
  expect(again).toMatchObject({ callId: joined.callId, repeat: true });
  expect([first.deliveryId, second.deliveryId]).toContain(again.deliveryId);
  expect((await store.rebuild(false)).differences).toBe(0);
});

it('counts a delivery as a repeat that an earlier version could not make sense of', async () => {
  const { store } = await openStore();
  const early = delivery([], { dedupeKey: 'same', outcome: 'not_understood' });
  await store.recordDelivery(early);
  expect(await store.recordDelivery({ ...early, events: [callEvent('CA1', 'call.started')] })).toEqual({
    deliveryId: early.deliveryId,
    callId: null,
    repeat: true,
    isNewCall: false,
  });
  expect((await store.listCalls({}, 10, null)).items).toEqual([]);
});

it('knows work that was asked for before its recording was heard of', async () => {
  const { store } = await openStore();
  await store.recordDelivery(delivery([], { jobs: [fetchJob('RE1')] }));
  const available = recordingEvent('CA1', 'RE1', 'recording.available');
  await store.recordDelivery(delivery([available], { jobs: [fetchJob('RE1')] }));
  const { items } = await store.listJobs({}, 10, null);
  expect(items).toHaveLength(1);
  const found = await store.findJob('fetch-recording', recordingIdOf('twilio', 'RE1'));
  expect(found).toEqual(items[0]);
});

it('lists under a delivery its own events only, whatever was stored before, after and between', async () => {
  const { store } = await openStore();
  const given = [
    delivery([callEvent('CA1', 'call.started'), recordingEvent('CA1', 'RE1', 'recording.available')]),
    delivery([], { outcome: 'ignored' }),
    delivery([callEvent('CA1', 'call.started')]),
    delivery([callEvent('CA2', 'call.started'), callEvent('CA3', 'call.started')]),
  ];
  const kinds = async (): Promise<string[][]> => {
    const found = await Promise.all(given.map(({ deliveryId }) => store.getDelivery(deliveryId)));
    return found.map((one) => one?.events.map(({ kind }) => kind) ?? []);
  };
  for (const [at, one] of given.entries()) {
    await store.recordDelivery(one);
    await store.appendEvents([storedEvent(`RE${at + 1}`, startMs + at)]);
  }
  const expected = [
    ['call.started', 'call.minted', 'recording.available'],
    [],
    [],
    ['call.started', 'call.minted', 'call.started', 'call.minted'],
  ];
  expect(await kinds()).toEqual(expected);
  await store.recordDelivery(delivery([callEvent(['CA1', 'CA2', 'CA3'], 'call.ended')]));
  expect(await kinds()).toEqual(expected);
});
