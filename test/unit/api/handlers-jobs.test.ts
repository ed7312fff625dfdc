// Dead letters as the console asks for them.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectPlacing } from './placing-parts.ts';
import { type OpenStore, openStore } from '../recordings/placing-rig.ts';
import { recordingEvent } from './store-parts.ts';

let open: OpenStore;
beforeEach(async () => {
  open = await openStore();
});
afterEach(() => open.close());

test('dead jobs are listed with their calls and how many match, and all that match run again', async () => {
  const { ok } = await connectPlacing(open);
  for (const name of ['RE1', 'RE2', 'RE3']) {
    const callKey = { providerId: 'twilio', kind: 'call_sid', value: 'CA1' };
    const event = recordingEvent('CA1', 'recording.available', 5, { providerRecordingId: name });
    await open.store.appendEvents([event], 'user', [
      { kind: 'follow-call', dedupe: name, payload: { callKey }, providerId: 'twilio', runAtMs: 0 },
    ]);
  }
  for (const job of await open.store.claimJobs(10)) {
    await open.store.settleJob({
      ...job,
      events: [],
      jobs: [],
      result: 'dead',
      errorCode: 'provider_refused',
    });
  }
  const listed = await ok('jobs.list', { state: 'dead', errorCode: 'provider_refused', limit: 2 });
  expect(listed).toMatchObject({ total: 3, items: [{}, {}], nextCursor: expect.any(String) });
  expect(listed.calls).toMatchObject([{ callId: listed.items[0]?.callId, providerId: 'twilio' }]);
  expect(await ok('jobs.list', { state: 'dead', errorCode: 'gave_up' })).toMatchObject({
    total: 0,
    items: [],
  });
  expect(await ok('jobs.retryAll', { filter: { errorCode: 'gave_up' } })).toEqual({ count: 0 });
  expect(await ok('jobs.retryAll', { filter: { errorCode: 'provider_refused' } })).toEqual({ count: 3 });
  expect(await ok('jobs.list', { state: 'dead' })).toMatchObject({ total: 0 });
});
