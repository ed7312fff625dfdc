// The Twilio stand-in as a telephone network: numbers, legs, calls of other services. Judged by Twilio's own SDK.
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { accountSid, authToken, idOf, startWorld, until } from '../unit/sandbox/world.ts';

describe('numbers and the account', () => {
  it('lists, fetches and updates numbers, and shows the account', async () => {
    const { client, receiver, sandbox } = await startWorld();
    const numbers = await client.incomingPhoneNumbers.list({ pageSize: 2 });
    expect(numbers.map(({ phoneNumber }) => phoneNumber)).toEqual(
      sandbox.lines.map(({ number }) => number).toReversed(),
    );
    const url = `${receiver.url}/webhooks/twilio-call-status`;
    expect(numbers[0]).toMatchObject({ statusCallback: url, statusCallbackMethod: 'POST', origin: 'twilio' });
    const [desk] = await client.incomingPhoneNumbers.list({ phoneNumber: '+1415555*00' });
    expect(desk?.friendlyName).toBe('Front desk');
    const one = client.incomingPhoneNumbers(desk?.sid ?? '');
    expect((await one.update({ statusCallback: '' })).statusCallback).toBe('');
    await expect(one.update({ statusCallback: 'here' })).rejects.toMatchObject({ code: 21502 });
    expect(await one.fetch()).toMatchObject({ phoneNumber: '+14155550100', statusCallback: '' });
    const unknown = client.incomingPhoneNumbers(`PN${'0'.repeat(32)}`);
    await expect(unknown.fetch()).rejects.toMatchObject({ code: 20404 });
    sandbox.switches.account = { type: 'Trial', status: 'active' };
    expect(await client.api.v2010.accounts(accountSid).fetch()).toMatchObject({
      type: 'Trial',
      status: 'active',
    });
  });

  it('reports incoming calls of connected numbers only, and to where each says', async () => {
    const { client, receiver, sandbox } = await startWorld();
    const [front, bot] = sandbox.lines;
    const sidOfLine = async (number = ''): Promise<string> =>
      (await client.incomingPhoneNumbers.list({ phoneNumber: number }))[0]?.sid ?? '';
    await client.incomingPhoneNumbers(await sidOfLine(front?.number)).update({ statusCallback: '' });
    const elsewhere = { statusCallback: `${receiver.url}/elsewhere`, statusCallbackMethod: 'POST' };
    await client.incomingPhoneNumbers(await sidOfLine(bot?.number)).update(elsewhere);
    await sandbox.place({ direction: 'inbound', talkMs: 2_000 }, { line: front });
    await sandbox.idle();
    expect(receiver.heard).toEqual([]);
    await sandbox.place({ direction: 'inbound', talkMs: 2_000 }, { line: bot });
    await sandbox.idle();
    expect(receiver.heard.map(({ path, params }) => [path, params['CallStatus']])).toEqual([
      ['/elsewhere', 'ringing'],
      ['/elsewhere', 'in-progress'],
      ['/elsewhere', 'completed'],
    ]);
    // What is not told of can be asked for.
    expect(await client.recordings.list()).toHaveLength(2);
  });

  it('tells the end only where a number has nothing but its StatusCallback', async () => {
    const { receiver, sandbox } = await startWorld();
    sandbox.switches.lineEvents = 'end';
    sandbox.switches.unrecordedLines = new Set(sandbox.lines.map(({ number }) => number));
    await sandbox.place({ direction: 'inbound', talkMs: 2_000 });
    await sandbox.idle();
    expect(receiver.heard.map(idOf)).toEqual(['call completed']);
  });
});

