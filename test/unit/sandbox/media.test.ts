import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock } from '../../../src/main/clock.ts';
import { createSandbox, type Sandbox } from '../../../src/main/sandbox/sandbox.ts';
import { account, accountSid, authToken, basic, clientOf, startWorld } from './world.ts';

describe('media', () => {
  let sandbox: Sandbox;
  let baseUrl = '';
  let sids: string[] = [];
  beforeAll(async () => {
    sandbox = createSandbox({ clock: createClock(50), seed: 3, accountSid, authToken });
    baseUrl = (await sandbox.start()).twilioBaseUrl;
    await sandbox.seedHistory({ count: 5 });
    sids = (await clientOf(baseUrl).recordings.list()).map((item) => item.sid);
  });
  afterAll(() => sandbox.stop());
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`${baseUrl}${account}/Recordings/${path}`, { ...init, headers: { authorization: basic } });

  it('serves WAV on two channels or mixed, exactly as long as the recording, the same every time', async () => {
    const dual = await get(`${sids[1]}.wav?RequestedChannels=2`);
    expect(dual.headers.get('content-type')).toBe('audio/x-wav');
    const bytes = Buffer.from(await dual.arrayBuffer());
    expect(bytes.length).toBe(Number(dual.headers.get('content-length')));
    expect([bytes.toString('latin1', 0, 4), bytes.readUInt16LE(22), bytes.readUInt32LE(24)]).toEqual([
      'RIFF',
      2,
      8000,
    ]);
    expect(bytes.readUInt32LE(40)).toBe(247 * 8000 * 4);
    const asRecorded = Buffer.from(await (await get(`${sids[1]}.wav`)).arrayBuffer());
    expect(asRecorded.equals(bytes)).toBe(true);
    const mixed = Buffer.from(await (await get(`${sids[1]}.wav?RequestedChannels=1`)).arrayBuffer());
    expect([mixed.readUInt16LE(22), mixed.readUInt32LE(40)]).toEqual([1, 247 * 8000 * 2]);
    const head = await get(`${sids[1]}.wav`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)]);
  });

  it('serves MP3 of the same length', async () => {
    const reply = await get(`${sids[1]}.mp3`);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'audio/mpeg']);
    const bytes = Buffer.from(await reply.arrayBuffer());
    expect([bytes.length, bytes.readUInt16BE(0)]).toEqual([Math.round(247_000 / 24) * 48, 0xfff3]);
  });

  it('answers 404 while a recording runs and while its media is late', async () => {
    const statuses = await Promise.all(
      [sids[0], sids[3], `RE${'0'.repeat(32)}`].map(async (sid) => (await get(`${sid}.wav`)).status),
    );
    expect(statuses).toEqual([404, 404, 404]);
  });

  it('survives a listener who hangs up in the middle', async () => {
    const gone = new AbortController();
    const reply = await get(`${sids[1]}.wav`, { signal: gone.signal });
    gone.abort();
    await expect(reply.arrayBuffer()).rejects.toThrow();
    expect((await get(`${sids[1]}.wav`, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('the same seed', () => {
  const run = async (seed: number) => {
    const { receiver, sandbox, client, baseUrl } = await startWorld({ seed, scale: 400 });
    const { callSids } = await sandbox.place({ count: 4, seed: 7, talkMs: 25_000 });
    await sandbox.idle();
    const calls = await client.calls.list();
    const recordings = await client.recordings.list();
    const sound = await fetch(`${baseUrl}${account}/Recordings/${recordings[0]?.sid}.wav`, {
      headers: { authorization: basic },
    });
    return {
      callSids,
      calls: calls.map((call) => [call.sid, call.direction, call.from, call.to, call.duration]),
      recordings: recordings.map((item) => [item.sid, item.duration]),
      tokens: new Set(receiver.heard.map(({ headers }) => headers['i-twilio-idempotency-token'])),
      sound: createHash('sha256')
        .update(Buffer.from(await sound.arrayBuffer()))
        .digest('hex'),
    };
  };

  it('gives the same ids, numbers, lengths and sound; another seed gives others', async () => {
    const first = await run(11);
    expect(await run(11)).toEqual(first);
    const other = await run(12);
    expect(other.callSids).not.toEqual(first.callSids);
    expect(other.sound).not.toBe(first.sound);
  });
});
