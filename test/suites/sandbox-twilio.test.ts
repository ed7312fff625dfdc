// The Twilio stand-in, judged by Twilio's own SDK: it must accept every answer and throw the right refusals.
import { describe, expect, it } from 'vitest';
import { account, basic, clientOf, startWorld, until } from '../unit/sandbox/world.ts';

describe('calls', () => {
  it('goes from queued to completed and can be fetched all the way', async () => {
    const { client, clock } = await startWorld({ scale: 20 });
    const created = await client.calls.create({
      to: '+14155550143',
      from: '+14155550100',
      twiml: '<Response/>',
    });
    expect(created).toMatchObject({
      status: 'queued',
      direction: 'outbound-api',
      to: '+14155550143',
      startTime: null,
    });
    await until(async () => (await client.calls(created.sid).fetch()).status === 'in-progress');
    const live = await client.calls.list({ status: 'in-progress' });
    expect(live.map((call) => call.sid)).toEqual([created.sid]);
    const ended = await client.calls(created.sid).update({ status: 'completed' });
    expect(ended.sid).toBe(created.sid);
    await until(async () => (await client.calls(created.sid).fetch()).status === 'completed');
    const call = await client.calls(created.sid).fetch();
    const talkMs = call.endTime.getTime() - call.startTime.getTime();
    expect(Math.abs(Number(call.duration) * 1000 - talkMs)).toBeLessThanOrEqual(1000);
    expect(call.endTime.getTime()).toBeLessThanOrEqual(clock.now());
    expect(await client.calls(created.sid).remove()).toBe(true);
    await expect(client.calls(created.sid).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it.each([
    [{}, 21201],
    [{ To: '+14155550143' }, 21213],
    [{ To: 'nobody', From: '+14155550100', Twiml: '<Response/>' }, 21211],
    [{ To: '+14155550143', From: '5', Twiml: '<Response/>' }, 21212],
    [{ To: '+14155550143', From: '+14155550100' }, 21205],
    [{ To: '+14155550143', From: '+14155550100', Url: 'here' }, 21205],
    [{ To: '+14155550143', From: '+14155550100', Twiml: '<Response/>', StatusCallback: 'here' }, 21609],
    [{ To: '+14155550143', From: '+14155550100', Twiml: '<Response/>', Record: 'perhaps' }, 20001],
  ])('refuses to dial %j with %i', async (form, code) => {
    const { baseUrl, sandbox } = await startWorld();
    const reply = await fetch(`${baseUrl}${account}/Calls.json`, {
      method: 'POST',
      headers: { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form),
    });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toEqual({
      code,
      message: expect.any(String),
      more_info: `https://www.twilio.com/docs/errors/${code}`,
      status: 400,
    });
    expect(sandbox.callsPlaced()).toBe(0);
  });

  it('lists by status, number and start, over several pages and without gaps while new calls come', async () => {
    const { client, sandbox } = await startWorld();
    const { callSids } = await sandbox.seedHistory({ count: 30 });
    const first = await client.calls.page({ pageSize: 7 });
    const sids = first.instances.map((call) => call.sid);
    await sandbox.place({ count: 3 });
    for (let page = await first.nextPage(); page !== undefined; page = await page.nextPage()) {
      sids.push(...page.instances.map((call) => call.sid));
    }
    expect(sids).toEqual(callSids);
    const all = await client.calls.list();
    expect(all).toHaveLength(33);
    const tenth = all.find((call) => call.sid === callSids[9]);
    const since = await client.calls.list({ startTimeAfter: tenth?.startTime ?? new Date(0), pageSize: 4 });
    expect(since.map((call) => call.sid)).toContain(callSids[9]);
    expect(since.every((call) => call.startTime >= (tenth?.startTime ?? new Date()))).toBe(true);
    const before = await client.calls.list({ startTimeBefore: tenth?.startTime ?? new Date(0) });
    expect(before.map((call) => call.sid)).toEqual(callSids.slice(9));
    const busy = await client.calls.list({ status: 'busy' });
    expect(busy.map((call) => call.status)).toEqual(['busy']);
    const toDesk = await client.calls.list({ to: '+14155550100' });
    expect(new Set(toDesk.map((call) => call.to))).toEqual(new Set(['+14155550100']));
    const oversized = client.calls.page({ pageSize: 1001 });
    await expect(oversized).rejects.toMatchObject({ status: 400, code: 20001 });
  });
});

describe('recordings', () => {
  it('refuses a recording with 21220 until the call is in progress, and after it has ended', async () => {
    const { client } = await startWorld({ scale: 20 });
    const { sid } = await client.calls.create({
      to: '+14155550143',
      from: '+14155550100',
      twiml: '<Response/>',
    });
    await expect(client.calls(sid).recordings.create()).rejects.toMatchObject({ status: 400, code: 21220 });
    await until(async () => (await client.calls(sid).fetch()).status === 'in-progress');
    const recording = await client.calls(sid).recordings.create({ recordingChannels: 'dual' });
    expect(recording).toMatchObject({
      status: 'in-progress',
      source: 'StartCallRecordingAPI',
      duration: null,
      channels: 2,
    });
    const again = await client.calls(sid).recordings.create({ recordingChannels: 'dual' });
    expect(again.sid).toBe(recording.sid);
    // 3 s of the sandbox's time: what is shorter than one second is thrown away as too short.
    await new Promise((resolve) => setTimeout(resolve, 150));
    await client.calls(sid).update({ status: 'completed' });
    await until(async () => (await client.recordings(recording.sid).fetch()).status === 'completed');
    await expect(client.calls(sid).recordings.create()).rejects.toMatchObject({ status: 400, code: 21220 });
    const listed = await client.calls(sid).recordings.list();
    expect(listed.map((item) => item.sid)).toEqual([recording.sid]);
    expect(listed[0]?.duration).toMatch(/^\d+$/);
  });

  it('pauses, resumes and stops the current recording, leaving skipped time out', async () => {
    const { client, baseUrl } = await startWorld({ scale: 20 });
    const { sid } = await client.calls.create({
      to: '+14155550143',
      from: '+14155550100',
      twiml: '<Response/>',
    });
    await until(async () => (await client.calls(sid).fetch()).status === 'in-progress');
    const { sid: recordingSid } = await client.calls(sid).recordings.create({ recordingChannels: 'mono' });
    const current = client.calls(sid).recordings('Twilio.CURRENT');
    expect((await current.update({ status: 'paused', pauseBehavior: 'skip' })).status).toBe('paused');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await current.update({ status: 'in-progress' })).status).toBe('in-progress');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await current.update({ status: 'stopped' })).status).toBe('stopped');
    await expect(current.update({ status: 'paused' })).rejects.toMatchObject({ status: 404 });
    await until(async () => (await client.recordings(recordingSid).fetch()).status === 'completed');
    const recording = await client.recordings(recordingSid).fetch();
    const elapsedMs = recording.dateUpdated.getTime() - recording.startTime.getTime();
    expect(Number(recording.duration) * 1000).toBeLessThan(elapsedMs - 5_000);
    const dual = await fetch(`${baseUrl}${account}/Recordings/${recordingSid}.wav?RequestedChannels=2`, {
      headers: { authorization: basic },
    });
    expect([dual.status, await dual.json()]).toEqual([400, expect.objectContaining({ code: 16113 })]);
  });

  it('lists by call and date over several pages, deletes softly', async () => {
    const { client, sandbox } = await startWorld();
    const { callSids } = await sandbox.seedHistory({ count: 24 });
    const all = await client.recordings.list();
    expect(all.length).toBeGreaterThan(12);
    const paged = await client.recordings.list({ pageSize: 3 });
    expect(paged.map((item) => item.sid)).toEqual(all.map((item) => item.sid));
    const ofCall = await client.recordings.list({ callSid: callSids[1] ?? '' });
    expect(ofCall).toHaveLength(1);
    expect(ofCall[0]).toMatchObject({
      callSid: callSids[1],
      status: 'completed',
      channels: 2,
      duration: '247',
      errorCode: null,
    });
    const fifth = all[4];
    if (fifth === undefined || ofCall[0] === undefined) throw new Error('too few recordings');
    const since = await client.recordings.list({ dateCreatedAfter: fifth.dateCreated, pageSize: 2 });
    expect(since.map((item) => item.sid)).toEqual(all.slice(0, 5).map((item) => item.sid));
    const exactly = await client.recordings.list({ dateCreated: fifth.dateCreated });
    expect(exactly.map((item) => item.sid)).toEqual([fifth.sid]);
    const absent = all.filter((item) => item.status === 'absent');
    expect(absent.map((item) => [item.errorCode, item.duration])).toEqual([[16101, '0']]);
    expect(await client.recordings(fifth.sid).remove()).toBe(true);
    await expect(client.recordings(fifth.sid).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
    await expect(client.recordings(fifth.sid).remove()).rejects.toMatchObject({ status: 404 });
    expect(await client.recordings.list()).toHaveLength(all.length - 1);
    const withDeleted = await client.recordings.list({ includeSoftDeleted: true });
    expect(withDeleted.find((item) => item.sid === fifth.sid)?.status).toBe('deleted');
  });
});

