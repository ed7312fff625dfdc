// The promise of the whole product on the worst day: whatever the services, the network and the clocks do, every
// recording that a service has ends up here, whole, on its own call, and no telephone rings twice.
import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { CallKey, CallView } from '../../src/preload/contract/calls.ts';
import type { RecordingView } from '../../src/preload/contract/recordings.ts';
import { type Books, numberOf, readBooks } from './chaos-books.ts';
import { clearUp, makeWeather, parts, planCalls, type PlannedCall } from './chaos-weather.ts';
import { type Journey, startJourney } from './rig.ts';
import { playedBytes } from './steps.ts';

const isLong = process.env['TAPEDECK_TEST_SIZE'] === 'long';
const count = isLong ? 1_000 : 100;
const seeds = (process.env['TAPEDECK_CHAOS_SEEDS'] ?? (isLong ? '7,11,23' : '23')).split(',').map(Number);
/** Product time per wall time: slow enough for two busy cores to follow calls while they last. */
const timeScale = 30;
/** How many calls begin at once. */
const burst = 25;
const patienceMs = isLong ? 15 * 60_000 : 180_000;

let journey: Journey | null = null;

afterEach(async () => {
  await journey?.stop();
  journey = null;
});

async function begin({ town, call }: Journey, planned: PlannedCall): Promise<void> {
  const { number } = planned;
  if ('order' in planned) {
    await call('calls.place', planned.order);
  } else if (planned.at === 'telnyx') {
    town.telnyx.place([{ direction: 'inbound', from: number }]);
  } else {
    const more = planned.isTransferred ? { from: number, putThrough: 'transfer' as const } : { from: number };
    await town.twilio.place({ direction: 'inbound' }, more);
  }
}

/**
 * Only its first two webhooks name our call, and none names the SIP Call-ID that ElevenLabs and LiveKit know a call by:
 * after those only a recording that is found by it proves that a call of Telnyx's trunk is theirs. Without a recording
 * both stay, each as its service tells it.
 */
function hasNothingInCommon(books: Books, planned: readonly PlannedCall[], number: string): boolean {
  const isOverTrunk = planned.some(
    (one) => one.number === number && 'order' in one && ['elevenlabs-sip', 'livekit'].includes(one.order.via),
  );
  return isOverTrunk && !books.recordings.some((one) => one.number === number && one.providerId === 'telnyx');
}

interface Seen {
  call: CallView;
  recordings: RecordingView[];
  keys: CallKey[];
}

