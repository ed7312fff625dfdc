// Weeks in which nobody was there: one comparison with the services' own lists brings everything back, whatever kills
// it on the way, and a look at many open calls costs pages, not calls.
import { once } from 'node:events';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, expect, it } from 'vitest';
import { createRandom } from '../../src/main/sandbox/random.ts';
import type { Town } from '../../src/main/sandbox/town.ts';
import { databaseFileName } from '../../src/main/store/database.ts';
import type { CheckRunView } from '../../src/preload/contract/checks.ts';
import { readBooks } from '../journeys/chaos-books.ts';
import { eventually, type Product } from '../product.ts';
import { allCalls, closeTowns, startTown, type TownRig } from '../town-rig.ts';

const isLong = process.env['TAPEDECK_TEST_SIZE'] === 'long';
const perProvider = isLong ? 2_000 : 200;
const dayMs = 86_400_000;
const talkMs = 1_000;
const patienceMs = isLong ? 600_000 : 120_000;

afterEach(closeTowns);

/** Calls of the last seven days that nobody told of. */
async function letWeekPass({ twilio, telnyx, elevenLabs }: Town, count: number): Promise<void> {
  const random = createRandom('a week');
  const moment = (): number => Math.round(Date.now() - random.between(3_600_000, 7 * dayMs));
  telnyx.place(
    Array.from({ length: count }, () => ({ direction: 'inbound' as const, talkMs, startsAtMs: moment() })),
  );
  for (let nth = 0; nth < count; nth++) {
    await twilio.place({ direction: 'inbound', talkMs }, { startsAtMs: moment() });
    elevenLabs.place('sip', { to: '+14155550177', talkMs });
  }
  await Promise.all([twilio.idle(), elevenLabs.idle(), telnyx.idle()]);
  for (const conversation of elevenLabs.conversations()) {
    const agoMs = Date.now() - moment();
    const { createdAtMs, acceptedAtMs, endedAtMs, listedFromMs } = conversation;
    Object.assign(conversation, {
      createdAtMs: createdAtMs - agoMs,
      acceptedAtMs: acceptedAtMs === null ? null : acceptedAtMs - agoMs,
      endedAtMs: endedAtMs === null ? null : endedAtMs - agoMs,
      listedFromMs: listedFromMs - agoMs,
    });
  }
}

/** A clinic that was last compared with its services a week ago. */
async function closeForAWeek(rig: TownRig): Promise<void> {
  const product = await rig.start();
  await sweeps(product, 1);
  await product.stop();
  const database = new Sqlite(join(rig.dataDir, databaseFileName));
  database
    .prepare('UPDATE checkMarks SET fromMs = fromMs - ?, upToMs = upToMs - ?')
    .run(7 * dayMs, 7 * dayMs);
  database.close();
}

/** Waits until so many sweeps are over. */
async function sweeps(product: Product, count: number): Promise<CheckRunView[]> {
  return eventually(
    `${count} sweeps`,
    async () => {
      const { items } = await product.call('polls.list', { kind: 'sweep' });
      return items.length >= count && items.every(({ state }) => state !== 'running') ? items : null;
    },
    patienceMs,
  );
}

async function expectAllStored(product: Product, books: readonly string[]): Promise<void> {
  const stored = async (): Promise<string[]> => {
    const calls = await allCalls(product);
    const details = await Promise.all(calls.map(({ callId }) => product.call('calls.get', { callId })));
    return details
      .flatMap(({ recordings }) => recordings.filter(({ status }) => status === 'stored'))
      .map(({ providerRecordingId, sha256 }) => `${providerRecordingId} ${sha256}`)
      .sort();
  };
  await eventually(
    'every recording is here',
    async () => {
      const calls = await allCalls(product);
      return calls.filter(({ recordingStatus }) => recordingStatus === 'stored').length >= books.length;
    },
    patienceMs,
  ).catch(() => undefined);
  expect(await stored()).toEqual(books);
}

const booksOf = (town: Town): string[] =>
  readBooks(town)
    .recordings.map((one) => `${one.providerRecordingId} ${one.sha256()}`)
    .sort();

it(
  `a week of ${perProvider} calls per service that nobody told of comes back by one sweep`,
  async () => {
    const rig = await startTown({ timeScale: 1 });
    await closeForAWeek(rig);
    await letWeekPass(rig.town, perProvider);
    const books = booksOf(rig.town);
    expect(books).toHaveLength(3 * perProvider);
    const product = await rig.start();
    const [latest, first] = await sweeps(product, 2);
    expect(first?.providers.every(({ newCalls }) => newCalls === 0)).toBe(true);
    expect(latest).toMatchObject({ trigger: 'start', state: 'done' });
    for (const providerId of ['twilio', 'telnyx', 'elevenlabs'])
      expect(latest?.providers.find((one) => one.providerId === providerId)).toMatchObject({
        state: 'done',
        newCalls: perProvider,
      });
    await expectAllStored(product, books);
    expect(await sweeps(product, 2)).toHaveLength(2);
    expect(await allCalls(product)).toHaveLength(3 * perProvider);
  },
  4 * patienceMs,
);

it.each(['check:page', 'check:listed'])(
  'killed at %s, a comparison says so at the next start, and the one after it brings everything back',
  async (point) => {
    const rig = await startTown({ timeScale: 1 });
    await closeForAWeek(rig);
    await letWeekPass(rig.town, 10);
    const doomed = await rig.start({ TAPEDECK_CRASH_AT: point });
    await once(doomed.process, 'exit');
    expect(doomed.process.signalCode).toBe('SIGKILL');
    const product = await rig.start();
    const [latest, killed] = await sweeps(product, 3);
    expect([latest?.state, killed?.state]).toEqual(['done', 'interrupted']);
    await expectAllStored(product, booksOf(rig.town));
  },
  120_000,
);

it('killed between two stretches, a look through the past goes on by itself after the next start', async () => {
  const rig = await startTown({ timeScale: 1 });
  await (await rig.start()).stop();
  await letWeekPass(rig.town, 10);
  const doomed = await rig.start({ TAPEDECK_CRASH_AT: 'backfill:stretch' });
  const died = once(doomed.process, 'exit');
  const toMs = Date.now();
  const { run } = await doomed.call('backfills.start', { fromMs: toMs - 20 * dayMs, toMs });
  await died;
  expect(doomed.process.signalCode).toBe('SIGKILL');
  const product = await rig.start();
  const ended = await eventually('it is through', async () => {
    const one = await product.call('polls.get', { runId: run.runId });
    return one.run.state === 'running' ? null : one.run;
  });
  expect(ended).toMatchObject({ kind: 'backfill', state: 'done' });
  await expectAllStored(product, booksOf(rig.town));
  expect(await allCalls(product)).toHaveLength(30);
}, 120_000);
