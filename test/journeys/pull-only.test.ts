// Whoever has no web link loses nothing: the same calls end with the same recordings without one webhook, for a known
// number of questions, and a recording that only we can start begins almost as soon.
import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { Town } from '../../src/main/sandbox/town.ts';
import { allCalls, numberOfNobody } from '../town-rig.ts';
import { readBooks } from './chaos-books.ts';
import { type Journey, startJourney } from './rig.ts';
import { playedBytes, quiet } from './steps.ts';

const isLong = process.env['TAPEDECK_TEST_SIZE'] === 'long';
const count = isLong ? 500 : 60;
/** How many calls begin at once. */
const burst = 20;
const timeScale = isLong ? 20 : 30;
const talkMs = 40_000;
/** Without webhooks a call is noticed by looking every few seconds, and its answer a few seconds later. */
const startDelayBoundMs = 30_000;
/** API requests per call, all services together: dialling, following, starting, finding; downloads not counted. */
const requestsPerCall = { pulled: 30, told: 28 } as const;

let journey: Journey | null = null;
afterEach(async () => {
  await journey?.stop();
  journey = null;
});

const ways = ['twilio', 'telnyx', 'elevenlabs-twilio', 'elevenlabs-sip', 'livekit', 'order-telnyx'] as const;

/** A third of the calls come in, the others are placed over every way there is. */
async function begin({ town, call }: Journey, nth: number): Promise<void> {
  const way = ways[nth % ways.length] ?? 'twilio';
  const number = numberOfNobody(nth);
  if (way === 'twilio') await town.twilio.place({ direction: 'inbound', talkMs }, { from: number });
  else if (way === 'telnyx') town.telnyx.place([{ direction: 'inbound', from: number, talkMs }]);
  else
    await call('calls.place', {
      kind: 'voice-bot',
      via: way.replace('order-', ''),
      to: number,
      record: true,
    });
}

function makeCalm({ twilio, telnyx, liveKit, trunks }: Town): void {
  for (const { switches } of [twilio, telnyx])
    Object.assign(switches, { talkMs: { least: talkMs, most: talkMs } });
  liveKit.switches.talkMs = talkMs;
  // Without webhooks nothing tells the id by which Telnyx would take an order to record.
  trunks.liveKitEndsAt = 'twilio';
}

interface Outcome {
  /** `number provider` of every recording that is stored here, sorted. */
  recordings: string[];
  /** From the answer to the first sound of every recording that we started, in milliseconds. */
  startDelaysMs: number[];
  requestsPerCall: number;
  requests: Record<string, number>;
}

/** How late those recordings began that were started during the call. */
function startDelays({ twilio, telnyx }: Town): number[] {
  return [
    // Twilio's call starts when it is answered.
    ...[...twilio.world.recordings.values()].map(({ source, startedAtMs, call }) => ({
      source,
      lateMs: startedAtMs - (call.startedAtMs ?? startedAtMs),
    })),
    ...[...telnyx.world.recordings.values()].map(({ initiatedBy: source, startedAtMs, call }) => ({
      source,
      lateMs: startedAtMs - (call.answeredAtMs ?? startedAtMs),
    })),
  ].flatMap(({ source, lateMs }) => (source === 'StartCallRecordingAPI' ? [lateMs] : []));
}

async function run(hasWebhooks: boolean): Promise<Outcome> {
  const running = await startJourney({ timeScale });
  journey = running;
  const { town } = running;
  makeCalm(town);
  if (!hasWebhooks) town.connect({ webhookBaseUrl: await quiet() });
  for (let nth = 0; nth < count; nth++) {
    await begin(running, nth);
    if (nth % burst === burst - 1) await new Promise((resolve) => setTimeout(resolve, 60_000 / timeScale));
  }
  await town.idle();
  // Everybody has a regular check; here it is asked for, so that the test need not wait for its time.
  await running.until(async () => {
    const calls = await allCalls(running);
    if (calls.length !== count) await running.call('polls.run', {});
    const isOpen = calls.some(({ dialState }) => dialState === 'waiting' || dialState === 'dialing');
    return calls.length === count && !isOpen && (await lacking(running)).length === 0 ? calls : null;
  }, 240_000);
  expect((await allCalls(running)).map(({ callId }) => callId)).toHaveLength(count);
  const outcome = {
    recordings: await checkedAgainstBooks(running),
    startDelaysMs: startDelays(town),
    requests: { ...town.requests },
    requestsPerCall: Object.values(town.requests).reduce((sum, one) => sum + one, 0) / count,
  };
  await running.stop();
  journey = null;
  return outcome;
}

async function storedRecordings(running: Journey) {
  const calls = await allCalls(running);
  const details = await Promise.all(calls.map(({ callId }) => running.call('calls.get', { callId })));
  return details.flatMap(({ call, recordings }) =>
    recordings.filter(({ status }) => status === 'stored').map((recording) => ({ call, recording })),
  );
}

async function lacking(running: Journey): Promise<string[]> {
  const stored = new Set(
    (await storedRecordings(running)).map(({ recording }) => recording.providerRecordingId),
  );
  return readBooks(running.town)
    .recordings.map(({ providerRecordingId }) => providerRecordingId)
    .filter((id) => !stored.has(id));
}

/** Every recording is on the call of its number, and its bytes are those of the service. */
async function checkedAgainstBooks(running: Journey): Promise<string[]> {
  const booked = new Map(
    readBooks(running.town).recordings.map((one) => [`${one.providerId} ${one.providerRecordingId}`, one]),
  );
  const stored = await storedRecordings(running);
  expect(stored).toHaveLength(booked.size);
  const lines: string[] = [];
  for (const { call, recording } of stored) {
    const book = booked.get(`${recording.providerId} ${recording.providerRecordingId}`);
    const bytes = await playedBytes(running, recording.recordingId);
    expect({
      number: call.otherParty?.number,
      sha256: recording.sha256,
      played: createHash('sha256').update(bytes).digest('hex'),
    }).toEqual({ number: book?.number, sha256: book?.sha256(), played: book?.sha256() });
    lines.push(`${book?.number} ${recording.providerId}`);
  }
  return lines.sort();
}

test(`${count} calls over every service end with the same recordings without a webhook as with all of them`, async () => {
  const told = await run(true);
  const pulled = await run(false);
  expect(pulled.recordings).toEqual(told.recordings);
  expect(told.recordings.length).toBeGreaterThanOrEqual(count);
  const [toldMs, pulledMs] = [told, pulled].map(({ startDelaysMs }) => Math.max(...startDelaysMs));
  if (isLong)
    process.stdout.write(
      `${JSON.stringify({ toldMs, pulledMs, told: told.requests, pulled: pulled.requests })}\n`,
    );
  expect(pulled.startDelaysMs.length).toBeGreaterThanOrEqual(Math.floor(count / ways.length));
  expect(toldMs).toBeLessThanOrEqual(startDelayBoundMs);
  expect(pulledMs).toBeLessThanOrEqual(startDelayBoundMs);
  expect(told.requestsPerCall).toBeLessThanOrEqual(requestsPerCall.told);
  expect(pulled.requestsPerCall).toBeLessThanOrEqual(requestsPerCall.pulled);
}, 600_000);
