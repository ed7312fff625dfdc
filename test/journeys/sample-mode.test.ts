// Sample mode as it opens: a day of calls of several services, all of which can be placed in every way.
import { afterEach, expect, test } from 'vitest';
import { type Journey, startJourney } from './rig.ts';

let journey: Journey | null = null;

afterEach(async () => {
  await journey?.stop();
  journey = null;
});

test('sample mode opens with calls of more than one service, and every service is set up', async () => {
  const running = await startJourney({ env: { TAPEDECK_SANDBOX_HISTORY: '14' } });
  journey = running;
  const items = await running.until(async () => {
    const list = await running.call('calls.list', { limit: 50 });
    return list.items.length === 14 && list.items.filter((c) => c.recordingStatus === 'stored').length >= 8
      ? list.items
      : null;
  });
  expect([...new Set(items.map(({ providerId }) => providerId))].sort()).toEqual(['telnyx', 'twilio']);
  const { items: providers } = await running.call('providers.list', {});
  const offered: string[] = [];
  for (const { providerId, state, vias } of providers) {
    expect([providerId, state]).toEqual([providerId, 'ready']);
    offered.push(...vias.map(({ via }) => via));
  }
  expect(offered.sort()).toEqual(['elevenlabs-sip', 'elevenlabs-twilio', 'livekit', 'telnyx']);
}, 60_000);