describe('legs', () => {
  it('have a call above them, their own sequence and rightly signed callbacks', async () => {
    const { client, receiver, sandbox, clock } = await startWorld({ scale: 100 });
    const { callSids } = await sandbox.place(
      { direction: 'inbound', talkMs: 20_000 },
      { putThrough: 'transfer' },
    );
    const sid = callSids[0] ?? '';
    await sandbox.idle();
    const children = await client.calls.list({ parentCallSid: sid });
    expect(children.map(({ direction, status }) => [direction, status])).toEqual([
      ['outbound-dial', 'completed'],
      ['outbound-dial', 'completed'],
    ]);
    const parent = await client.calls(sid).fetch();
    const [second, first] = children;
    expect(first?.endTime.getTime()).toBeLessThan(second?.endTime.getTime() ?? 0);
    expect(second?.endTime).toEqual(parent.endTime);
    expect(parent.endTime.getTime()).toBeLessThanOrEqual(clock.now());
    for (const child of children) {
      const told = receiver.heard.filter(({ params }) => params['CallSid'] === child.sid);
      expect(told.map(({ params }) => [params['CallStatus'], params['SequenceNumber']])).toEqual([
        ['initiated', '0'],
        ['ringing', '1'],
        ['in-progress', '2'],
        ['completed', '3'],
      ]);
      expect(new Set(told.map(({ params }) => params['ParentCallSid']))).toEqual(new Set([sid]));
    }
    for (const { path, headers, params } of receiver.heard) {
      const signature = String(headers['x-twilio-signature']);
      expect(twilio.validateRequest(authToken, signature, receiver.url + path, params)).toBe(true);
    }
    expect(receiver.heard.at(-1)?.params['CallSid']).toBe(sid);
    const recorded = await client.recordings.list();
    expect(recorded.map(({ callSid }) => callSid)).toEqual([sid]);
  });

  it('end with their call, which ends with them', async () => {
    const { client, sandbox } = await startWorld({ scale: 20 });
    const { callSids } = await sandbox.place(
      { direction: 'inbound', talkMs: 300_000 },
      { putThrough: 'dial', record: false },
    );
    const sid = callSids[0] ?? '';
    await until(async () => (await client.calls(sid).fetch()).status === 'in-progress');
    const [child] = await client.calls.list({ parentCallSid: sid });
    const recording = await client.calls(child?.sid ?? '').recordings.create();
    expect(recording.callSid).toBe(sid);
    await client.calls(child?.sid ?? '').update({ status: 'completed' });
    await sandbox.idle();
    expect((await client.calls(sid).fetch()).status).toBe('completed');
    expect((await client.calls(child?.sid ?? '').fetch()).status).toBe('completed');
  });
});

describe('as the telephone network of another service', () => {
  const order = {
    seed: 'livekit/1',
    to: '+14155550143',
    from: '+14155550102',
    headers: { 'X-Tapedeck-Call': 'call_1' },
    record: true,
    sipCallId: 'sip-1',
    talkMs: 3_000,
  };

  it('dials for it, reports to nobody else, and records in its own words', async () => {
    const { client, receiver, sandbox } = await startWorld();
    for (const [carrier, direction, source] of [
      [sandbox.carriers.api, 'outbound-api', 'OutboundAPI'],
      [sandbox.carriers.trunk, 'trunking-terminating', 'Trunking'],
    ] as const) {
      const heard: string[] = [];
      const call = carrier.dial({ ...order, seed: `${order.seed}/${direction}` });
      call.onProgress((progress) => heard.push(progress.state));
      await sandbox.idle();
      call.onProgress((progress) => heard.push(`again ${progress.state}`));
      const course = ['ringing', 'in_progress', 'ended'];
      expect(heard).toEqual([...course, ...course.map((state) => `again ${state}`)]);
      expect(await client.calls(call.providerCallId).fetch()).toMatchObject({
        direction,
        status: 'completed',
        duration: '3',
      });
      const [recording] = await client.recordings.list({ callSid: call.providerCallId });
      expect(recording).toMatchObject({ source, channels: 2, status: 'completed' });
    }
    expect(receiver.heard).toEqual([]);
    expect(sandbox.callsPlaced()).toBe(2);
  });

  it.each([
    ['busy', 'busy', 'busy'],
    ['no_answer', 'no_answer', 'no-answer'],
  ] as const)('tells how a call ended that nobody took: %s', async (outcome, told, status) => {
    const { client, sandbox } = await startWorld();
    const ends: unknown[] = [];
    const call = sandbox.carriers.trunk.dial({ ...order, outcome });
    call.onProgress((progress) => {
      if (progress.state === 'ended') ends.push(progress.outcome);
    });
    await sandbox.idle();
    expect(ends).toEqual([told]);
    expect((await client.calls(call.providerCallId).fetch()).status).toBe(status);
  });

  it('gives the same order the same call', async () => {
    const sids = await Promise.all(
      [1, 2].map(async (count) => {
        const { sandbox } = await startWorld();
        if (count === 2) await sandbox.place();
        const call = sandbox.carriers.api.dial(order);
        call.hangUp();
        return call.providerCallId;
      }),
    );
    expect(sids[0]).toBe(sids[1]);
  });

  it('lists placed calls late when it is told to, incoming ones at once', async () => {
    const { client, sandbox, clock } = await startWorld();
    sandbox.switches.listLateMs = 60_000;
    const dialledAtMs = clock.now();
    const { providerCallId } = sandbox.carriers.api.dial({ ...order, talkMs: 300_000 });
    const { callSids } = await sandbox.place({ direction: 'inbound', talkMs: 300_000 });
    expect((await client.calls.list()).map(({ sid }) => sid)).toEqual(callSids);
    expect((await client.calls(providerCallId).fetch()).sid).toBe(providerCallId);
    await until(async () => (await client.calls.list()).length === 2);
    expect(clock.now() - dialledAtMs).toBeGreaterThanOrEqual(60_000);
  });
});
