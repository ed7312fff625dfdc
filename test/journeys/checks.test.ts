// Checks against the made-up phone services over real HTTP: what no webhook told is found by asking.
import { afterEach, expect, test } from 'vitest';
import type { CheckRunView, PollDetail } from '../../src/preload/contract/checks.ts';
import { type Journey, startJourney, token } from './rig.ts';
import { playedBytes, quiet } from './steps.ts';

let journey: Journey | null = null;
afterEach(async () => {
  await journey?.stop();
  journey = null;
});

/** A clinic whose web link does not work, and whose start is past: its first sweep has nothing to find. */
async function withoutWebhooks(): Promise<Journey> {
  const running = await startJourney();
  journey = running;
  running.town.connect({ webhookBaseUrl: await quiet() });
  await sweepEnded(running, ({ trigger }) => trigger === 'start');
  return running;
}

function sweepEnded(running: Journey, which: (run: CheckRunView) => boolean): Promise<CheckRunView> {
  return running.until(async () => {
    const { items } = await running.call('polls.list', { kind: 'sweep' });
    return items.find((run) => run.state !== 'running' && which(run)) ?? null;
  });
}

async function poll({
  app,
}: Journey): Promise<{ status: number; body: { processed: number; details: PollDetail[] } }> {
  const answer = await fetch(new URL('/api/chats/poll-recordings', app.consoleUrl()), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  // The shape is what the test is about.
  return {
    status: answer.status,
    body: (await answer.json()) as { processed: number; details: PollDetail[] },
  };
}

/** Lets so much of the fast clock pass that a phone service has finished its files. */
const prepared = ({ config }: Journey): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, 60_000 / config.timeScale));

test('a poll finds a call that nobody told of, fetches its recording in the same run, and says so', async () => {
  const running = await withoutWebhooks();
  const { callSids } = await running.town.place({ count: 1, talkMs: 20_000, direction: 'inbound' });
  await running.town.idle();
  await prepared(running);
  const { status, body } = await poll(running);
  expect(status).toBe(200);
  expect(Object.keys(body)).toEqual(['processed', 'details']);
  expect(body).toMatchObject({
    processed: 1,
    details: [{ callSid: callSids[0], status: 'uploaded', providerId: 'twilio' }],
  });
  const detail = body.details[0];
  expect((await playedBytes(running, detail?.recordingId ?? '')).length).toBeGreaterThan(1_000);

  expect((await poll(running)).body).toEqual({ processed: 0, details: [] });
  const [latest] = (await running.call('polls.list', { kind: 'poll' })).items;
  expect(latest).toMatchObject({ trigger: 'program', state: 'done', lookedAt: 0, problems: 0 });
}, 60_000);

test('what a check found is kept, with the exact answer that scripts were given', async () => {
  const running = await withoutWebhooks();
  await running.town.place({ count: 2, talkMs: 10_000, direction: 'inbound' });
  await running.town.place({ count: 1, outcome: 'too_short', direction: 'inbound' });
  await running.town.idle();
  const last = new Map<string, string>();
  let processed = 0;
  // Twilio may still be preparing one of them: then that is what the check says.
  await running.until(async () => {
    const { body } = await poll(running);
    const [run] = (await running.call('polls.list', { kind: 'poll' })).items;
    const kept = await running.call('polls.get', { runId: run?.runId ?? '' });
    expect(JSON.parse(kept.json)).toEqual(body);
    expect(kept.run).toMatchObject({ lookedAt: body.details.length, processed: body.processed, problems: 0 });
    for (const { callSid, status } of body.details) last.set(callSid, status);
    processed += body.processed;
    return kept.run.waiting === 0 ? kept : null;
  });
  expect([...last.values()].sort()).toEqual(['absent', 'uploaded', 'uploaded']);
  expect(processed).toBe(2);
}, 60_000);

test('two who ask at once share one run', async () => {
  const running = await withoutWebhooks();
  await running.town.place({ count: 3, talkMs: 10_000, direction: 'inbound' });
  await running.town.idle();
  await prepared(running);
  const [one, other] = await Promise.all([poll(running), poll(running)]);
  expect(one.body).toEqual(other.body);
  expect(one.body.processed).toBe(3);
  expect((await running.call('polls.list', { kind: 'poll' })).items).toHaveLength(1);
}, 60_000);