async function allCalls({ call }: Journey): Promise<Seen[]> {
  const seen: Seen[] = [];
  let cursor: string | undefined;
  do {
    const page = await call('calls.list', { limit: 200, ...(cursor === undefined ? {} : { cursor }) });
    for (const { callId } of page.items) {
      const { call: row, recordings, keys } = await call('calls.get', { callId });
      seen.push({ call: row, recordings, keys });
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return seen;
}

/** Recordings that a service has and the product ought to have, too, but has not. */
function lost(books: Books, seen: readonly Seen[]): string[] {
  const stored = new Set(
    seen.flatMap(({ recordings }) =>
      recordings
        .filter(({ status }) => status === 'stored')
        .map(({ providerId, providerRecordingId }) => `${providerId} ${providerRecordingId}`),
    ),
  );
  return books.recordings
    .filter(({ providerId, providerRecordingId }) => !stored.has(`${providerId} ${providerRecordingId}`))
    .map(
      ({ providerId, providerRecordingId, number }) => `${providerId} ${providerRecordingId} of ${number}`,
    );
}

/** Placed calls whose fate is open; a queue that waits for a person's decision gets it. */
async function undecided({ call }: Journey, seen: readonly Seen[]): Promise<string[]> {
  const isOpen = ({ dialState }: CallView): boolean => dialState === 'waiting' || dialState === 'dialing';
  for (const { call: row } of seen)
    if (row.kind === 'priority-queue' && row.dialState === 'unknown')
      await call('calls.cancel', { callId: row.callId });
  return seen.filter(({ call: row }) => isOpen(row)).map(({ call: row }) => `${row.callId} ${row.dialState}`);
}

/** What the product knows of the first few calls that lines are about. */
async function told({ call }: Journey, lines: readonly string[]): Promise<string> {
  const { items } = await call('calls.list', { limit: 200 });
  const about = items.filter(({ callId, otherParty }) =>
    lines.some((line) => line.includes(callId) || line.endsWith(otherParty?.number ?? 'none')),
  );
  const details = about.slice(0, 3).map(({ callId }) => call('calls.get', { callId }));
  return JSON.stringify(await Promise.all(details), null, 1);
}

function numbersOf(books: Books, seen: readonly Seen[]): string[] {
  return seen.map(
    ({ call, keys }) => numberOf(books, call.otherParty?.number, keys) ?? `none: ${call.callId}`,
  );
}

/** Numbers of calls that are two in the product, although something proves that they are one. */
function doubledIn(books: Books, planned: readonly PlannedCall[], seen: readonly Seen[]): string[] {
  const numbers = numbersOf(books, seen);
  return numbers.filter(
    (number, i) => numbers.indexOf(number) !== i && !hasNothingInCommon(books, planned, number),
  );
}

async function settle(running: Journey, planned: readonly PlannedCall[]): Promise<Seen[]> {
  const endsAtMs = performance.now() + patienceMs;
  for (;;) {
    const seen = await allCalls(running);
    const books = readBooks(running.town);
    // Halves of a call are joined when the list of recordings is asked again and goes by its filter.
    const open = [
      ...(await undecided(running, seen)),
      ...lost(books, seen),
      ...doubledIn(books, planned, seen),
    ];
    if (open.length === 0) return seen;
    if (performance.now() > endsAtMs)
      throw new Error(`it did not settle: ${open.join(', ')}\n${await told(running, open)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function checkBytes(running: Journey, books: Books, seen: readonly Seen[]): Promise<void> {
  const booked = new Map(
    books.recordings.map((recording) => [
      `${recording.providerId} ${recording.providerRecordingId}`,
      recording,
    ]),
  );
  const stored = seen.flatMap(({ call, recordings, keys }) =>
    recordings.filter(({ status }) => status === 'stored').map((recording) => ({ call, recording, keys })),
  );
  const wrong: string[] = [];
  for (const { call, recording, keys } of stored) {
    const { providerId, providerRecordingId, recordingId } = recording;
    const book = booked.get(`${providerId} ${providerRecordingId}`);
    const played = createHash('sha256')
      .update(await playedBytes(running, recordingId))
      .digest('hex');
    const number = numberOf(books, call.otherParty?.number, keys);
    const is = { number, sha256: recording.sha256, played };
    const ought = { number: book?.number, sha256: book?.sha256(), played: book?.sha256() };
    for (const name of ['number', 'sha256', 'played'] as const)
      if (is[name] !== ought[name])
        wrong.push(`${providerId} ${providerRecordingId}: ${name} ${is[name]}, not ${ought[name]}`);
  }
  expect(wrong).toEqual([]);
  expect(stored.length).toBeGreaterThan(count / 2);
}

test.each(seeds)(
  `${count} calls on the worst day of seed %i: no recording is lost or on a wrong call, nobody is dialled twice`,
  async (seed) => {
    const running = await startJourney({ timeScale, seed });
    journey = running;
    const { town } = running;
    const planned: PlannedCall[] = [];
    while (planned.length < count) {
      const part = parts[(planned.length / burst) % parts.length] ?? parts[0];
      makeWeather(town, part);
      const calls = planCalls(seed, planned.length, burst);
      for (const one of calls) await begin(running, one);
      planned.push(...calls);
      // All of the part have been dialled, or are being: what comes next is the weather of others.
      await new Promise((resolve) => setTimeout(resolve, 60_000 / timeScale));
    }
    await town.idle();
    clearUp(town);
    // What not one webhook told of is found by comparing; by itself that comes every quarter of an hour.
    await running.call('sweeps.run', {});
    await settle(running, planned);
    // What comes late must change nothing.
    await town.idle();
    const seen = await allCalls(running);
    const books = readBooks(town);
    expect(lost(books, seen)).toEqual([]);
    await checkBytes(running, books, seen);
    const numbers = numbersOf(books, seen);
    const doubled = doubledIn(books, planned, seen);
    expect(doubled, await told(running, doubled)).toEqual([]);
    const known = new Set(planned.map(({ number }) => number));
    const strange = numbers.filter((number) => !known.has(number));
    expect(strange, await told(running, strange)).toEqual([]);
    const rung = books.calls.filter(({ isIncoming }) => !isIncoming).map(({ number }) => number);
    expect(rung.filter((number, i) => rung.indexOf(number) !== i)).toEqual([]);
    const dialled = seen.filter(({ call }) => call.dialState === 'dialed');
    expect(dialled.filter(({ call }) => !rung.includes(call.otherParty?.number ?? ''))).toEqual([]);
  },
  patienceMs + 240_000,
);
