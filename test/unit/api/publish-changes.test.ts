import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEventBus, type EventBus } from '../../../src/main/api/event-bus.ts';
import { type ChangePublisher, publishChanges } from '../../../src/main/api/publish-changes.ts';
import { createViews } from '../../../src/main/api/views.ts';
import { recordingIdOf } from '../../../src/main/ids.ts';
import { type EventEnvelope, events } from '../../../src/preload/contract/events.ts';
import { memoryLog } from './parts.ts';
import { callEvent, type OpenStore, openStore, recordingEvent } from './store-parts.ts';

const startMs = 1_700_000_000_000;
let open: OpenStore;
let bus: EventBus;
let publisher: ChangePublisher;
let seen: EventEnvelope[];
const log = memoryLog();
const names = () => seen.map(({ name }) => name);

beforeEach(async () => {
  open = await openStore();
  bus = createEventBus();
  seen = [];
  publisher = publishChanges({
    store: open.store,
    bus,
    views: createViews(() => ({ lines: [] }), 'US'),
    log,
  });
  bus.subscribe((envelope) => seen.push(envelope));
});
afterEach(async () => {
  publisher.stop();
  await open.close();
});

const call = (sid: string) => callEvent(sid, 'call.started', startMs, { status: 'ringing' });

test('a delivery is told as what it changed, each as the contract has it', async () => {
  const recordingId = recordingIdOf('twilio', 'RE1');
  const callId = await open.deliver(
    [call('CA1'), recordingEvent('CA1', 'recording.available', startMs, { providerRecordingId: 'RE1' })],
    {
      jobs: [
        {
          kind: 'fetch-recording',
          dedupe: recordingId,
          payload: { recordingId },
          providerId: 'twilio',
          runAtMs: startMs,
        },
      ],
    },
  );
  await publisher.flush();
  expect(names()).toEqual(['call.changed', 'recording.changed', 'delivery.added', 'job.changed']);
  expect(seen[0]?.data).toMatchObject({ call: { callId, recordingStatus: 'available' } });
  expect(seen[2]?.data).toMatchObject({ delivery: { callId, label: 'call ringing' } });
  for (const { name, data } of seen) events[name].parse(data);
});

test('many changes of one call are told once', async () => {
  for (let i = 0; i < 30; i++) {
    await open.deliver([callEvent('CA1', 'call.started', startMs + i, { status: 'ringing' })]);
  }
  await publisher.flush();
  expect(names().filter((name) => name === 'call.changed')).toHaveLength(1);
  expect(names().filter((name) => name === 'delivery.added')).toHaveLength(30);
});

test('a repeat of an old delivery is told, too', async () => {
  await open.deliver([call('CA0')]);
  for (let i = 1; i < 40; i++) await open.deliver([call(`CA${i}`)]);
  await publisher.flush();
  seen.length = 0;
  await open.deliver([call('CA0')]);
  await publisher.flush();
  expect(seen.filter(({ name }) => name === 'delivery.added').map(({ data }) => data)).toMatchObject([
    { delivery: { repeats: 1 } },
  ]);
});

test('two half-known calls that turn out to be one are told as merged', async () => {
  const one = await open.deliver([call('CA1')]);
  const two = await open.deliver([call('CA2')]);
  await publisher.flush();
  seen.length = 0;
  const both = callEvent('CA1', 'call.answered', startMs + 9, {});
  both.keys.push({ providerId: 'twilio', kind: 'call_sid', value: 'CA2' });
  const into = await open.deliver([both]);
  await publisher.flush();
  expect(seen[0]).toMatchObject({
    name: 'call.merged',
    data: { callId: into === one ? two : one, intoCallId: into },
  });
});

test('a refused request and a paused provider are told', async () => {
  await open.store.recordRefusal({
    refusalId: 'ref_1',
    atMs: startMs,
    providerId: 'twilio',
    path: '/webhooks/twilio-recording',
    reason: 'bad_signature',
    httpStatus: 403,
    sizeBytes: 3,
    headerNames: ['host'],
    bodySha256: null,
    body: null,
  });
  await open.store.pauseProvider('twilio', 'provider_unauthorized');
  await publisher.flush();
  expect(names()).toEqual(['delivery.refused', 'system.changed']);
});

test('a flood is told as one reset', async () => {
  await Promise.all(Array.from({ length: 450 }, (_, i) => open.deliver([call(`CA${i}`)])));
  await publisher.flush();
  expect(names()).toEqual(['reset']);
});

test('with nobody listening nothing is read, and whoever comes back starts anew', async () => {
  const quiet = createEventBus();
  const seenSeq = quiet.lastSeq();
  let reads = 0;
  const store = {
    ...open.store,
    getCallRow: (callId: string) => {
      reads += 1;
      return open.store.getCallRow(callId);
    },
  };
  const idle = publishChanges({ store, bus: quiet, views: createViews(() => ({ lines: [] }), 'US'), log });
  await open.deliver([call('CA1')]);
  await idle.flush();
  idle.stop();
  const told: string[] = [];
  quiet.subscribe(({ name }) => told.push(name), seenSeq);
  expect([told, reads]).toEqual([['reset'], 0]);
});

test('rows that cannot be read are told as a reset, and the next change works again', async () => {
  let broken = true;
  const other = createEventBus();
  const told: string[] = [];
  other.subscribe(({ name }) => told.push(name));
  const store = {
    ...open.store,
    getCallRow: async (callId: string) => {
      if (broken) throw new Error('disk');
      return open.store.getCallRow(callId);
    },
  };
  const shaky = publishChanges({ store, bus: other, views: createViews(() => ({ lines: [] }), 'US'), log });
  await open.deliver([call('CA1')]);
  await shaky.flush();
  broken = false;
  await open.deliver([call('CA2')]);
  await shaky.flush();
  shaky.stop();
  expect(told).toEqual(['reset', 'call.changed', 'delivery.added']);
  expect(log.lines.map(({ message }) => message)).toContain('changes could not be published');
});

test('changes are told by themselves shortly after, without being asked', async () => {
  await open.deliver([call('CA1')]);
  for (let i = 0; i < 400 && seen.length < 2; i++) await new Promise((resolve) => setTimeout(resolve, 5));
  await open.deliver([call('CA2')]);
  for (let i = 0; i < 400 && seen.length < 4; i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(names()).toEqual(['call.changed', 'delivery.added', 'call.changed', 'delivery.added']);
});