describe('access', () => {
  it('lets nobody in without the right token and tells unknown paths apart', async () => {
    const { baseUrl } = await startWorld();
    const wrong = clientOf(baseUrl, 'another token');
    await expect(wrong.calls.list()).rejects.toMatchObject({ status: 401, code: 20003 });
    const bare = await fetch(`${baseUrl}${account}/Recordings/RE${'0'.repeat(32)}.wav`);
    expect(bare.status).toBe(401);
    const other = await fetch(`${baseUrl}/2010-04-01/Accounts/AC${'1'.repeat(32)}/Calls.json`, {
      headers: { authorization: basic },
    });
    expect([other.status, await other.json()]).toEqual([404, expect.objectContaining({ code: 20404 })]);
    for (const path of ['/', `${account}/Messages.json`, `${account}/Recordings/nothing.ogg`]) {
      const reply = await fetch(baseUrl + path, { headers: { authorization: basic } });
      expect([path, reply.status, await reply.json()]).toEqual([
        path,
        404,
        expect.objectContaining({ code: 20404 }),
      ]);
    }
  });

  it('answers 429 above the concurrency that a test sets', async () => {
    const { client, sandbox } = await startWorld();
    sandbox.switches.maxConcurrent = 0;
    await expect(client.calls.list()).rejects.toMatchObject({ status: 429, code: 20429 });
    sandbox.switches.maxConcurrent = null;
    expect(await client.calls.list()).toEqual([]);
  });
});
