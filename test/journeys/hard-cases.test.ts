// Journeys with a difficulty each: a lost answer, a recording that only we can start, a program that tells too early
// or too late.
import { afterEach, expect, test } from 'vitest';
import type { Town } from '../../src/main/sandbox/town.ts';
import { type Journey, startJourney } from './rig.ts';
import { dialsOf, patient, placeCall, quiet, storedCall } from './steps.ts';

let journey: Journey | null = null;

async function start(): Promise<Journey> {
  journey = await startJourney();
  return journey;
}

afterEach(async () => {
  await journey?.stop();
  journey = null;
});

const losses: { via: string; recordings: number; lose: (town: Town) => void }[] = [
  {
    via: 'elevenlabs-twilio',
    recordings: 2,
    lose({ elevenLabs }) {
      Object.assign(elevenLabs.switches, { loseDialAnswers: 1, listedLateMs: 60_000 });
    },
  },
  {
    via: 'elevenlabs-sip',
    recordings: 1,
    lose({ elevenLabs }) {
      Object.assign(elevenLabs.switches, { loseDialAnswers: 1, listedLateMs: 60_000 });
    },
  },
  {
    via: 'telnyx',
    recordings: 1,
    lose({ telnyx }) {
      Object.assign(telnyx.switches, { loseDialAnswers: 1, callsListedLateMs: 60_000 });
    },
  },
  {
    via: 'livekit',
    recordings: 1,
    lose({ liveKit, trunks }) {
      trunks.liveKitEndsAt = 'twilio';
      // It is listed for as long as it lasts.
      Object.assign(liveKit.switches, { listLateMs: 60_000, talkMs: 240_000 });
      liveKit.switches.trouble = (method) =>
        method.endsWith('/CreateSIPParticipant') ? { answer: 'hang_up', isDone: true } : null;
    },
  },
];

test.each(losses)(
  'a dial over $via whose answer was lost is found a minute later without webhooks, and dialled once',
  async ({ via, recordings, lose }) => {
    const running = await start();
    lose(running.town);
    running.town.connect({ webhookBaseUrl: await quiet() });
    const callId = await placeCall(running, { via });
    const { call, timeline } = await storedCall(running, callId, recordings);
    expect(call).toMatchObject({ dialState: 'dialed', status: 'completed' });
    expect(timeline.filter(({ kind }) => kind === 'call.dial_started')).toHaveLength(1);
    expect(dialsOf(running, via)).toBe(1);
  },
  60_000,
);

test('a call that comes in on a line that is to be recorded is recorded by us from its answer', async () => {
  const running = await start();
  const [line] = running.town.lines;
  if (line === undefined) throw new Error('there is no line');
  running.town.twilio.switches.unrecordedLines = new Set([line.number]);
  await running.call('settings.update', { lines: [{ ...line, record: true }] });
  await running.town.twilio.place({ direction: 'inbound', outcome: 'answered', talkMs: 90_000 }, { line });
  const { callId } = await running.until(async () => {
    const { items } = await running.call('calls.list', {});
    return items[0] ?? null;
  });
  const { call, recordings, timeline } = await storedCall(running, callId, 1);
  expect(recordings).toHaveLength(1);
  expect(call).toMatchObject({ direction: 'inbound', status: 'completed' });
  expect(timeline.map(({ source }) => source)).toContain('job');
});

test('a line that is not to be recorded is left alone', async () => {
  const running = await start();
  const [line] = running.town.lines;
  if (line === undefined) throw new Error('there is no line');
  running.town.twilio.switches.unrecordedLines = new Set([line.number]);
  await running.town.twilio.place({ direction: 'inbound', outcome: 'answered', talkMs: 20_000 }, { line });
  await running.town.idle();
  const item = await running.until(async () => {
    const { items } = await running.call('calls.list', {});
    return items[0]?.status === 'completed' ? items[0] : null;
  });
  expect(item.recordingCount).toBe(0);
  expect(running.town.twilio.switches.unrecordedLines.size).toBe(1);
});

test('a program that tells of its call before the phone service does has its reference on the recording', async () => {
  const running = await start();
  const { conversationId } = running.town.elevenLabs.place('twilio', { to: patient, talkMs: 30_000 });
  const keys = [{ providerId: 'elevenlabs', kind: 'conversation_id', value: conversationId }];
  const { call } = await running.call('calls.register', { reference: 'chat-7', keys });
  expect(call.recordingCount).toBe(0);
  const detail = await storedCall(running, call.callId, 1);
  expect(detail.call).toMatchObject({ reference: 'chat-7', status: 'completed' });
  expect((await running.call('calls.list', {})).items).toHaveLength(1);
});

test('a program that tells of its call when all is over has its reference on it all the same', async () => {
  const running = await start();
  const { callSids } = await running.town.place({ outcome: 'answered', talkMs: 20_000 });
  const before = await running.until(async () => {
    const { items } = await running.call('calls.list', {});
    return items[0]?.recordingStatus === 'stored' ? items[0] : null;
  });
  const keys = [{ providerId: 'twilio', kind: 'call_sid', value: callSids[0] ?? '' }];
  const { call } = await running.call('calls.register', { reference: 'intake-9', keys });
  expect(call).toMatchObject({ callId: before.callId, reference: 'intake-9', recordingStatus: 'stored' });
  expect((await running.call('calls.list', {})).items).toHaveLength(1);
});
