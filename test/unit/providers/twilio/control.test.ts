import { describe, expect, it } from 'vitest';
import { isRecordingEvent } from '../../../../src/main/domain/provider-event.ts';
import type { PulledFact } from '../../../../src/main/providers/provider.ts';
import { startWorld, until } from '../../sandbox/world.ts';
import { accountSid, answering, json, keysOf, providerAt, rowOf, signal } from './standin.ts';

const callId = 'call_01jz8q4c9xk7m2v5n3t6r8w0ab';
const publicUrl = 'https://tapedeck.example.com';

async function startCall(options: { scale?: number; record?: boolean; talkMs?: number } = {}) {
  const world = await startWorld({ scale: options.scale ?? 20 });
  const { provider, seen } = providerAt(world.baseUrl, {}, world.clock.now);
  const { record = false, talkMs = 60_000 } = options;
  const { callSids } = await world.sandbox.place({ direction: 'inbound', talkMs }, { record });
  const sid = callSids[0] ?? '';
  const is = (status: string) => until(async () => (await world.client.calls(sid).fetch()).status === status);
  const start = (url: string | null = null) =>
    provider.api.startRecording?.({ callId, keys: keysOf(sid), publicUrl: url }, signal);
  return { ...world, provider, seen, sid, is, start };
}

function kinds(facts: readonly PulledFact[] | undefined): string[] {
  return (facts ?? []).flatMap(({ events }) => events.map(({ kind }) => kind));
}

describe('starting a recording', () => {
  it('waits while the phone rings, then records both sides untrimmed and says where to report', async () => {
    const { sid, is, start, seen, client } = await startCall({ scale: 5 });
    expect(await start(publicUrl)).toEqual({ outcome: 'not_yet' });
    await is('in-progress');
    seen.length = 0;
    const answer = await start(publicUrl);
    expect(answer).toMatchObject({ outcome: 'started' });
    const created = seen.find(({ method }) => method === 'POST');
    expect(created?.url.pathname).toMatch(new RegExp(`/Calls/${sid}/Recordings\\.json$`));
    expect([...(created?.form ?? [])].toSorted((a, b) => (a.join() < b.join() ? -1 : 1))).toEqual([
      ['RecordingChannels', 'dual'],
      ['RecordingStatusCallback', `${publicUrl}/webhooks/twilio-recording#rc=5&rp=5xx,ct,rt`],
      ['RecordingStatusCallbackEvent', 'absent'],
      ['RecordingStatusCallbackEvent', 'completed'],
      ['RecordingStatusCallbackEvent', 'in-progress'],
      ['RecordingStatusCallbackMethod', 'POST'],
      ['Trim', 'do-not-trim'],
    ]);
    const [listed] = await client.recordings.list({ callSid: sid });
    expect(listed).toMatchObject({ channels: 2, source: 'StartCallRecordingAPI' });
    const facts = answer?.outcome === 'started' ? answer.facts : [];
    expect(facts[0]?.events).toMatchObject([
      { keys: keysOf(sid), data: { providerRecordingId: listed?.sid, providerAccountId: accountSid } },
    ]);
  });

  it('names no address while there is no public one', async () => {
    const { is, start, seen } = await startCall();
    await is('in-progress');
    expect(await start()).toMatchObject({ outcome: 'started' });
    const created = seen.find(({ method }) => method === 'POST');
    expect([...(created?.form.keys() ?? [])].toSorted()).toEqual(['RecordingChannels', 'Trim']);
  });

  it('leaves a call alone that is recorded already, by whomever', async () => {
    const { is, start, seen, client, sid } = await startCall({ record: true });
    await is('in-progress');
    const answer = await start();
    expect(answer).toMatchObject({ outcome: 'already' });
    expect(kinds(answer?.outcome === 'already' ? answer.facts : [])).toEqual(['recording.started']);
    expect(seen.filter(({ method }) => method === 'POST')).toEqual([]);
    expect(await client.recordings.list({ callSid: sid })).toHaveLength(1);
  });

  it('names how the call ended when it came too late', async () => {
    const { is, start, sandbox } = await startCall({ talkMs: 2_000 });
    await is('completed');
    expect(await start()).toEqual({ outcome: 'not_live', providerCode: 'completed' });
    const busy = await sandbox.place({ direction: 'outbound', outcome: 'busy' });
    await sandbox.idle();
    const { provider } = await startCall();
    expect(busy.callSids).toHaveLength(1);
    const unknown = { callId, keys: keysOf(`CA${'0'.repeat(32)}`), publicUrl: null };
    expect(await provider.api.startRecording?.(unknown, signal)).toEqual({
      outcome: 'refused',
      code: 'provider_not_found',
      providerCode: '20404',
    });
    expect(await provider.api.startRecording?.({ ...unknown, keys: [] }, signal)).toMatchObject({
      outcome: 'refused',
      code: 'not_eligible',
    });
  });

  it('shows what exists when it came too late for a call that was recorded', async () => {
    const { is, start } = await startCall({ record: true, talkMs: 2_000 });
    await is('completed');
    const answer = await start();
    expect(answer).toMatchObject({ outcome: 'already' });
  });

  it('passes on what only this account cannot do, and waits for what will pass', async () => {
    let status = 400;
    const baseUrl = await answering((path, res, method) => {
      if (method === 'GET' && path.includes('Recordings.json?'))
        json(res, 200, { recordings: [], next_page_uri: null });
      else json(res, status, { code: 10_002, message: 'Trial accounts do not support the feature', status });
    });
    const { provider } = providerAt(baseUrl);
    const ask = () =>
      provider.api.startRecording?.({ callId, keys: keysOf(`CA${'1'.repeat(32)}`), publicUrl: null }, signal);
    expect(await ask()).toEqual({ outcome: 'refused', code: 'provider_refused', providerCode: '10002' });
    status = 503;
    await expect(ask()).rejects.toMatchObject({ code: 'provider_unavailable', retryable: true });
    status = 401;
    await expect(ask()).rejects.toMatchObject({ code: 'provider_unauthorized' });
  });

  it('records the call itself and not the leg that it was put through to', async () => {
    const { sandbox, client, clock, baseUrl } = await startWorld({ scale: 20 });
    const { provider } = providerAt(baseUrl, {}, clock.now);
    const { callSids } = await sandbox.place(
      { direction: 'inbound', talkMs: 60_000 },
      { record: false, putThrough: 'dial' },
    );
    const sid = callSids[0] ?? '';
    await until(async () => (await client.calls(sid).fetch()).status === 'in-progress');
    const [child] = await client.calls.list({ parentCallSid: sid });
    const keys = keysOf(child?.sid ?? '', sid);
    expect(await provider.api.startRecording?.({ callId, keys, publicUrl: null }, signal)).toMatchObject({
      outcome: 'started',
    });
    expect(await client.recordings.list({ callSid: sid })).toHaveLength(1);
  });
});

