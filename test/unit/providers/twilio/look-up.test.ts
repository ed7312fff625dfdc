import { describe, expect, it } from 'vitest';
import { foldCall } from '../../../../src/main/domain/call.ts';
import { recordingIdOf } from '../../../../src/main/ids.ts';
import type { LookUp, PulledFact } from '../../../../src/main/providers/provider.ts';
import { startWorld, until } from '../../sandbox/world.ts';
import { accountSid, answering, json, keysOf, providerAt, signal } from './standin.ts';

const callId = 'call_01jz8q4c9xk7m2v5n3t6r8w0ab';

function fold(facts: readonly PulledFact[] | undefined) {
  const events = (facts ?? []).flatMap((fact) => fact.events);
  return foldCall(callId, events, recordingIdOf);
}

describe('looking up a call', () => {
  it('tells of a call that somebody else placed, from its ringing to its end', async () => {
    const { sandbox, baseUrl, clock, receiver } = await startWorld({ scale: 20 });
    const { provider } = providerAt(baseUrl, {}, clock.now);
    const call = sandbox.carriers.api.dial({
      seed: 'elevenlabs/1',
      to: '+14155550143',
      from: '+14155550101',
      headers: {},
      record: true,
      sipCallId: 'sip-1',
      talkMs: 20_000,
    });
    const heard: string[] = [];
    call.onProgress(({ state }) => heard.push(state));
    const keys = keysOf(call.providerCallId);
    const seen = new Set<string>();
    let last: LookUp | undefined;
    await until(async () => {
      last = await provider.api.lookUpCall?.(keys, signal);
      seen.add(fold(last?.facts).call.status);
      return last?.isFinal === true;
    });
    // The first ones are short: not every one of them is met, but what is met comes in this order.
    const course = ['queued', 'ringing', 'in_progress', 'completed'];
    expect([...seen]).toEqual(course.filter((status) => seen.has(status)));
    expect([...seen]).toEqual(expect.arrayContaining(['in_progress', 'completed']));
    expect(heard).toEqual(['ringing', 'in_progress', 'ended']);
    expect(fold(last?.facts).call).toMatchObject({
      direction: 'outbound',
      from: '+14155550101',
      to: '+14155550143',
      durationMs: 20_000,
    });
    // It belongs to somebody else: nothing of it came by itself.
    expect(receiver.heard).toEqual([]);
    await sandbox.idle();
    const found = await provider.api.findRecordings?.(keys, signal);
    expect(found?.isFinal).toBe(true);
    expect(fold(found?.facts).recordings).toMatchObject([
      { status: 'available', channels: 2, durationMs: 20_000 },
    ]);
  });

  it('finds the legs of a transferred call, from any of them', async () => {
    const { sandbox, baseUrl, clock, client } = await startWorld({ scale: 20 });
    const { provider } = providerAt(baseUrl, {}, clock.now);
    const { callSids } = await sandbox.place(
      { direction: 'inbound', talkMs: 20_000 },
      { putThrough: 'transfer' },
    );
    await sandbox.idle();
    const sid = callSids[0] ?? '';
    const children = await client.calls.list({ parentCallSid: sid });
    expect(children).toHaveLength(2);
    for (const from of [sid, children[1]?.sid ?? '']) {
      const found = await provider.api.lookUpCall?.(keysOf(from), signal);
      expect(found?.isFinal).toBe(true);
      const { call, legs } = fold(found?.facts);
      expect(legs.map(({ parentLegId }) => parentLegId)).toEqual([null, sid, sid]);
      expect(call).toMatchObject({ direction: 'inbound', status: 'completed', durationMs: 20_000 });
    }
  });

  it('has no facts of a call that Twilio does not know', async () => {
    const { baseUrl } = await startWorld();
    const { provider } = providerAt(baseUrl);
    expect(await provider.api.lookUpCall?.(keysOf(`CA${'0'.repeat(32)}`), signal)).toEqual({
      facts: [],
      isFinal: false,
    });
  });
});

