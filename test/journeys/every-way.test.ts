// Journeys of placed calls: each way of dialling, with webhooks and without any, from the order to a recording that
// plays on the very call that was placed. Over real HTTP at every step, the outside world being the stand-ins.
import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { CallDetail } from '../../src/preload/contract/calls.ts';
import type { Town } from '../../src/main/sandbox/town.ts';
import { type Journey, startJourney } from './rig.ts';
import { dialsOf, placeCall, playedBytes, quiet, storedCall } from './steps.ts';

let journey: Journey | null = null;

afterEach(async () => {
  await journey?.stop();
  journey = null;
});

interface Way {
  name: string;
  via: string;
  /** How the outside world is. */
  world?: (town: Town) => void;
  /** Whether Tapedeck is to start the recording; default true. */
  record?: boolean;
  /** Who has recordings of it in the end, one each. */
  recordedBy: string[];
  /** Left out: both with and without webhooks. */
  hasWebhooks?: boolean;
}

const ways: Way[] = [
  { name: 'ElevenLabs over Twilio', via: 'elevenlabs-twilio', recordedBy: ['elevenlabs', 'twilio'] },
  { name: 'ElevenLabs over a SIP trunk', via: 'elevenlabs-sip', recordedBy: ['elevenlabs'] },
  {
    name: 'ElevenLabs over a trunk that Telnyx records',
    via: 'elevenlabs-sip',
    world({ trunks }) {
      trunks.elevenLabs = { records: true, tells: true };
    },
    recordedBy: ['elevenlabs', 'telnyx'],
  },
  { name: 'Telnyx', via: 'telnyx', recordedBy: ['telnyx'] },
  {
    name: 'LiveKit over a Telnyx trunk that records',
    via: 'livekit',
    world({ liveKit }) {
      liveKit.switches.record = true;
    },
    record: false,
    recordedBy: ['telnyx'],
  },
  // Nothing but a webhook tells the id that Telnyx takes the order to record by.
  { name: 'LiveKit over Telnyx, told to record', via: 'livekit', recordedBy: ['telnyx'], hasWebhooks: true },
  {
    name: 'LiveKit over a Twilio trunk that records',
    via: 'livekit',
    world({ trunks, liveKit }) {
      trunks.liveKitEndsAt = 'twilio';
      liveKit.switches.record = true;
    },
    recordedBy: ['twilio'],
  },
  {
    name: 'LiveKit over Twilio, told to record',
    via: 'livekit',
    world({ trunks }) {
      trunks.liveKitEndsAt = 'twilio';
    },
    recordedBy: ['twilio'],
  },
];

async function checkOutcome(running: Journey, detail: CallDetail, way: Way): Promise<void> {
  const { call, recordings } = detail;
  expect(call).toMatchObject({ status: 'completed', dialState: 'dialed', via: way.via, unmatched: false });
  expect(recordings.map(({ providerId }) => providerId).sort()).toEqual(way.recordedBy);
  for (const { recordingId, sha256, status } of recordings) {
    expect(status).toBe('stored');
    const bytes = await playedBytes(running, recordingId);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  }
  expect(dialsOf(running, way.via)).toBe(1);
  const { items } = await running.call('calls.list', {});
  expect(items.map(({ callId }) => callId)).toEqual([call.callId]);
}

for (const way of ways) {
  for (const hasWebhooks of way.hasWebhooks === undefined ? [true, false] : [way.hasWebhooks]) {
    test(`${way.name}: a placed call ends with its recordings on it, dialled once, ${hasWebhooks ? 'with' : 'without any'} webhooks`, async () => {
      const running = await startJourney();
      journey = running;
      way.world?.(running.town);
      if (!hasWebhooks) running.town.connect({ webhookBaseUrl: await quiet() });
      const callId = await placeCall(running, { via: way.via, record: way.record ?? true });
      await storedCall(running, callId, way.recordedBy.length);
      await running.town.idle();
      await checkOutcome(running, await running.call('calls.get', { callId }), way);
    }, 60_000);
  }
}
