// The Telnyx stand-in: links, webhooks and access, judged by Telnyx's own SDK where it can.
import Telnyx from 'telnyx';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/main/domain/errors.ts';
import { callId } from '../unit/providers/telnyx/telnyx-fixtures.ts';
import {
  anOrder,
  apiKey,
  find,
  key,
  hear,
  signal,
  startTelnyx,
} from '../unit/providers/telnyx/telnyx-world.ts';

describe('the links to the sound', () => {
  it('refuse a key, live ten minutes and belong to one recording', async () => {
    const world = await startTelnyx();
    const [call] = world.standIn.place([{ talkMs: 5_000 }]);
    await world.standIn.idle();
    const answer = await world.sdk.recordings.retrieve(call?.recordings[0]?.id ?? '');
    const url = answer.data?.download_urls?.wav ?? '';
    const statusOf = async (address: string, headers = {}) => {
      const reply = await fetch(address, { headers });
      return `${reply.status} ${(await reply.text()).match(/<Code>(\w+)/)?.[1] ?? 'sound'}`;
    };
    expect(await statusOf(url)).toBe('200 sound');
    expect(await statusOf(url, { authorization: `Bearer ${apiKey}` })).toBe('400 InvalidArgument');
    expect(await statusOf(url.replace(/Signature=../, 'Signature=zz'))).toBe('403 SignatureDoesNotMatch');
    expect(await statusOf(url.replace(/until=\d/, 'until=9'))).toBe('403 SignatureDoesNotMatch');
    await world.clock.delay(601_000);
    expect(await statusOf(url)).toBe('403 AccessDenied');
    const { verdict } = await hear(world, [
      ...(await find(world, [key('call_leg_id', call?.legId ?? '')])).facts,
    ]);
    expect(verdict.ok).toBe(true);
  });

  it('bring what the switches say, for as many downloads as they say', async () => {
    const world = await startTelnyx();
    const [call] = world.standIn.place([{ talkMs: 5_000 }]);
    await world.standIn.idle();
    const { facts } = await find(world, [key('call_leg_id', call?.legId ?? '')]);
    Object.assign(world.standIn.switches, { mediaTrouble: 'error_page', mediaTroubleTimes: 1 });
    expect((await hear(world, facts)).verdict).toMatchObject({ ok: false, problem: 'not_audio' });
    Object.assign(world.standIn.switches, { mediaTrouble: 'truncated', mediaTroubleTimes: 2 });
    await expect(hear(world, facts)).rejects.toMatchObject({ code: 'truncated' });
    expect((await hear(world, facts)).verdict.ok).toBe(true);
  });
});

describe('webhooks', () => {
  it('come again with the same id until they are taken; other refusals are final', async () => {
    const world = await startTelnyx({
      answer: ({ data, attempt }) =>
        data.event_type === 'call.initiated' && attempt < 3
          ? 503
          : data.event_type === 'call.hangup'
            ? 403
            : 200,
    });
    world.standIn.place([{ talkMs: 5_000, direction: 'inbound' }]);
    await world.standIn.idle();
    const of = (type: string) => world.receiver.heard.filter(({ data }) => data.event_type === type);
    expect(of('call.initiated').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(of('call.initiated').map(({ data }) => data.id)).size).toBe(1);
    expect(of('call.hangup')).toHaveLength(1);
  });

  it('are dropped, doubled, shuffled, held back and wrongly timed as the switches say', async () => {
    const world = await startTelnyx();
    const { switches } = world.standIn;
    const types = () => world.receiver.heard.splice(0).map(({ data }) => data.event_type);
    switches.dropWebhooks = 1;
    world.standIn.place([{ talkMs: 3_000 }]);
    await world.standIn.idle();
    expect(types()).toEqual([]);
    Object.assign(switches, { dropWebhooks: 0, duplicateWebhooks: 1, savedWithoutIds: true });
    world.standIn.place([{ talkMs: 3_000 }]);
    await world.standIn.idle();
    const saved = world.receiver.heard.find(({ data }) => data.event_type === 'call.recording.saved');
    expect(saved?.data.payload).not.toHaveProperty('recording_id');
    expect(types()).toHaveLength(8);
    Object.assign(switches, { duplicateWebhooks: 0, clockSkewMs: -400_000 });
    world.standIn.place([{ talkMs: 3_000 }]);
    await world.standIn.idle();
    const verdicts = world.receiver.heard.map((request) => world.provider.verify(request, []));
    expect(new Set(verdicts.map((verdict) => (verdict.ok ? 'ok' : verdict.reason)))).toEqual(
      new Set(['clock_skew']),
    );
    Object.assign(switches, { clockSkewMs: 0, failRecordings: 1 });
    types();
    world.standIn.place([{ talkMs: 3_000 }]);
    await world.standIn.idle();
    expect(types().at(-1)).toBe('call.recording.error');
  });

  it('are the same for the same seed', async () => {
    const told = async () => {
      const world = await startTelnyx({ seed: 'again' });
      world.standIn.switches.shuffleWebhooks = 1;
      const beganMs = world.clock.now();
      world.standIn.place([{ talkMs: 3_000 }, { talkMs: 4_000 }, { outcome: 'busy' }]);
      await world.standIn.idle();
      const ids = world.receiver.heard
        .map(({ data }) => `${JSON.stringify(data.payload['call_leg_id'])} ${data.id}`)
        .sort();
      const recordings = [...world.standIn.world.recordings.values()].map(({ id, durationMs }) => [
        id,
        durationMs,
      ]);
      return { ids, recordings, beganMs };
    };
    const [first, second] = [await told(), await told()];
    expect(second.ids).toEqual(first.ids);
    expect(second.recordings).toEqual(first.recordings);
  });
});

