// A telephone rings at most once for each time that a person asked for it, whenever the power fails.
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import type { Town } from '../../src/main/sandbox/town.ts';
import type { CallView } from '../../src/preload/contract/calls.ts';
import { eventually, type Product } from '../product.ts';
import { allCalls, closeTowns, numberOfNobody, startTown, type TownRig } from '../town-rig.ts';

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

afterEach(closeTowns);

/** Calls that are long enough to be found by asking after a restart; no webhook tells of them. */
async function startLongCalls(): Promise<TownRig> {
  const rig = await startTown({ timeScale });
  const talkMs = 30 * 60_000;
  for (const { switches } of [rig.town.twilio, rig.town.telnyx])
    Object.assign(switches, { talkMs: { least: talkMs, most: talkMs } });
  return rig;
}

async function order(product: Product, via: string, to: string): Promise<void> {
  await product.call('calls.place', { kind: 'voice-bot', via, to, record: false });
}

/** How often each number rang. */
function ringsOf({ twilio, telnyx }: Town, number: string): number {
  return [...twilio.world.calls.values(), ...telnyx.world.calls.values()].filter(({ to }) => to === number)
    .length;
}

async function placedCalls(product: Product): Promise<CallView[]> {
  return (await allCalls(product)).filter(({ dialState }) => dialState !== null);
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
  const { town, start } = await startLongCalls();
  const doomed = await start({ TAPEDECK_CRASH_AT: point });
  const died = once(doomed.process, 'exit');
  await Promise.allSettled([order(doomed, via, numberOfNobody(0))]);
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
    const { town, start } = await startLongCalls();
    for (let kill = 0; kill < randomKills; kill++) {
      const product = await start();
      const dying = new Promise((resolve) => setTimeout(resolve, Math.random() * 120)).then(() =>
        product.kill(),
      );
      // Whether an order without an answer was taken is seen after the restart.
      await Promise.allSettled(
        vias.map((via, i) => order(product, via, numberOfNobody(kill * vias.length + i))),
      );
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