describe('finding recordings', () => {
  it('is not final while a call goes on or its recording is not done', async () => {
    const { sandbox, baseUrl, clock, client } = await startWorld({ scale: 20 });
    const { provider } = providerAt(baseUrl, {}, clock.now);
    const { callSids } = await sandbox.place({ direction: 'inbound', talkMs: 20_000 });
    const keys = keysOf(...callSids);
    await until(async () => (await client.recordings.list()).length === 1);
    expect(await provider.api.findRecordings?.(keys, signal)).toMatchObject({ isFinal: false });
    await sandbox.idle();
    expect(await provider.api.findRecordings?.(keys, signal)).toMatchObject({ isFinal: true });
  });

  it('says why there is no audio', async () => {
    const { sandbox, baseUrl, clock } = await startWorld();
    const { provider } = providerAt(baseUrl, {}, clock.now);
    const { callSids } = await sandbox.place({ direction: 'inbound', outcome: 'too_short' });
    await sandbox.idle();
    const found = await provider.api.findRecordings?.(keysOf(...callSids), signal);
    expect(fold(found?.facts).recordings).toMatchObject([
      { status: 'absent', reason: 'too_short', providerCode: '16101' },
    ]);
  });

  it('waits a while for the first one and then no longer', async () => {
    const { sandbox, baseUrl, clock } = await startWorld();
    let laterMs = 0;
    const { provider } = providerAt(baseUrl, {}, () => clock.now() + laterMs);
    const { callSids } = await sandbox.place({ direction: 'inbound', talkMs: 2_000 }, { record: false });
    await sandbox.idle();
    const keys = keysOf(...callSids);
    expect(await provider.api.findRecordings?.(keys, signal)).toMatchObject({ isFinal: false });
    laterMs = 3 * 60_000;
    expect(await provider.api.findRecordings?.(keys, signal)).toMatchObject({ isFinal: true });
  });

  it('drops rows of other calls, reads every page and follows none to another place', async () => {
    const [own, other] = [`CA${'1'.repeat(32)}`, `CA${'2'.repeat(32)}`];
    const row = (digit: string, callSid: string) => ({
      sid: `RE${digit.repeat(32)}`,
      call_sid: callSid,
      account_sid: accountSid,
      status: 'processing',
      date_created: 'Wed, 20 Apr 2022 23:45:25 +0000',
    });
    const paths: string[] = [];
    const list = `/2010-04-01/Accounts/${accountSid}/Recordings.json?`;
    const baseUrl = await answering((path, res) => {
      paths.push(path);
      if (path.includes('PageToken=2')) {
        const away = 'https://api.twilio.com.example/2010-04-01/Accounts/x/Recordings.json?x';
        json(res, 200, { recordings: [row('3', own)], next_page_uri: away });
      } else {
        json(res, 200, { recordings: [row('1', own), row('2', other)], next_page_uri: `${list}PageToken=2` });
      }
    });
    const { provider } = providerAt(baseUrl);
    const found = await provider.api.findRecordings?.(keysOf(own), signal);
    const ids = fold(found?.facts).recordings.map(({ providerRecordingId }) => providerRecordingId);
    expect(ids.toSorted()).toEqual([`RE${'1'.repeat(32)}`, `RE${'3'.repeat(32)}`]);
    expect(found?.facts).toHaveLength(2);
    expect(paths).toHaveLength(2);
    const window = { fromMs: 0, toMs: 1, page: 'https://elsewhere.example/' };
    await expect(provider.api.listRecordings?.(window, signal)).rejects.toMatchObject({ code: 'bad_input' });
  });
});