describe('access', () => {
  it('is checked: key, connection, form of the public key', async () => {
    const world = await startTelnyx();
    expect(await world.provider.api.check?.(signal)).toMatchObject({ ok: true });
    world.settings['TELNYX_CONNECTION_ID'] = '7';
    expect(await world.provider.api.check?.(signal)).toMatchObject({
      ok: false,
      findings: [{ ok: true }, { ok: true }, { ok: false, text: expect.stringContaining('connection id') }],
    });
    world.settings['TELNYX_API_KEY'] = 'KEY-wrong';
    world.settings['TELNYX_PUBLIC_KEY'] = 'no key';
    expect(await world.provider.api.check?.(signal)).toMatchObject({
      ok: false,
      findings: [{ ok: false }, { ok: false, text: expect.stringContaining('refuses') }],
    });
    world.settings['TELNYX_API_KEY'] = '';
    await expect(find(world, [key('sip_call_id', 'a@b')])).rejects.toMatchObject({ code: 'secret_missing' });
  });

  it('is refused in Telnyx words to a wrong key, and limited with Retry-After', async () => {
    const world = await startTelnyx();
    const wrong = new Telnyx({ apiKey: 'KEY-wrong', baseURL: world.baseUrl, maxRetries: 0, logLevel: 'off' });
    await expect(wrong.recordings.list()).rejects.toMatchObject({
      status: 401,
      error: { errors: [{ code: '10009' }] },
    });
    await expect(world.sdk.connections.listActiveCalls('7')).rejects.toMatchObject({ status: 404 });
    world.standIn.switches.rateLimit = 1;
    const limited = find(world, [key('sip_call_id', 'a@b')]);
    await expect(limited).rejects.toMatchObject({ code: 'provider_rate_limited', retryAfterMs: 2_000 });
    Object.assign(world.standIn.switches, { rateLimit: 0, failRequests: 1 });
    const failed = await find(world, [key('sip_call_id', 'a@b')]).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AppError);
    expect(failed).toMatchObject({ code: 'provider_unavailable', retryable: true });
    expect(await world.provider.api.dial?.(anOrder(), signal)).toMatchObject({ outcome: 'unknown' });
    expect(world.standIn.world.calls.size).toBe(0);
  });

  it('ignores a filter that is not documented, as real lists do', async () => {
    const world = await startTelnyx();
    world.standIn.place([{ talkMs: 3_000 }, { talkMs: 3_000 }]);
    await world.standIn.idle();
    const reply = await fetch(`${world.baseUrl}/recordings?filter[custom_file_name]=${callId}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    expect(await reply.json()).toMatchObject({ meta: { total_results: 2 } });
  });
});
