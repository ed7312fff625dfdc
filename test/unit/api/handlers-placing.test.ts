import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallKey } from '../../../src/preload/contract/calls.ts';
import { AppError } from '../../../src/main/domain/errors.ts';
import { factWith, scriptedEvent } from '../../standins/scripted-provider.ts';
import { type OpenStore, openStore } from '../recordings/placing-rig.ts';
import { connectPlacing } from './placing-parts.ts';

let open: OpenStore;
beforeEach(async () => {
  open = await openStore();
});
afterEach(() => open.close());

const wanted = { kind: 'voice-bot', via: 'scripted', to: '415 555 0132' };
const call: CallKey = { providerId: 'scripted', kind: 'call', value: 'one' };

test('calls.place answers with the call as it is stored, in local form', async () => {
  const { ok } = await connectPlacing(open);
  const { call: placed } = await ok('calls.place', { ...wanted, reference: 'chat-1' });
  expect(placed).toMatchObject({
    otherParty: { number: '+14155550132', display: '(415) 555-0132' },
    reference: 'chat-1',
    dialState: 'waiting',
    kind: 'voice-bot',
    via: 'scripted',
  });
  const { timeline } = await ok('calls.get', { callId: placed.callId });
  expect(timeline).toMatchObject([{ kind: 'call.placed', source: 'user' }]);
});

test('bad input is named, and nothing is placed', async () => {
  const { code, ok } = await connectPlacing(open);
  expect(await code('calls.place', { ...wanted, to: '12 12' })).toBe('bad_number');
  expect(await code('calls.place', { ...wanted, via: 'pigeon' })).toBe('bad_input');
  expect(await code('calls.place', { ...wanted, to: 5 })).toBe('bad_input');
  expect(await code('calls.register', { reference: 'x', keys: [] })).toBe('bad_input');
  expect(await code('calls.cancel', { callId: 'call_x' })).toBe('not_found');
  expect(await code('calls.redial', { callId: 'call_x' })).toBe('not_found');
  expect((await ok('calls.list')).items).toEqual([]);
});

test('the queue is shown in its order, paused and emptied', async () => {
  const { ok, code } = await connectPlacing(open);
  await ok('queue.pause', { paused: true });
  const queued = { ...wanted, kind: 'priority-queue' };
  const low = (await ok('calls.place', queued)).call.callId;
  const high = (await ok('calls.place', { ...queued, priority: 9 })).call.callId;
  const view = await ok('queue.get');
  expect(view).toMatchObject({ paused: true, current: null });
  expect(view.waiting.map(({ callId, priority }) => [callId, priority])).toEqual([
    [high, 9],
    [low, 0],
  ]);
  await ok('calls.cancel', { callId: high });
  expect((await ok('queue.get')).waiting).toMatchObject([{ callId: low }]);
  expect(await code('calls.redial', { callId: high })).toBe('conflict');
  expect((await ok('queue.pause', { paused: false })).paused).toBe(false);
  expect((await open.store.listJobs({ kind: 'place-call' }, 10, null)).items).toMatchObject([
    { callId: low },
  ]);
});

test('calls.register gives the call that the ids name', async () => {
  const { ok } = await connectPlacing(open);
  const { call: first } = await ok('calls.register', { reference: 'intake-1', keys: [call] });
  expect(first).toMatchObject({ reference: 'intake-1', kind: null, unmatched: false });
  expect((await ok('calls.get', { callId: first.callId })).keys).toEqual([call]);
});

test('a recording is asked for while the call is live, and an event of ours says why it could not start', async () => {
  const rig = await connectPlacing(open, { start: [{ outcome: 'not_live', providerCode: null }] });
  const answered = scriptedEvent([call], 'call.answered', open.clock.now(), { status: 'in_progress' });
  await rig.journalPulledFacts({
    providerId: 'scripted',
    facts: [factWith('a', [answered])],
    source: 'poll',
  });
  const callId = (await open.store.findCallId(call)) ?? '';
  const { jobId } = await rig.ok('recordings.start', { callId });
  expect(await open.store.getJob(jobId)).toMatchObject({ kind: 'start-recording', state: 'ready' });
  await rig.run('start-recording');
  expect((await rig.ok('calls.get', { callId })).timeline.at(-1)).toMatchObject({
    kind: 'call.told',
    what: 'recording_not_started',
    code: 'call_not_live',
  });
  expect(await rig.code('recordings.steer', { recordingId: 'rec_x', action: 'stop' })).toBe('not_found');
});

