import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDispatch } from '../../../src/main/api/dispatch.ts';
import { createEventBus } from '../../../src/main/api/event-bus.ts';
import { createHandlers, type HandlerDeps } from '../../../src/main/api/handlers.ts';
import { createSettings } from '../../../src/main/api/settings.ts';
import { createViews } from '../../../src/main/api/views.ts';
import { recordingIdOf } from '../../../src/main/ids.ts';
import type { Provider } from '../../../src/main/providers/provider.ts';
import type { Dispatch, Output, ProcedureName } from '../../../src/preload/contract/api.ts';
import { createNoPlacing } from './placing-parts.ts';
import { memoryLog } from './parts.ts';
import { callEvent, type OpenStore, openStore, recordingEvent } from './store-parts.ts';

let open: OpenStore;
let dispatch: Dispatch;
let woken = 0;
let missing: string[] = [];
let missingToPlace: string[] = [];
let publicUrl: string | null = null;
const bus = createEventBus();
const startMs = 1_700_000_000_000;

const provider: Provider = {
  providerId: 'twilio',
  name: 'Twilio',
  routes: [{ path: '/webhooks/twilio-recording', contentTypes: [], maxBodyBytes: 1 }],
  hosts: [],
  missing: () => missing,
  verify: () => ({ ok: true }),
  understand: () => ({ outcome: 'ignored', label: '', dedupeKey: '', events: [] }),
  media: () => [],
  vias: [
    { via: 'twilio', label: 'Twilio', needsAgent: false, missing: () => [...missing, ...missingToPlace] },
  ],
  settings: [{ name: 'TWILIO_AUTH_TOKEN', label: 'Auth token', where: 'On the home page.' }],
} as unknown as Provider;

async function connect(changes: Partial<HandlerDeps> = {}): Promise<Dispatch> {
  const { store, clock } = open;
  const settings = createSettings(store, clock);
  await settings.start();
  const views = createViews(() => settings.current(), 'US');
  return createDispatch(
    createHandlers({
      store,
      clock,
      settings,
      views,
      bus,
      providers: [provider],
      tunnel: { publicUrl: () => publicUrl, acceptedUrls: () => [] },
      storage: { freeBytes: async () => 5_000 },
      explain: async () => null,
      checkCall: async () => 0,
      playback: async (recordingId) => ({
        url: `/media/${recordingId}`,
        contentType: 'audio/wav',
        durationMs: 1,
        channels: 2,
        peaks: null,
      }),
      jobs: { wake: () => void woken++ },
      ...createNoPlacing(),
      sample: null,
      system: {
        version: '0.1.0',
        mode: 'real',
        host: 'headless',
        instanceId: '0a1b2c3d4e5f',
        dataDir: '/data',
        startedAtMs: startMs,
        webhooksLocalUrl: () => 'http://127.0.0.1:5001',
      },
      ...changes,
    }),
    memoryLog(),
  );
}

/** The answer of a call that must work. */
async function ok<N extends ProcedureName>(name: N, input: unknown = {}): Promise<Output<N>> {
  const reply = await dispatch(name, input);
  if (!reply.ok) throw new Error(`${name}: ${reply.error.code} ${reply.error.message}`);
  return reply.data as Output<N>;
}
const code = async (name: string, input: unknown = {}): Promise<string> => {
  const reply = await dispatch(name, input);
  return reply.ok ? 'ok' : reply.error.code;
};

beforeEach(async () => {
  open = await openStore();
  [woken, missing, publicUrl] = [0, [], null];
  dispatch = await connect();
});
afterEach(() => open.close());

const numbers = { from: '+14155550132', to: '+14155550100' };
const inbound = { ...numbers, direction: 'inbound', status: 'ringing' } as const;