test('a look at 500 open calls asks for pages of lists, not for each call', async () => {
  const running = await startJourney({ timeScale: 2 });
  journey = running;
  const { town, call } = running;
  const startsAtMs = (await call('system.status', {})).nowMs - 600_000;
  const calls = { count: 50, talkMs: 10_000, direction: 'inbound' } as const;
  for (let nth = 0; nth < 10; nth++) await town.twilio.place(calls, { startsAtMs, record: false });
  await town.idle();
  const requests = (): number => town.requests['twilio'] ?? 0;
  // Each has been asked after by itself, soon and a little later; then comes a pause of a minute and a half.
  let before = 0;
  await running.until(async () => {
    before = requests();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    return before >= 1_000 && before === requests() ? before : null;
  }, 60_000);
  const { body } = await poll(running);
  expect(body.details).toHaveLength(500);
  const pages = 1;
  expect(requests() - before).toBeLessThanOrEqual(pages + 2);
}, 120_000);

test('without the token nobody is told anything', async () => {
  const running = await withoutWebhooks();
  const url = new URL('/api/chats/poll-recordings', running.app.consoleUrl());
  expect((await fetch(url, { method: 'POST' })).status).toBe(401);
  expect((await running.call('polls.list', { kind: 'poll' })).items).toEqual([]);
}, 60_000);

test('a sweep brings back the calls and recordings of every service, and a second one writes nothing', async () => {
  const running = await withoutWebhooks();
  const { town } = running;
  await town.place({ count: 4, talkMs: 10_000, direction: 'inbound' });
  town.elevenLabs.place('twilio', { to: '+14155550171', talkMs: 12_000 });
  town.elevenLabs.place('sip', { to: '+14155550172', talkMs: 12_000 });
  await town.idle();
  const { run } = await running.call('sweeps.run', {});
  const ended = await sweepEnded(running, ({ runId }) => runId === run.runId);
  expect(ended.state).toBe('done');
  const found = (providerId: string) => ended.providers.find((one) => one.providerId === providerId);
  expect(found('twilio')).toMatchObject({ state: 'done', newRecordings: 4 });
  expect(found('elevenlabs')).toMatchObject({ state: 'done', calls: 2 });
  // Everything that they have is fetched, and each of ElevenLabs' calls over Twilio is one call.
  await running.until(async () => {
    const { items } = await running.call('calls.list', {});
    return items.length === 6 && items.every(({ recordingStatus }) => recordingStatus === 'stored')
      ? items
      : null;
  });
  const deliveries = async () => (await running.call('deliveries.list', { limit: 200 })).items.length;
  const before = await deliveries();
  const second = (await running.call('sweeps.run', {})).run;
  await sweepEnded(running, ({ runId }) => runId === second.runId);
  expect(await deliveries()).toBe(before);
  const { marks } = await running.call('checks.status', {});
  expect(marks.find(({ providerId }) => providerId === 'twilio')).toMatchObject({
    providerRecordings: 4,
    ourRecordings: 4,
  });
}, 90_000);

test('a range of the past is looked through after an estimate, and keeps what it found', async () => {
  const running = await withoutWebhooks();
  await running.town.place({ count: 3, talkMs: 10_000, direction: 'inbound' });
  await running.town.idle();
  const { nowMs } = await running.call('system.status', {});
  const range = { fromMs: nowMs - 30 * 86_400_000, toMs: nowMs };
  const estimate = await running.call('backfills.estimate', range);
  expect(estimate.providers.find(({ providerId }) => providerId === 'twilio')).toEqual({
    providerId: 'twilio',
    requests: 2,
    recordings: 3,
    code: null,
  });
  const { run } = await running.call('backfills.start', range);
  await expect(running.call('backfills.start', range)).rejects.toThrow('conflict');
  const done = await running.until(async () => {
    const one = await running.call('polls.get', { runId: run.runId });
    return one.run.state === 'running' ? null : one.run;
  });
  expect(done).toMatchObject({ state: 'done', kind: 'backfill' });
  expect(done.providers.find(({ providerId }) => providerId === 'twilio')).toMatchObject({
    state: 'done',
    newRecordings: 3,
    doneToMs: range.toMs,
  });
  await expect(running.call('backfills.pause', { runId: run.runId })).rejects.toThrow('conflict');
}, 60_000);

test.each([
  [{ fromMs: 5, toMs: 5 }, 'bad_input'],
  [{ fromMs: 0, toMs: 5 * 366 * 86_400_000 }, 'bad_input'],
])(
  'the range %j is refused',
  async (range, code) => {
    const running = await withoutWebhooks();
    await expect(running.call('backfills.start', range)).rejects.toThrow(code);
    await expect(running.call('checks.cancel', { runId: 'run_nobody' })).rejects.toThrow('not_found');
  },
  60_000,
);