test('legs are shown as the provider tells of them', async () => {
  const rig = await connectPlacing(open);
  const leg = { ...call, value: 'two' };
  const events = [
    scriptedEvent([call], 'call.started', 1_000, {
      status: 'ringing',
      leg: { legId: 'one', parentLegId: null },
    }),
    scriptedEvent([leg, call], 'call.started', 2_000, {
      status: 'ringing',
      leg: { legId: 'two', parentLegId: 'one' },
    }),
  ];
  await rig.journalPulledFacts({ providerId: 'scripted', facts: [factWith('legs', events)], source: 'poll' });
  const callId = (await open.store.findCallId(call)) ?? '';
  expect((await rig.ok('calls.get', { callId })).legs).toMatchObject([
    { legId: 'one', parentLegId: null },
    { legId: 'two', parentLegId: 'one' },
  ]);
});

test('numbers are shown in local form with the name that Settings gives them', async () => {
  const number = {
    numberId: 'PN1',
    number: '+14155550100',
    display: '',
    label: null,
    state: 'nowhere' as const,
    currentUrl: null,
    wantedUrl: null,
    previousUrl: null,
    note: null,
    snippet: null,
  };
  const { ok, code } = await connectPlacing(open, { numbers: [number] });
  await ok('settings.update', { lines: [{ number: '+14155550100', label: 'Front desk', record: true }] });
  const given = { providerId: 'scripted', numberId: 'PN1', action: 'connect' };
  expect((await ok('providers.numbers', { providerId: 'scripted' })).items).toMatchObject([
    { display: '(415) 555-0100', label: 'Front desk' },
  ]);
  expect(await code('providers.setNumber', given)).toBe('unavailable');
  expect((await ok('providers.check', { providerId: 'scripted' })).check.ok).toBe(true);
  expect(await ok('settings.update', { matching: 'auto_unique' })).toMatchObject({
    matching: 'auto_unique',
    lines: [{ record: true }],
  });
});

test('a match is asked of the store with the calls that the ids name today, and shown', async () => {
  const asked: unknown[] = [];
  const rig = await connectPlacing(
    open,
    {},
    {
      async matchCalls(...given) {
        asked.push(given);
        return { callId: given[1], matchEventKey: 'match 1' };
      },
      async unmatchCalls(callId) {
        if (asked.length > 1) throw new AppError('conflict', 'Undone already.');
        asked.push(callId);
        return [callId];
      },
    },
  );
  const one = (await rig.ok('calls.place', wanted)).call.callId;
  const other = (await rig.ok('calls.place', wanted)).call.callId;
  expect(await rig.ok('calls.match', { callId: one, withCallId: other })).toMatchObject({
    call: { callId: other },
    matchEventKey: 'match 1',
  });
  expect(asked).toEqual([[one, other, 'person']]);
  expect(await rig.code('calls.match', { callId: one, withCallId: one })).toBe('conflict');
  expect(await rig.code('calls.match', { callId: one, withCallId: 'call_x' })).toBe('not_found');
  expect((await rig.ok('calls.unmatch', { callId: one, matchEventKey: 'match 1' })).calls).toMatchObject([
    { callId: one },
  ]);
  expect(await rig.code('calls.unmatch', { callId: one, matchEventKey: 'match 1' })).toBe('conflict');
});

test('candidates come with what speaks for them', async () => {
  const rig = await connectPlacing(open);
  const nowMs = open.clock.now();
  const talk = { status: 'completed' as const, from: '+14155550132', endedAtMs: nowMs + 60_000 };
  const events = [scriptedEvent([call], 'call.ended', nowMs, talk)];
  await rig.journalPulledFacts({ providerId: 'scripted', facts: [factWith('talk', events)], source: 'poll' });
  await rig.journalPulledFacts({
    providerId: 'scripted',
    facts: [
      factWith('audio', [
        {
          kind: 'recording.available',
          eventKey: 'audio',
          providerId: 'scripted',
          occurredAtMs: nowMs + 1_000,
          sequence: 0,
          keys: [{ ...call, value: 'nobody`s' }],
          data: { providerRecordingId: 'r1', durationMs: 50_000 },
        },
      ]),
    ],
    source: 'poll',
  });
  const [unmatched] = (await rig.ok('calls.list', { unmatched: true })).items;
  expect(unmatched).toMatchObject({ unmatched: true, needsAttention: true });
  expect((await rig.ok('calls.candidates', { callId: unmatched?.callId })).items).toMatchObject([
    { call: { from: '+14155550132' }, because: ['same_time'] },
  ]);
});