/** A call whose recording has failed for good. */
async function failedRecording(): Promise<{ recordingId: string; jobId: string }> {
  const recordingId = recordingIdOf('twilio', 'RE1');
  const available = recordingEvent('CA1', 'recording.available', startMs, { providerRecordingId: 'RE1' });
  await open.deliver([callEvent('CA1', 'call.started', startMs, inbound), available], {
    jobs: [
      {
        kind: 'fetch-recording',
        dedupe: recordingId,
        payload: { recordingId },
        providerId: 'twilio',
        runAtMs: startMs,
      },
    ],
  });
  const [job] = await open.store.claimJobs(1);
  if (job === undefined) throw new Error('no job');
  const { jobId, lease } = job;
  const failed = {
    ...available,
    eventKey: 'own failed 0 1',
    kind: 'recording.failed' as const,
    data: { providerRecordingId: 'RE1', generation: 0, attempt: 1, code: 'not_audio' },
  };
  await open.store.settleJob({
    jobId,
    lease,
    events: [failed],
    jobs: [],
    result: 'dead',
    errorCode: 'not_audio',
  });
  return { recordingId, jobId };
}
test('calls: listed, counted and shown with the line names that Settings give', async () => {
  const callId = await open.deliver([callEvent('CA1', 'call.started', startMs, inbound)]);
  await open.deliver([callEvent('CA2', 'call.ended', startMs + 5, { ...inbound, status: 'busy' })]);
  await ok('settings.update', { lines: [{ number: '+14155550100', label: ' Front desk ' }] });
  const list = await ok('calls.list', { live: true });
  expect(list.items).toMatchObject([
    {
      callId,
      otherParty: { number: '+14155550132', display: '(415) 555-0132' },
      line: { number: '+14155550100', display: '(415) 555-0100', label: 'Front desk' },
    },
  ]);
  expect(await ok('calls.count')).toMatchObject({ total: 2, live: 1, needsAttention: 0, cap: 1_000 });
  expect((await ok('calls.get', { callId })).keys).toEqual([
    { providerId: 'twilio', kind: 'call_sid', value: 'CA1' },
  ]);
  expect(await code('calls.get', { callId: 'call_nobody' })).toBe('not_found');
});
test('deliveries: listed and shown with the raw body and what it became', async () => {
  const callId = await open.deliver([callEvent('CA1', 'call.started', startMs, inbound)]);
  const { items } = await ok('deliveries.list', { callId });
  expect(items).toMatchObject([
    { callId, source: 'webhook', label: 'call ringing', sizeBytes: 18, repeats: 0 },
  ]);
  const detail = await ok('deliveries.get', { deliveryId: items[0]?.deliveryId });
  expect(detail).toMatchObject({
    method: 'POST',
    path: '/webhooks/twilio-call-status?x=1',
    headers: [{ name: 'content-type', value: 'application/x-www-form-urlencoded' }],
    body: 'CallStatus=ringing',
  });
  expect(detail.events.map(({ kind }) => kind)).toContain('call.started');
  expect(await ok('deliveries.list', { providerId: 'other' })).toEqual({ items: [], nextCursor: null });
  expect(await code('deliveries.get', { deliveryId: 'x' })).toBe('not_found');
});
test('recordings.retry: only for one that has failed, and the queue is woken', async () => {
  const { recordingId, jobId } = await failedRecording();
  expect((await ok('calls.list', { needsAttention: true })).items).toHaveLength(1);
  expect(await ok('recordings.retry', { recordingId })).toEqual({ jobId });
  expect(woken).toBe(1);
  expect(await code('recordings.retry', { recordingId })).toBe('conflict');
  expect(await code('recordings.retry', { recordingId: 'rec_x' })).toBe('not_found');
  expect((await ok('jobs.list', { state: 'ready' })).items).toMatchObject([{ jobId, attempt: 0 }]);
});
test('jobs.retry: only for one that has given up', async () => {
  const { jobId, recordingId } = await failedRecording();
  expect((await ok('jobs.list')).items).toMatchObject([
    { jobId, recordingId, kind: 'fetch-recording', state: 'dead', lastErrorCode: 'not_audio' },
  ]);
  expect((await ok('jobs.retry', { jobId })).job).toMatchObject({ jobId, state: 'ready' });
  expect(await code('jobs.retry', { jobId })).toBe('conflict');
  expect(await code('jobs.retry', { jobId: 'x' })).toBe('not_found');
  expect(woken).toBe(1);
});

test('providers: what is missing, what is paused, and the addresses to hand out', async () => {
  missing = ['TWILIO_AUTH_TOKEN'];
  expect((await ok('providers.list')).items).toMatchObject([
    {
      providerId: 'twilio',
      name: 'Twilio',
      state: 'not_set_up',
      missing,
      lacking: [{ name: 'TWILIO_AUTH_TOKEN', label: 'Auth token', where: 'On the home page.', ways: [] }],
      webhookUrls: [],
      lastDeliveryAtMs: null,
    },
  ]);
  missing = [];
  missingToPlace = ['TWILIO_FROM'];
  expect((await ok('providers.list')).items).toMatchObject([
    { state: 'ready', vias: [], lacking: [{ name: 'TWILIO_FROM', where: '', ways: ['Twilio'] }] },
  ]);
  missingToPlace = [];
  publicUrl = 'https://clinic.example/tapedeck';
  await open.store.pauseProvider('twilio', 'provider_unauthorized');
  const [paused] = (await ok('providers.list')).items;
  expect(paused).toMatchObject({
    state: 'paused',
    pausedSinceMs: startMs,
    webhookUrls: ['https://clinic.example/tapedeck/webhooks/twilio-recording'],
  });
  expect((await ok('providers.resume', { providerId: 'twilio' })).provider).toMatchObject({ state: 'ready' });
  expect(woken).toBe(1);
  expect(await code('providers.resume', { providerId: 'nobody' })).toBe('not_found');
});

