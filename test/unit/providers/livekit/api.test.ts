// The API against a server that answers by script, through the real way out.
import { TokenVerifier } from 'livekit-server-sdk';
import { describe, expect, it } from 'vitest';
import { createLiveKit } from '../../../../src/main/providers/livekit/index.ts';
import type { DialOrder } from '../../../../src/main/providers/provider.ts';
import { callId, keys, noFetch, settings } from './livekit-fixtures.ts';
import { startScripted as start } from './scripted-server.ts';
import { anOrder } from '../../../standins/samples.ts';

const { signal } = new AbortController();

const order: DialOrder = anOrder('livekit', callId, { from: '+14155550101' });
const ours = { providerId: 'tapedeck', kind: 'call_id', value: callId };
const sipCall = { providerId: 'livekit', kind: 'sip_call', value: 'SCL_abCD1234efGH' };
const participant = {
  sid: 'PA_s3Kd9wQz7Lmn',
  identity: `${callId}-0`,
  state: 'ACTIVE',
  joined_at: '1772532000',
  joined_at_ms: '1772532000480',
  kind: 'SIP',
  attributes: {
    'tapedeck.callId': callId,
    'sip.callID': sipCall.value,
    'sip.callStatus': 'ringing',
    'sip.phoneNumber': '+14155550143',
    'sip.trunkPhoneNumber': '+14155550101',
  },
};
const active = { ...participant.attributes, 'sip.callStatus': 'active', 'sip.callIDFull': 'a84b4c76@trunk' };
const gone = { status: 404, body: { code: 'not_found', msg: 'requested room does not exist' } };

