// A clinic's computer sleeps, and its power fails, for half of the day: afterwards everything is here, once.
import { afterEach, expect, it } from 'vitest';
import { createRandom } from '../../src/main/sandbox/random.ts';
import type { Town } from '../../src/main/sandbox/town.ts';
import { readBooks } from '../journeys/chaos-books.ts';
import { eventually, type Product } from '../product.ts';
import { allCalls, closeTowns, numberOfNobody, startTown, type TownRig } from '../town-rig.ts';

const isLong = process.env['TAPEDECK_TEST_SIZE'] === 'long';
const count = isLong ? 1_000 : 100;
const patienceMs = isLong ? 600_000 : 120_000;
/** Between two calls. */
const pauseMs = 250;

afterEach(closeTowns);

/** Calls that need no order of ours: they come in, or another program of the clinic places them. */
async function beginCalls({ twilio, telnyx, elevenLabs }: Town): Promise<void> {
  const random = createRandom('asleep');
  for (let nth = 0; nth < count; nth++) {
    const number = numberOfNobody(nth);
    const talkMs = Math.round(random.between(1_500, 6_000));
    if (nth % 3 === 0) await twilio.place({ direction: 'inbound', talkMs }, { from: number });
    else if (nth % 3 === 1) telnyx.place([{ direction: 'inbound', from: number, talkMs }]);
    else elevenLabs.place(nth % 2 === 0 ? 'twilio' : 'sip', { to: number, talkMs });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

interface Day {
  awakeMs: number;
  awayMs: number;
  kills: number;
  sleeps: number;
}

/** Lets the product live and not live by turns until `isOver`, and leaves it running. */
async function liveHalf(rig: TownRig, isOver: () => boolean): Promise<{ product: Product; day: Day }> {
  const random = createRandom('half of the time');
  const env = { TAPEDECK_WEBHOOK_PORT: new URL(webhooksUrl).port };
  const day: Day = { awakeMs: 0, awayMs: 0, kills: 0, sleeps: 0 };
  let product = await rig.start(env);
  while (!isOver()) {
    const awakeMs = Math.round(random.between(400, 2_600));
    const awayMs = Math.round(random.between(400, 2_600));
    await new Promise((resolve) => setTimeout(resolve, awakeMs));
    const isKilled = random.chance(0.5);
    if (isKilled) await product.kill();
    else process.kill(product.process.pid ?? 0, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, awayMs));
    if (isKilled) product = await rig.start(env);
    else process.kill(product.process.pid ?? 0, 'SIGCONT');
    day.awakeMs += awakeMs;
    day.awayMs += awayMs;
    day[isKilled ? 'kills' : 'sleeps'] += 1;
  }
  return { product, day };
}

let webhooksUrl = '';

async function storedIds(product: Product): Promise<string[]> {
  const calls = await allCalls(product);
  const details = await Promise.all(calls.map(({ callId }) => product.call('calls.get', { callId })));
  return details
    .flatMap(({ call, recordings }) =>
      recordings.map(({ providerId, providerRecordingId, status, sha256 }) => ({
        text: `${providerId} ${providerRecordingId} ${call.otherParty?.number} ${sha256}`,
        isStored: status === 'stored',
      })),
    )
    .flatMap(({ text, isStored }) => (isStored ? [text] : []))
    .sort();
}

it(
  `${count} calls while the product is killed or asleep for half of the time: everything is here after it, none twice`,
  async () => {
    const rig = await startTown({ timeScale: 1 });
    // A port that stays, as a web link's does.
    const first = await rig.start();
    ({ webhooksUrl } = first);
    await first.stop();
    rig.town.connect({ webhookBaseUrl: webhooksUrl });
    let isOver = false;
    const calling = beginCalls(rig.town).then(() => {
      isOver = true;
    });
    const { product, day } = await liveHalf(rig, () => isOver);
    await calling;
    await rig.town.idle();
    const books = readBooks(rig.town).recordings.map(
      (one) => `${one.providerId} ${one.providerRecordingId} ${one.number} ${one.sha256()}`,
    );
    expect(books.length).toBeGreaterThanOrEqual(count);
    expect(day.kills).toBeGreaterThan(2);
    expect(day.sleeps).toBeGreaterThan(2);
    // It compares by itself when it starts and when it wakes; this is the one for what ended after that.
    await product.call('sweeps.run', {});
    await eventually(
      'every recording is here',
      async () => (await storedIds(product)).length >= books.length,
      patienceMs,
    ).catch(() => undefined);
    expect(await storedIds(product)).toEqual(books.sort());
    const numbers = (await allCalls(product)).map(({ otherParty }) => otherParty?.number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toHaveLength(count);
    if (isLong) process.stdout.write(`${JSON.stringify(day)}\n`);
  },
  patienceMs + count * (pauseMs + 100) + 60_000,
);
