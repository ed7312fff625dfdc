// A telephone rings at most once for each time that a person asked for it, whenever the power fails.
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { createClock } from '../../src/main/clock.ts';
import { createTown, type Town } from '../../src/main/sandbox/town.ts';
import type { CallView } from '../../src/preload/contract/calls.ts';
import { eventually, type Product, startProduct, temporaryDir } from '../product.ts';

const isLong = process.env['TAPEDECK_TEST_SIZE'] === 'long';
const vias = ['elevenlabs-twilio', 'elevenlabs-sip', 'telnyx', 'livekit'] as const;
/** Every named moment between the order and the last word about it, and what then becomes of the call. */
const crashPoints = [
  { point: 'dial:claiming', outcome: 'dialed' },
  // The request had not left, but nobody can know that: a person decides.
  { point: 'dial:started', outcome: 'unknown' },
  { point: 'dial:answered', outcome: 'dialed' },
  { point: 'dial:stored', outcome: 'dialed' },
  { point: 'job:before-settle-commit', outcome: 'dialed' },
  { point: 'job:after-settle-commit', outcome: 'dialed' },
] as const;
const randomKills = isLong ? 60 : 6;
const timeScale = 60;

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface World {
  town: Town;
  start(crashAt?: string): Promise<Product>;
}

async function startTown(): Promise<World> {
  const { dir, remove } = await temporaryDir();
  closers.push(remove);
  // A clock that runs fast begins with the process; the world's follows it, as all clocks of the world do.
  let clock = createClock(timeScale);
  const town = createTown({
    clock: { now: () => clock.now(), delay: (delayMs, signal) => clock.delay(delayMs, signal) },
    seed: 1,
  });
  closers.push(() => town.stop());
  await town.start();
  // Long enough to be found by asking after a restart, and no webhook tells of them.
  const talkMs = 30 * 60_000;
  for (const { switches } of [town.twilio, town.telnyx])
    Object.assign(switches, { talkMs: { least: talkMs, most: talkMs } });
  return {
    town,
    async start(crashAt) {
      const product = await startProduct({
        dataDir: dir,
        env: {
          ...town.settings,
          TAPEDECK_TIME_SCALE: String(timeScale),
          ...(crashAt === undefined ? {} : { TAPEDECK_CRASH_AT: crashAt }),
        },
      });
      closers.push(() => product.kill());
      clock = createClock(timeScale);
      return product;
    },
  };
}

async function order(product: Product, via: string, to: string): Promise<void> {
  await product.call('calls.place', { kind: 'voice-bot', via, to, record: false });
}

function numberOf(nth: number): string {
  return `+1${['415', '212', '312'][Math.floor(nth / 97)] ?? ''}5550${103 + (nth % 97)}`;
}

/** How often each number rang. */
function ringsOf({ twilio, telnyx }: Town, number: string): number {
  return [...twilio.world.calls.values(), ...telnyx.world.calls.values()].filter(({ to }) => to === number)
    .length;
}

async function placedCalls(product: Product): Promise<CallView[]> {
  const all: CallView[] = [];
  let cursor: string | undefined;
  do {
    const page = await product.call('calls.list', {
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    });
    all.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all.filter(({ dialState }) => dialState !== null);
}

/** Waits until nothing is open any more. */
async function decided(product: Product): Promise<CallView[]> {
  const isOpen = ({ dialState }: CallView): boolean => dialState === 'waiting' || dialState === 'dialing';
  return eventually(
    'every call is dialled, or its outcome is known to be unknown',
    async () => {
      const calls = await placedCalls(product);
      return calls.some(isOpen) ? null : calls;
    },
    60_000,
  );
}

/** A call that is said to be dialled rang once; one of which that is not known rang once at most. */
function checkBooks(town: Town, calls: readonly CallView[]): void {
  for (const { to, via, dialState } of calls) {
    const rings = ringsOf(town, to ?? '');
    expect([via, rings <= 1, dialState]).toEqual([via, true, rings === 1 ? dialState : 'unknown']);
    expect(['dialed', 'unknown']).toContain(dialState);
  }
}

async function killAt(point: string, via: string, outcome: string): Promise<void> {
  const { town, start } = await startTown();
  const doomed = await start(point);
  const died = once(doomed.process, 'exit');
  await Promise.allSettled([order(doomed, via, numberOf(0))]);
  await died;
  expect(doomed.process.signalCode).toBe('SIGKILL');
  const product = await start();
  const calls = await decided(product);
  expect(calls.map(({ via: way, dialState }) => [way, dialState])).toEqual([[via, outcome]]);
  checkBooks(town, calls);
  if (outcome === 'dialed') return;
  // A person decided: now it rings, once.
  for (const { callId } of calls) await product.call('calls.redial', { callId });
  const again = await decided(product);
  expect(again.map(({ dialState }) => dialState)).toEqual(['dialed']);
  checkBooks(town, again);
}

it.each(crashPoints)(
  'killed at $point, a call of every way rings at most once and says what became of it: $outcome',
  async ({ point, outcome }) => {
    await Promise.all(vias.map((via) => killAt(point, via, outcome)));
  },
  120_000,
);

it(
  `killed ${randomKills} times at any moment of dialling, nobody is called twice`,
  async () => {
    const { town, start } = await startTown();
    for (let kill = 0; kill < randomKills; kill++) {
      const product = await start();
      const dying = new Promise((resolve) => setTimeout(resolve, Math.random() * 120)).then(() =>
        product.kill(),
      );
      // Whether an order without an answer was taken is seen after the restart.
      await Promise.allSettled(vias.map((via, i) => order(product, via, numberOf(kill * vias.length + i))));
      await dying;
    }
    const product = await start();
    const calls = await decided(product);
    checkBooks(town, calls);
    expect(calls.length).toBeGreaterThan(0);
    expect(new Set(calls.map(({ to }) => to)).size).toBe(calls.length);
    expect(calls.filter(({ dialState }) => dialState === 'dialed').length).toBeGreaterThan(0);
  },
  60_000 + randomKills * 6_000,
);
