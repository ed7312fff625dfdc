// Placing, following and recording calls, against the stand-in.
import { describe, expect, it } from 'vitest';
import { callId } from './telnyx-fixtures.ts';
import {
  anOrder,
  dial,
  find,
  key,
  keysIn,
  hear,
  rowFor,
  rowOf,
  signal,
  startTelnyx,
  until,
} from './telnyx-world.ts';

describe('a call that the product places', () => {
  it('is recorded from its answer, told by webhooks that the SDK accepts, found by its ids and heard', async () => {
    const world = await startTelnyx();
    const fact = await dial(world, { publicUrl: world.receiver.url });
    expect(keysIn([fact]).map(({ kind }) => kind)).toEqual([
      'call_control_id',
      'call_leg_id',
      'call_session_id',
      'call_id',
      'recording_id',
    ]);
    expect(await find(world, keysIn([fact]))).toEqual({ facts: [], isFinal: false });
    await world.standIn.idle();
    const { heard } = world.receiver;
    expect(heard.map(({ data }) => data.event_type)).toEqual([
      'call.initiated',
      'call.answered',
      'call.hangup',
      'call.recording.saved',
    ]);
    for (const request of heard) {
      expect(request.path).toBe('/api/webhooks/telnyx/call-events');
      expect(world.provider.verify(request, [])).toEqual({ ok: true });
      const understanding = world.provider.understand({ ...request, receivedAtMs: 1 });
      expect(understanding.outcome).toBe('applied');
      expect(keysIn([{ ...understanding, body: request.body, path: '' }])).toContainEqual({
        providerId: 'tapedeck',
        kind: 'call_id',
        value: callId,
      });
    }
    const { facts } = await find(world, keysIn([fact]));
    expect(facts.flatMap(({ events }) => events.map(({ kind }) => kind))).toEqual(['recording.available']);
    const { requests, verdict } = await hear(world, facts);
    expect(requests.every(({ headers }) => Object.keys(headers).length === 0)).toBe(true);
    expect(verdict).toMatchObject({ ok: true, audio: { extension: 'wav', channels: 2 } });
    const heardMs = verdict.ok ? verdict.audio.durationMs : 0;
    expect(Math.abs(heardMs - (rowOf(facts).durationMs ?? 0))).toBeLessThan(200);
    await world.clock.delay(120_000);
    expect((await find(world, keysIn([fact]))).isFinal).toBe(true);
  });

  it('is signed so that the official SDK accepts it', async () => {
    // At the wall clock's speed, because the SDK knows no other clock.
    const world = await startTelnyx({ scale: 1 });
    const [call] = world.standIn.place([{ outcome: 'answered' }]);
    await until(() => world.receiver.heard.length > 0);
    const [heard] = world.receiver.heard;
    const headers = Object.fromEntries(
      Object.entries(heard?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    const event = await world.sdk.webhooks.unwrap(heard?.body.toString() ?? '', { headers });
    expect(event).toMatchObject({ data: { payload: { call_leg_id: call?.legId } } });
    const spoilt = `${heard?.body.toString()} `;
    await expect(world.sdk.webhooks.unwrap(spoilt, { headers })).rejects.toThrow('signature');
  });

  it('is dialled once by one command_id', async () => {
    const world = await startTelnyx();
    const first = await dial(world);
    const second = await dial(world);
    expect(keysIn([second])).toEqual(keysIn([first]));
    expect(world.standIn.world.calls.size).toBe(1);
  });

  it('is found again when the answer to the dialling was lost, late, live or ended', async () => {
    const world = await startTelnyx({ scale: 20, seed: 'late' });
    world.standIn.switches.loseDialAnswers = 1;
    world.standIn.switches.callsListedLateMs = 60_000;
    const order = anOrder();
    expect(await world.provider.api.dial?.(order, signal)).toMatchObject({ outcome: 'unknown' });
    const look = () => world.provider.api.findDial?.(order, signal);
    const [call] = world.standIn.world.calls.values();
    const lateMs = (call?.listedFromMs ?? 0) - (call?.createdAtMs ?? 0);
    expect(lateMs).toBeGreaterThan(3_000);
    expect(lateMs).toBeLessThanOrEqual(60_000);
    expect(await look()).toBeNull();
    await until(async () => (await look()) !== null);
    const live = await look();
    expect(live === null || live === undefined ? [] : keysIn([live])).toContainEqual(
      key('call_leg_id', call?.legId ?? ''),
    );
    if (call !== undefined) world.standIn.hangUp(call);
    await world.standIn.idle();
    const past = await look();
    expect(past?.path).toBe('/v2/call_events');
    expect(past?.events[0]?.keys).toEqual(
      expect.arrayContaining([
        key('call_control_id', call?.controlId ?? ''),
        { providerId: 'tapedeck', kind: 'call_id', value: callId },
      ]),
    );
    const other = `${callId.slice(0, -1)}c`;
    const stranger = anOrder({ callId: other, attemptKey: `${other}-0` });
    expect(await world.provider.api.findDial?.(stranger, signal)).toBeNull();
  });

  it.each([
    [{ to: 'nobody' }, '10015'],
    [{ from: '5' }, '10015'],
  ])('is refused in the provider code for %j', async (fields, providerCode) => {
    const world = await startTelnyx();
    const answer = await world.provider.api.dial?.(anOrder(fields), signal);
    expect(answer).toEqual({ outcome: 'refused', code: 'provider_refused', providerCode });
  });

  it('is not dialled without a connection or a number', async () => {
    const world = await startTelnyx();
    world.settings['TELNYX_CONNECTION_ID'] = '';
    expect(await world.provider.api.dial?.(anOrder(), signal)).toMatchObject({ code: 'not_set_up' });
    expect(world.provider.vias[0]?.missing()).toEqual(['TELNYX_CONNECTION_ID']);
    expect(world.standIn.world.calls.size).toBe(0);
  });
});

describe('following a call whose webhooks never arrive', () => {
  it('tells its whole course from the list of events, as the same facts', async () => {
    const world = await startTelnyx();
    const [call] = world.standIn.place([{ direction: 'inbound', talkMs: 20_000 }]);
    const keys = [key('call_control_id', call?.controlId ?? ''), key('call_leg_id', call?.legId ?? '')];
    await until(() => call?.answeredAtMs !== null);
    expect((await world.provider.api.lookUpCall?.(keys, signal))?.isFinal).toBe(false);
    await world.standIn.idle();
    const ended = await world.provider.api.lookUpCall?.(keys, signal);
    expect(ended?.isFinal).toBe(true);
    const told = world.receiver.heard.map((request) =>
      world.provider.understand({ ...request, receivedAtMs: 1 }),
    );
    expect(ended?.facts.map(({ dedupeKey }) => dedupeKey)).toEqual(told.map(({ dedupeKey }) => dedupeKey));
    expect(ended?.facts.flatMap(({ events }) => events)).toEqual(told.flatMap(({ events }) => events));
  });

  it('knows the end of a call from its state, and nothing of one that is not known', async () => {
    const world = await startTelnyx();
    world.standIn.switches.callsListedLateMs = 1e12;
    const [call] = world.standIn.place([{ direction: 'inbound', outcome: 'no_answer' }]);
    const keys = [key('call_control_id', call?.controlId ?? '')];
    await world.standIn.idle();
    const looked = await world.provider.api.lookUpCall?.(keys, signal);
    expect(looked).toMatchObject({
      isFinal: true,
      facts: [
        { events: [{ kind: 'call.ended', data: { status: 'no_answer', endedAtMs: call?.endedAtMs } }] },
      ],
    });
    await world.clock.delay(700_000);
    expect(await world.provider.api.lookUpCall?.(keys, signal)).toEqual({ facts: [], isFinal: false });
  });
});

describe('recording a live call', () => {
  it('waits for the answer, starts once, pauses, resumes, stops; says when the call has ended', async () => {
    const world = await startTelnyx({ scale: 20 });
    const [call] = world.standIn.place([{ direction: 'inbound', record: false, talkMs: 40_000 }]);
    const keys = [key('call_control_id', call?.controlId ?? '')];
    const start = () => world.provider.api.startRecording?.({ callId, keys, publicUrl: null }, signal);
    expect(await start()).toEqual({ outcome: 'not_yet' });
    await until(() => call?.answeredAtMs !== null);
    expect(await start()).toMatchObject({ outcome: 'started' });
    expect(await start()).toMatchObject({ outcome: 'started' });
    expect(call?.recordings).toHaveLength(1);
    const [recording] = call?.recordings ?? [];
    const row = { ...rowFor(recording?.id ?? '') };
    const steer = (action: 'pause' | 'resume' | 'stop') =>
      world.provider.api.steerRecording?.(row, keys, action, signal);
    expect(await steer('pause')).toMatchObject([{ events: [{ data: { what: 'recording_paused' } }] }]);
    expect(recording?.state).toBe('paused');
    await world.clock.delay(4_000);
    await steer('resume');
    await world.clock.delay(3_000);
    await steer('stop');
    expect(recording?.state).toBe('saving');
    const tooLong = (recording?.endedAtMs ?? 0) - (recording?.startedAtMs ?? 0);
    expect(recording?.durationMs).toBeLessThanOrEqual(tooLong - 4_000);
    if (call !== undefined) world.standIn.hangUp(call);
    await world.standIn.idle();
    expect(await start()).toEqual({ outcome: 'not_live', providerCode: '90018' });
    await expect(steer('pause')).rejects.toMatchObject({ code: 'call_not_live' });
    const known = await world.provider.api.startRecording?.(
      { callId, keys: [...keys, key('recording_id', recording?.id ?? '')], publicUrl: null },
      signal,
    );
    expect(known).toEqual({ outcome: 'already', facts: [] });
  });

  it.each([
    ['v3:Qm9hcmRpbmctbm9ib2R5', { outcome: 'not_live', providerCode: '10005' }],
    ['not-one-of-theirs', { outcome: 'refused', code: 'provider_refused', providerCode: '90015' }],
  ])('of the id %s cannot start', async (id, answer) => {
    const { provider } = await startTelnyx();
    const request = { callId, keys: [key('call_control_id', id)], publicUrl: null };
    expect(await provider.api.startRecording?.(request, signal)).toEqual(answer);
  });

  it('is not eligible without a call control id', async () => {
    const { provider } = await startTelnyx();
    const request = { callId, keys: [key('sip_call_id', 'abc@sip')], publicUrl: null };
    expect(await provider.api.startRecording?.(request, signal)).toMatchObject({ code: 'not_eligible' });
  });
});

describe('live calls', () => {
  it('are listed by their ids, the same fact at every look, and no longer once they have ended', async () => {
    const world = await startTelnyx({ scale: 50 });
    const list = async () => (await world.provider.api.listLiveCalls?.(signal)) ?? [];
    expect(await list()).toEqual([]);
    const fact = await dial(world);
    const [live, ...others] = await list();
    expect(others).toEqual([]);
    expect(live?.events).toMatchObject([{ kind: 'call.started', data: { status: 'queued' } }]);
    const ids = keysIn([fact]).filter(({ kind }) => kind !== 'recording_id');
    expect(keysIn(live === undefined ? [] : [live])).toEqual(ids);
    await world.clock.delay(5_000);
    expect((await list()).map(({ dedupeKey, body }) => [dedupeKey, Buffer.from(body).toString()])).toEqual([
      [live?.dedupeKey, Buffer.from(live?.body ?? []).toString()],
    ]);
    await world.standIn.idle();
    expect(await list()).toEqual([]);
  });
});