describe('dialling', () => {
  it('says all that finds the call again, once, with a short-lived token for calls only', async () => {
    const { asked, provider, clock } = await start({
      body: {
        participant_id: 'PA_s3Kd9wQz7Lmn',
        participant_identity: `${callId}-0`,
        room_name: callId,
        sip_call_id: sipCall.value,
      },
    });
    const answer = await provider.api.dial?.(order, signal);
    expect(answer).toMatchObject({
      outcome: 'placed',
      fact: {
        outcome: 'applied',
        dedupeKey: `dial:${sipCall.value}`,
        path: '/twirp/livekit.SIP/CreateSIPParticipant',
        events: [
          {
            kind: 'call.started',
            occurredAtMs: clock.nowMs,
            keys: [ours, sipCall],
            data: { status: 'queued', direction: 'outbound', to: '+14155550143', from: '+14155550101' },
          },
        ],
      },
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      path: '/twirp/livekit.SIP/CreateSIPParticipant',
      body: {
        sipTrunkId: 'ST_9fKq2mVn4xYz',
        sipCallTo: '+14155550143',
        sipNumber: '+14155550101',
        roomName: callId,
        participantIdentity: `${callId}-0`,
        participantAttributes: { 'tapedeck.callId': callId },
        headers: { 'X-Tapedeck-Call-Id': callId },
        waitUntilAnswered: false,
      },
    });
    const token = asked[0]?.headers.authorization?.replace(/^Bearer /, '') ?? '';
    const claims = await new TokenVerifier(keys.apiKey, keys.apiSecret).verify(token);
    expect(claims.sip).toEqual({ call: true });
    expect(claims.video).toBeUndefined();
  });

  it('again for the same asking carries the same request id and identity; another asking does not', async () => {
    const { asked, provider } = await start({ status: 503, body: {} });
    await provider.api.dial?.(order, signal);
    await provider.api.dial?.(order, signal);
    await provider.api.dial?.({ ...order, attemptKey: `${callId}-1` }, signal);
    const ids = asked.map(({ headers }) => headers['x-livekit-request-id']);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('leaves the number to the trunk when none is given', async () => {
    const { asked, provider, own } = await start({ body: { sip_call_id: 'SCL_x' } });
    delete own['LIVEKIT_FROM_NUMBER'];
    await provider.api.dial?.({ ...order, from: null }, signal);
    expect(asked[0]?.body).not.toHaveProperty('sipNumber');
  });

  it.each([
    [400, 'invalid_argument', 'dial_refused'],
    [401, 'unauthenticated', 'provider_unauthorized'],
    [404, 'not_found', 'dial_refused'],
    [412, 'failed_precondition', 'dial_refused'],
  ])('is refused by %i %s', async (status, code, ourCode) => {
    const { provider } = await start({ status, body: { code, msg: 'no' } });
    expect(await provider.api.dial?.(order, signal)).toEqual({
      outcome: 'refused',
      code: ourCode,
      providerCode: code,
    });
  });

  it.each([
    [408, { code: 'deadline_exceeded' }],
    [200, {}],
    [200, []],
    [200, { sip_call_id: '../x' }],
    [307, {}],
  ])('may have happened after %i %j', async (status, body) => {
    const { provider, asked } = await start({ status, body });
    expect(await provider.api.dial?.(order, signal)).toEqual({
      outcome: 'unknown',
      code: 'provider_unavailable',
    });
    expect(asked).toHaveLength(1);
  });

  it('does not begin without a trunk or a key', async () => {
    const { provider, own, asked } = await start({ body: {} });
    for (const name of ['LIVEKIT_SIP_TRUNK_ID', 'LIVEKIT_API_SECRET']) {
      delete own[name];
      expect(provider.vias[0]?.missing()).toContain(name);
      expect(await provider.api.dial?.(order, signal)).toMatchObject({
        outcome: 'refused',
        code: 'not_set_up',
      });
    }
    expect(asked).toEqual([]);
  });
});

describe('asking back', () => {
  it('finds a dial by the identity that it carried, with its ids', async () => {
    const other = { ...participant, identity: 'agent-x', kind: 'AGENT', attributes: {} };
    const { asked, provider } = await start({ body: { participants: [other, participant] } });
    const found = await provider.api.findDial?.(order, signal);
    expect(found?.events).toMatchObject([
      {
        kind: 'call.started',
        occurredAtMs: 1_772_532_000_480,
        keys: expect.arrayContaining([ours, sipCall]),
        data: { status: 'ringing' },
      },
    ]);
    expect(JSON.parse(Buffer.from(found?.body ?? []).toString())).toEqual(participant);
    expect(asked[0]).toMatchObject({
      path: '/twirp/livekit.RoomService/ListParticipants',
      body: { room: callId },
    });
  });

  it.each([
    ['another asking is there', { body: { participants: [{ ...participant, identity: `${callId}-1` }] } }],
    ['the room is empty', { body: {} }],
    ['there is no room', gone],
  ])('finds none when %s', async (_name, answer) => {
    const { provider } = await start(answer);
    expect(await provider.api.findDial?.(order, signal)).toBeNull();
  });

  it('does not take a wrong address for a missing room', async () => {
    const { provider } = await start({ status: 404, body: { code: 'bad_route' } });
    await expect(provider.api.findDial?.(order, signal)).rejects.toMatchObject({ code: 'provider_refused' });
  });
});

describe('how a call stands', () => {
  it('goes from ringing to answered to ended when its room is gone, each told once', async () => {
    const listed = (attributes: object) => ({ body: { participants: [{ ...participant, attributes }] } });
    const { provider, clock } = await start(
      listed(participant.attributes),
      listed(participant.attributes),
      listed(active),
      gone,
    );
    const look = async () => {
      clock.nowMs += 5_000;
      const carrier = { providerId: 'telnyx', kind: 'sip_call_id', value: 'a84b4c76@trunk' };
      return provider.api.lookUpCall?.([ours, sipCall, carrier], signal);
    };
    const [first, second, third, last] = [await look(), await look(), await look(), await look()];
    expect(first?.facts[0]?.dedupeKey).toBe(second?.facts[0]?.dedupeKey);
    expect(second?.isFinal).toBe(false);
    expect(third?.facts[0]?.events).toMatchObject([
      {
        kind: 'call.answered',
        occurredAtMs: clock.nowMs - 5_000,
        data: { status: 'in_progress', answeredAtMs: clock.nowMs - 5_000 },
      },
    ]);
    expect(last?.isFinal).toBe(true);
    expect(last?.facts[0]?.events).toMatchObject([
      {
        kind: 'call.ended',
        keys: expect.arrayContaining([
          { providerId: 'telnyx', kind: 'sip_call_id', value: 'a84b4c76@trunk' },
        ]),
        data: { status: 'completed', endedAtMs: clock.nowMs },
      },
    ]);
    // The carrier and the webhooks know better how it ended, so this is told as of the placing of the call.
    expect(last?.facts[0]?.events[0]?.occurredAtMs).toBeLessThan(1_772_532_000_480);
  });

  it('is not ended by not being listed yet, but is when it never is', async () => {
    const { provider, clock } = await start(gone);
    const look = () => provider.api.lookUpCall?.([ours], signal);
    expect(await look()).toEqual({ facts: [], isFinal: false });
    clock.nowMs += 61_000;
    expect(await look()).toEqual({ facts: [], isFinal: false });
    clock.nowMs += 60_000;
    expect(await look()).toMatchObject({ facts: [{ label: 'room gone' }], isFinal: true });
  });

  it('cannot be asked for where the room is not ours', async () => {
    const { provider, asked } = await start(gone);
    expect(await provider.api.lookUpCall?.([sipCall], signal)).toEqual({ facts: [], isFinal: true });
    expect(asked).toEqual([]);
  });
});

describe('settings', () => {
  it.each([
    ['wss://clinic.livekit.cloud', ['clinic.livekit.cloud'], []],
    ['https://clinic.livekit.cloud/', ['clinic.livekit.cloud'], []],
    ['ws://10.0.0.5:7880', ['10.0.0.5'], ['http://10.0.0.5:7880/']],
    [' wss://livekit.clinic.example ', ['livekit.clinic.example'], ['https://livekit.clinic.example/']],
  ])('reads the address %s', (url, hosts, overrides) => {
    const provider = createLiveKit({
      setting: (name) => (name === 'LIVEKIT_URL' ? url : settings[name]),
      fetch: noFetch,
    });
    expect([provider.hosts, provider.overrides, provider.missing()]).toEqual([hosts, overrides, []]);
  });

  it.each(['clinic', 'ftp://clinic.livekit.cloud', 'wss://user:secret@clinic.livekit.cloud', ''])(
    'names an address that is none as missing: %s',
    (url) => {
      const provider = createLiveKit({
        setting: (name) => (name === 'LIVEKIT_URL' ? url : settings[name]),
        fetch: noFetch,
      });
      expect([provider.hosts, provider.missing()]).toEqual([[], ['LIVEKIT_URL']]);
    },
  );

  it('are checked with LiveKit, which says what still works', async () => {
    const { provider, own } = await start({ body: { rooms: [] } });
    expect(await provider.api.check?.(signal)).toMatchObject({
      ok: true,
      findings: [{ ok: true }, { ok: true }],
    });
    delete own['LIVEKIT_SIP_TRUNK_ID'];
    const withoutTrunk = await provider.api.check?.(signal);
    expect(withoutTrunk).toMatchObject({ ok: true, findings: [{ ok: true }, { ok: false }] });
    expect(withoutTrunk?.findings[1]?.text).toContain('LIVEKIT_SIP_TRUNK_ID');
  });
});