describe('steering a recording', () => {
  it('pauses, resumes and stops, and tells of each', async () => {
    const { is, start, provider, sid, client } = await startCall();
    await is('in-progress');
    await start();
    const [listed] = await client.recordings.list({ callSid: sid });
    const row = rowOf(listed?.sid ?? '');
    const told: unknown[] = [];
    for (const action of ['pause', 'resume', 'stop'] as const) {
      const facts = (await provider.api.steerRecording?.(row, keysOf(sid), action, signal)) ?? [];
      const [first, second] = facts[0]?.events ?? [];
      told.push([first?.kind, second?.kind === 'call.told' ? second.data.what : null]);
      if (action === 'pause')
        expect((await client.recordings(row.providerRecordingId).fetch()).status).toBe('paused');
    }
    expect(told).toEqual([
      ['recording.started', 'recording_paused'],
      ['recording.started', 'recording_resumed'],
      ['recording.processing', 'recording_stopped'],
    ]);
    await expect(provider.api.steerRecording?.(row, keysOf(sid), 'pause', signal)).rejects.toMatchObject({
      code: 'call_not_live',
    });
  });

  it('refuses ids that do not fit without asking', async () => {
    const { provider, seen } = providerAt('http://127.0.0.1:9');
    for (const sid of ['', 'RE1', '../x', 'Twilio.CURRENT']) {
      const steering = provider.api.steerRecording?.(
        rowOf(sid),
        keysOf(`CA${'1'.repeat(32)}`),
        'stop',
        signal,
      );
      await expect(steering).rejects.toMatchObject({ code: 'bad_input' });
      await expect(provider.api.deleteRecording?.(rowOf(sid), signal)).rejects.toMatchObject({
        code: 'bad_input',
      });
    }
    expect(seen).toEqual([]);
  });
});

describe('deleting a recording', () => {
  it('says deleted, then gone, and refuses while it runs', async () => {
    const { is, start, provider, sid, client } = await startCall({ talkMs: 20_000 });
    await is('in-progress');
    const answer = await start();
    const event = answer?.outcome === 'started' ? answer.facts[0]?.events[0] : undefined;
    const row = rowOf(event !== undefined && isRecordingEvent(event) ? event.data.providerRecordingId : '');
    await expect(provider.api.deleteRecording?.(row, signal)).rejects.toMatchObject({
      code: 'provider_refused',
      retryable: false,
    });
    await until(
      async () => (await client.recordings(row.providerRecordingId).fetch()).status === 'completed',
    );
    expect(await provider.api.deleteRecording?.(row, signal)).toBe('deleted');
    expect(await provider.api.deleteRecording?.(row, signal)).toBe('gone');
    expect(await client.recordings.list({ callSid: sid })).toEqual([]);
  });
});
