import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Journey, startJourney } from './rig.ts';

let journey: Journey;
beforeEach(async () => {
  journey = await startJourney();
});
afterEach(() => journey.stop());

it('a call that Twilio tells of becomes a recording that plays', async () => {
  await journey.call('sandbox.place', { count: 1, talkMs: 20_000, direction: 'inbound' });
  const stored = await journey.until(async () => {
    const { items } = await journey.call('calls.list', { recordingStatus: ['stored'] });
    return items[0] ?? null;
  });
  const playback = await journey.call('recordings.playback', { recordingId: stored.mainRecordingId ?? '' });
  expect(playback).toMatchObject({ channels: 2 });
  expect(stored).toMatchObject({ direction: 'inbound', unmatched: false, kind: null });
  expect((await journey.call('system.rebuild')).differences).toBe(0);
});
