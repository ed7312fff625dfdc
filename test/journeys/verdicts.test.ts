// "Why is there no recording?" asked of the whole application in front of a world in which one thing goes wrong.
import { afterAll, afterEach, expect, test } from 'vitest';
import type { VerdictCause } from '../../src/preload/contract/verdicts.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type Journey, startJourney } from './rig.ts';
import { type VerdictFault, verdictFaults } from './verdict-faults.ts';

const isLong = process.env['TAPEDECK_TEST_SIZE'] === 'long';
const runs = isLong ? 20 : 2;
const together = isLong ? 5 : 2;
const timeScale = 200;
const minuteWallMs = 60_000 / timeScale;

interface Given {
  name: string;
  label: VerdictCause;
  /** Null: nothing to explain. */
  cause: VerdictCause | null;
}

const given: Given[] = [];
let journey: Journey | null = null;
let proxy: FaultProxy | null = null;

afterEach(async () => {
  await journey?.stop();
  await proxy?.stop();
  journey = null;
  proxy = null;
});

async function start({ fault = {}, prepare }: VerdictFault, seed: number): Promise<Journey> {
  let authToken = '';
  const between = await startFaultProxy(fault, () => authToken);
  proxy = between;
  const running = await startJourney({
    timeScale,
    seed,
    onTown(town) {
      authToken = town.settings['TWILIO_AUTH_TOKEN'] ?? '';
      between.aim({ apiUrl: town.settings['TWILIO_API_BASE_URL'] ?? '' });
      Object.assign(town.settings, { TWILIO_API_BASE_URL: between.apiUrl });
    },
  });
  journey = running;
  between.aim({ webhookUrl: running.webhooksUrl });
  // Only Twilio's way leads through the proxy: the others sign no address.
  running.town.twilio.connect({ webhookBaseUrl: between.webhookUrl });
  await prepare?.(running);
  return running;
}

const waitMinutes = (minutes: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, minutes * minuteWallMs));

/** The ids of the calls, once there are so many and, unless asked live, all are over. */
async function callIds({ call, until }: Journey, count: number, isLive: boolean): Promise<string[]> {
  return until(async () => {
    const { items } = await call('calls.list', {});
    const wanted = items.filter(({ status }) =>
      isLive ? status === 'in_progress' : status !== 'in_progress' && status !== 'ringing',
    );
    return wanted.length >= count ? wanted.map(({ callId }) => callId) : null;
  }, 60_000);
}

async function ask(fault: VerdictFault, seed: number): Promise<Given[]> {
  const running = await start(fault, seed);
  const placed = await Promise.all(Array.from({ length: together }, (_, nth) => fault.place(running, nth)));
  const isLive = fault.isLive === true;
  if (!isLive) await running.town.idle();
  const known = placed.filter((callId) => callId !== null);
  const ids = known.length === together ? known : await callIds(running, together, isLive);
  await waitMinutes(isLive ? 0.2 : (fault.askAfterMinutes ?? 4));
  return Promise.all(
    ids.map(async (callId) => ({
      name: fault.name,
      label: fault.label,
      cause: await lastingCause(running, callId, fault.label),
    })),
  );
}

/** Answers that say of themselves that the matter goes on: whoever gets one looks again a minute later. */
const passing = new Set<VerdictCause | null>(['nothing_yet', 'not_recording', 'fetching']);

async function lastingCause(
  { call }: Journey,
  callId: string,
  label: VerdictCause,
): Promise<VerdictCause | null> {
  for (let looks = 1; ; looks++) {
    const cause = (await call('calls.get', { callId })).verdict?.cause ?? null;
    if (cause === label || !passing.has(cause) || looks === 5) return cause;
    await waitMinutes(1);
  }
}

const isConfident = ({ cause }: Given): boolean => cause !== null && cause !== 'not_enough_evidence';

test.each(verdictFaults)(
  'when $name, no call is told another reason than $label',
  async (fault) => {
    for (let run = 0; run < runs / together; run++) {
      const answers = await ask(fault, run + 1);
      given.push(...answers);
      await journey?.stop();
      await proxy?.stop();
      journey = null;
      proxy = null;
      expect(answers.filter((answer) => isConfident(answer) && answer.cause !== fault.label)).toEqual([]);
    }
  },
  600_000,
);

test('at least 95 of 100 faults are named', () => {
  const wrong = given.filter(({ label, cause }) => label !== cause);
  expect(given.length).toBeGreaterThanOrEqual(verdictFaults.length * runs);
  expect({ rate: 1 - wrong.length / given.length, wrong }).toEqual({
    rate: expect.toSatisfy((rate: number) => rate >= 0.95),
    wrong: expect.anything(),
  });
});

afterAll(() => {
  const right = given.filter(({ label, cause }) => label === cause).length;
  process.stdout.write(`verdicts: ${right} of ${given.length} faults named\n`);
});