test('system.status tells the state of Tapedeck itself', async () => {
  await failedRecording();
  expect(await ok('system.status')).toMatchObject({
    version: '0.1.0',
    mode: 'real',
    nowMs: startMs,
    timeScale: 1,
    webhooks: { localUrl: 'http://127.0.0.1:5001', publicUrl: null },
    providers: [{ providerId: 'twilio' }],
    storage: { dataDir: '/data', freeBytes: 5_000, usedBytes: 0, recordings: 0 },
    jobs: { ready: 0, running: 0, dead: 1 },
    lastSeq: bus.lastSeq(),
  });
  expect(await ok('system.rebuild')).toMatchObject({
    calls: 1,
    recordings: 1,
    differences: 0,
    applied: false,
  });
});

test('refused bodies are kept for 15 minutes after the switch, and dropped then', async () => {
  const refusal = (refusalId: string, body: Buffer | null) =>
    open.store.recordRefusal({
      refusalId,
      atMs: open.clock.now(),
      providerId: 'twilio',
      path: '/webhooks/twilio-recording',
      reason: 'bad_signature',
      httpStatus: 403,
      sizeBytes: 3,
      headerNames: ['host'],
      bodySha256: null,
      body,
    });
  const { keepRefusedUntilMs } = await ok('settings.update', { keepRefused: true });
  expect(keepRefusedUntilMs).toBe(startMs + 15 * 60_000);
  await refusal('ref_1', Buffer.from('abc'));
  const kept = async () => (await ok('deliveries.refused')).items.map(({ bodyKept }) => bodyKept);
  expect(await kept()).toEqual([true]);
  open.clock.advance(15 * 60_000);
  for (let i = 0; i < 200 && (await kept())[0] === true; i++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await kept()).toEqual([false]);
  expect(await ok('settings.get')).toEqual({ lines: [], keepRefusedUntilMs: null, matching: 'exact' });
});

test('settings outlive a restart, and a damaged row falls back to defaults', async () => {
  const lines = [{ number: '+14155550100', label: 'Front desk' }];
  await ok('settings.update', { lines });
  dispatch = await connect();
  expect(await ok('settings.get')).toEqual({ lines, keepRefusedUntilMs: null, matching: 'exact' });
  expect(await code('settings.update', { lines: [{ number: '415', label: 'x' }] })).toBe('bad_input');
  await open.store.putSetting('settings', { lines: 'gone', keepRefusedUntilMs: 'soon' });
  dispatch = await connect();
  expect(await ok('settings.get')).toEqual({ lines: [], keepRefusedUntilMs: null, matching: 'exact' });
});

test('sample calls can be made up in sample mode and nowhere else', async () => {
  const running = { running: true, url: 'http://127.0.0.1:1/', callsPlaced: 1 };
  const sample = {
    status: () => running,
    enter: async () => running,
    leave: async () => ({ ...running, running: false }),
    place: async ({ count }: { count: number }) => ({
      callSids: Array.from({ length: count }, (_, i) => `CA${i}`),
    }),
  };
  expect(await ok('sandbox.status')).toEqual({ running: false, url: null, callsPlaced: 0 });
  expect(await code('sandbox.enter')).toBe('unavailable');
  expect(await code('sandbox.place')).toBe('not_in_sample_mode');
  dispatch = await connect({ sample });
  expect(await ok('sandbox.enter')).toEqual(running);
  expect(await code('sandbox.place')).toBe('not_in_sample_mode');
  const system = { version: '0', host: 'headless', instanceId: '0', dataDir: '', startedAtMs: 0 } as const;
  dispatch = await connect({ sample, system: { ...system, mode: 'sample', webhooksLocalUrl: () => '' } });
  expect(await ok('sandbox.place', { count: 2 })).toEqual({ callSids: ['CA0', 'CA1'] });
  expect(await ok('sandbox.leave')).toMatchObject({ running: false });
});