describe('listing a stretch of time', () => {
  it('goes through all pages of calls and recordings and keeps to the stretch', async () => {
    const { sandbox, baseUrl, clock, client } = await startWorld();
    const { provider } = providerAt(baseUrl, {}, clock.now);
    await sandbox.seedHistory({ count: 40 });
    const toMs = clock.now();
    const fromMs = toMs - 90 * 60_000;
    const calls = (await client.calls.list()).filter(({ startTime }) => startTime.getTime() >= fromMs);
    const recordings = (await client.recordings.list()).filter(
      ({ dateCreated }) => dateCreated.getTime() >= fromMs,
    );
    const sidsIn = async (list: typeof provider.api.listCalls): Promise<string[]> => {
      const sids: string[] = [];
      let page: string | null = null;
      for (;;) {
        const answer: Awaited<ReturnType<NonNullable<typeof list>>> | undefined = await list?.(
          { fromMs, toMs, page },
          signal,
        );
        for (const { body } of answer?.facts ?? [])
          sids.push(String(JSON.parse(Buffer.from(body).toString()).sid));
        page = answer?.nextPage ?? null;
        if (page === null) return sids;
      }
    };
    expect(calls.length).toBeGreaterThan(3);
    expect(calls.length).toBeLessThan(20);
    expect(await sidsIn(provider.api.listCalls)).toEqual(calls.map(({ sid }) => sid));
    expect(await sidsIn(provider.api.listRecordings)).toEqual(recordings.map(({ sid }) => sid));
  });

  it('tells of both directions, and that a recording was deleted there', async () => {
    const { sandbox, baseUrl, clock, client } = await startWorld();
    const { provider } = providerAt(baseUrl, {}, clock.now);
    await sandbox.seedHistory({ count: 30 });
    const window = { fromMs: clock.now() - 30 * 86_400_000, toMs: clock.now(), page: null };
    const told = async (list: typeof provider.api.listCalls) =>
      ((await list?.(window, signal))?.facts ?? []).flatMap(({ events }) => events);
    const calls = await told(provider.api.listCalls);
    const directions = calls.map((event) => ('direction' in event.data ? event.data.direction : null));
    expect(new Set(directions)).toEqual(new Set(['inbound', 'outbound']));
    const gone = (await client.recordings.list()).at(-1);
    const kindsOf = async () =>
      (await told(provider.api.listRecordings))
        .filter(({ data }) => 'providerRecordingId' in data && data.providerRecordingId === gone?.sid)
        .map(({ kind }) => kind);
    expect(await kindsOf()).toEqual(['recording.available']);
    await client.recordings(gone?.sid ?? '').remove();
    expect(await kindsOf()).toEqual(['recording.absent']);
  });

  it('keeps both ends of the stretch, to the whole second that Twilio knows', async () => {
    const { sandbox, baseUrl, clock, client } = await startWorld();
    const { provider } = providerAt(baseUrl, {}, clock.now);
    await sandbox.seedHistory({ count: 12 });
    const starts = (await client.calls.list()).map(({ startTime }) => startTime.getTime());
    const [last, first] = [Math.max(...starts), Math.min(...starts)];
    const count = async (fromMs: number, toMs: number) =>
      (await provider.api.listCalls?.({ fromMs, toMs, page: null }, signal))?.facts.length;
    expect(await count(first + 999, last)).toBe(starts.length);
    expect(await count(first + 1_000, last - 1)).toBe(
      starts.filter((atMs) => atMs > first && atMs < last).length,
    );
  });

  it('takes up where the page before ended', async () => {
    const baseUrl = await answering((path, res) => {
      const next = `/2010-04-01/Accounts/${accountSid}/Calls.json?PageToken=2`;
      json(res, 200, { calls: [], next_page_uri: path.includes('PageToken') ? null : next });
    });
    const { provider, seen } = providerAt(baseUrl);
    const first = await provider.api.listCalls?.({ fromMs: 0, toMs: 86_400_000, page: null }, signal);
    expect(first?.nextPage).toContain('PageToken=2');
    const page = first?.nextPage ?? null;
    expect(await provider.api.listCalls?.({ fromMs: 0, toMs: 86_400_000, page }, signal)).toEqual({
      facts: [],
      nextPage: null,
    });
    expect(seen.map(({ url }) => url.search)).toEqual([
      '?StartTime%3C=1970-01-03T00%3A00%3A00Z&StartTime%3E=1970-01-01T00%3A00%3A00Z&PageSize=1000',
      '?PageToken=2',
    ]);
  });
});

describe('listing live calls', () => {
  it('finds every call that is live, also one that nobody told of, and no other', async () => {
    const { sandbox, baseUrl, clock } = await startWorld({ scale: 20 });
    const { provider, seen } = providerAt(baseUrl, {}, clock.now);
    await sandbox.place({ outcome: 'busy' });
    await sandbox.idle();
    const { callSids } = await sandbox.place({ direction: 'inbound', talkMs: 600_000 });
    let facts: PulledFact[] = [];
    await until(async () => {
      facts = (await provider.api.listLiveCalls?.(signal)) ?? [];
      return facts.some(({ label }) => label === 'call in-progress');
    });
    const told = facts.flatMap(({ events }) => events);
    expect(new Set(told.flatMap(({ keys }) => keys.map(({ value }) => value)))).toEqual(new Set(callSids));
    expect(fold(facts).call).toMatchObject({ status: 'in_progress', direction: 'inbound' });
    expect(seen.slice(-3).map(({ url }) => url.searchParams.get('Status'))).toEqual([
      'queued',
      'ringing',
      'in-progress',
    ]);
  });

  it('takes no call for live when the filter is ignored', async () => {
    const ended = {
      sid: `CA${'1'.repeat(32)}`,
      status: 'completed',
      date_created: 'Tue, 05 May 2026 09:00:00 +0000',
    };
    const baseUrl = await answering((_path, res) => json(res, 200, { calls: [ended], next_page_uri: null }));
    expect(await providerAt(baseUrl).provider.api.listLiveCalls?.(signal)).toEqual([]);
  });
});
