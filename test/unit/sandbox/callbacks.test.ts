// What the sandbox sends, judged by Twilio's own SDK.
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { account, accountSid, authToken, idOf, startWorld } from './world.ts';

describe('callbacks', () => {
  it('tells of a placed call in order, signed so that the official SDK agrees', async () => {
    const { receiver, sandbox, client } = await startWorld();
    const { callSids } = await sandbox.place({ direction: 'outbound', talkMs: 31_000 });
    await sandbox.idle();
    expect(receiver.heard.map(idOf)).toEqual([
      'call initiated',
      'call ringing',
      'call in-progress',
      'recording in-progress',
      'call completed',
      'recording completed',
    ]);
    for (const { path, headers, params } of receiver.heard) {
      const signature = String(headers['x-twilio-signature']);
      expect(twilio.validateRequest(authToken, signature, receiver.url + path, params)).toBe(true);
      expect(twilio.validateRequest('other', signature, receiver.url + path, params)).toBe(false);
      expect(headers).toMatchObject({
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'user-agent': 'TwilioProxy/1.1',
        'x-home-region': 'us1',
        'i-twilio-idempotency-token': expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(params).toMatchObject({ CallSid: callSids[0], AccountSid: accountSid });
    }
    const calls = receiver.heard
      .filter(({ path }) => path.endsWith('call-status'))
      .map(({ params }) => params);
    expect(calls.map((params) => params.SequenceNumber)).toEqual(['0', '1', '2', '3']);
    expect(calls[3]).toMatchObject({ CallDuration: '31', Duration: '1', SipResponseCode: '200' });
    const places = ['City', 'State', 'Zip', 'Country'].flatMap((part) =>
      ['From', 'To', 'Caller', 'Called'].map((whose) => whose + part),
    );
    const always = ['CallSid', 'AccountSid', 'From', 'To', 'Caller', 'Called', 'Direction', 'CallStatus'];
    const about = ['SequenceNumber', 'Timestamp', 'CallbackSource', 'ApiVersion'];
    const atEnd = ['Duration', 'CallDuration', 'SipResponseCode'];
    expect(new Set(Object.keys(calls[0] ?? {}))).toEqual(new Set([...always, ...about, ...places]));
    expect(new Set(Object.keys(calls[3] ?? {}))).toEqual(new Set([...always, ...about, ...places, ...atEnd]));
    const listed = await client.recordings.list({ callSid: callSids[0] ?? '' });
    expect(receiver.heard.at(-1)?.params).toEqual({
      RecordingSource: 'OutboundAPI',
      RecordingTrack: 'both',
      RecordingSid: listed[0]?.sid,
      RecordingUrl: `https://api.twilio.com${account}/Recordings/${listed[0]?.sid}`,
      RecordingStatus: 'completed',
      RecordingChannels: '2',
      ErrorCode: '0',
      CallSid: callSids[0],
      RecordingStartTime: calls[2]?.Timestamp,
      AccountSid: accountSid,
      RecordingDuration: '31',
    });
  });

  it.each([
    ['busy', ['call ringing', 'call busy']],
    ['no_answer', ['call ringing', 'call no-answer']],
    [
      'too_short',
      ['call ringing', 'call in-progress', 'recording in-progress', 'call completed', 'recording absent'],
    ],
  ] as const)('plays out a call that ends as %s', async (outcome, expected) => {
    const { receiver, sandbox } = await startWorld({ scale: 200 });
    await sandbox.place({ direction: 'inbound', outcome });
    await sandbox.idle();
    expect(receiver.heard.map(idOf)).toEqual(expected);
    const last = receiver.heard.at(-1)?.params;
    if (outcome === 'too_short') expect(last).toMatchObject({ ErrorCode: '16101', RecordingDuration: '0' });
    else expect(last).toMatchObject({ CallDuration: '0', Duration: '0' });
  });

  it('sends every callback twice, and out of order, when asked to', async () => {
    const { receiver, sandbox } = await startWorld({ scale: 200 });
    const { callSids } = await sandbox.place({
      count: 6,
      direction: 'outbound',
      talkMs: 20_000,
      duplicate: true,
      shuffle: true,
    });
    await sandbox.idle();
    const orders = callSids.map((sid) =>
      receiver.heard.filter(({ params }) => params.CallSid === sid).map(idOf),
    );
    const inOrder = [
      'call initiated',
      'call ringing',
      'call in-progress',
      'recording in-progress',
      'call completed',
      'recording completed',
    ];
    for (const order of orders) expect([...order].sort()).toEqual([...inOrder, ...inOrder].sort());
    expect(orders).not.toContainEqual(inOrder.flatMap((id) => [id, id]));
    expect(new Set(orders.map((order) => order.join())).size).toBeGreaterThan(1);
    const tokens = receiver.heard.map(({ headers }) => headers['i-twilio-idempotency-token']);
    expect(new Set(tokens).size).toBe(36);
  });

  it('tries once more after a lost connection with the same token, and not after a refusal', async () => {
    const lost = await startWorld({ scale: 200, answer: (_heard, times) => (times === 1 ? 0 : 200) });
    await lost.sandbox.place({ outcome: 'busy', direction: 'inbound' });
    await lost.sandbox.idle();
    expect(lost.receiver.heard.map(idOf)).toEqual(['call ringing', 'call ringing', 'call busy']);
    const tokens = lost.receiver.heard.map(({ headers }) => headers['i-twilio-idempotency-token']);
    expect(tokens[1]).toBe(tokens[0]);
    expect(tokens[2]).not.toBe(tokens[0]);
    const refusing = await startWorld({ scale: 200, answer: () => 503 });
    await refusing.sandbox.place({ outcome: 'busy', direction: 'inbound' });
    await refusing.sandbox.idle();
    expect(refusing.receiver.heard.map(idOf)).toEqual(['call ringing', 'call busy']);
  });

  it('tells a caller of the API only what it asked for, at the address it gave', async () => {
    const { receiver, sandbox, client } = await startWorld({
      scale: 200,
      answer: (_heard, times) => (times === 1 ? 500 : 200),
    });
    const { sid } = await client.calls.create({
      to: '+14155550143',
      from: '+14155550100',
      url: 'https://example.com/voice',
      record: true,
      recordingChannels: 'dual',
      statusCallback: `${receiver.url}/mine?a=1#rc=2&rp=5xx`,
      statusCallbackEvent: ['answered'],
      recordingStatusCallback: `${receiver.url}/mine/recording`,
    });
    await sandbox.idle();
    expect(receiver.heard.map(({ path }) => path)).toEqual(['/mine?a=1', '/mine?a=1', '/mine/recording']);
    const [first] = receiver.heard;
    expect(first?.params).toMatchObject({ CallSid: sid, CallStatus: 'in-progress', SequenceNumber: '2' });
    const signature = String(first?.headers['x-twilio-signature']);
    expect(
      twilio.validateRequest(authToken, signature, `${receiver.url}/mine?a=1`, first?.params ?? {}),
    ).toBe(true);
  });

  it('never sends anything beyond this computer', async () => {
    const { sandbox, receiver } = await startWorld({ scale: 200 });
    sandbox.connect({ webhookBaseUrl: 'http://192.0.2.1' });
    await sandbox.place({ outcome: 'busy' });
    await sandbox.idle();
    expect(receiver.heard).toEqual([]);
  });
});
