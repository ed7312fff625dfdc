// The LiveKit stand-in, judged by LiveKit's own SDK: it must accept every answer and every webhook.
import { createServer } from 'node:http';
import { RoomServiceClient, SipClient, WebhookReceiver } from 'livekit-server-sdk';
import { afterEach, describe, expect, it } from 'vitest';
import type { CarrierOrder } from '../../src/main/sandbox/carrier.ts';
import { createLiveKitStandIn } from '../../src/main/sandbox/livekit/server.ts';
import { createLiveKit } from '../../src/main/providers/livekit/index.ts';
import { createGuardedFetch } from '../../src/main/net/guarded-fetch.ts';
import type { DialOrder, Provider } from '../../src/main/providers/provider.ts';
import { createFakeCarrier, createHandClock } from '../unit/sandbox/livekit-carrier.ts';
import { callId, keys, settings } from '../unit/providers/livekit/livekit-fixtures.ts';
import { anOrder } from '../standins/samples.ts';

const trunk = { trunkId: 'ST_9fKq2mVn4xYz', number: '+14155550100' };
const order: DialOrder = anOrder('livekit', callId);
const { signal } = new AbortController();
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(network: 'twilio' | 'telnyx' = 'telnyx', status: () => number = () => 200) {
  const clock = createHandClock();
  const carried: CarrierOrder[] = [];
  const requests: string[] = [];
  const heard: { body: string; authorization: string; type: string }[] = [];
  const receiver = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.once('end', () => {
      const { authorization = '', 'content-type': type = '' } = req.headers;
      heard.push({ body, authorization, type });
      res.writeHead(status()).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const carrier = createFakeCarrier(clock, network, carried);
  const standIn = createLiveKitStandIn({
    clock,
    seed: '1',
    keys,
    trunk,
    carrier,
    onRequest: ({ method }) => requests.push(method),
  });
  const baseUrl = await standIn.start();
  standIn.connect({ webhookBaseUrl: `http://127.0.0.1:${port}` });
  cleanups.push(
    async () => {
      const closed = new Promise((resolve) => receiver.close(resolve));
      receiver.closeAllConnections();
      await closed;
    },
    () => standIn.stop(),
  );
  const provider: Provider = createLiveKit({
    setting: (name) => (name === 'LIVEKIT_URL' ? baseUrl : settings[name]),
    fetch: createGuardedFetch({ allowedHosts: () => provider.hosts, overrides: () => provider.overrides }),
    now: clock.now,
  });
  return {
    clock,
    carried,
    carrier,
    requests,
    heard,
    standIn,
    baseUrl,
    provider,
    sip: new SipClient(baseUrl, keys.apiKey, keys.apiSecret),
    rooms: new RoomServiceClient(baseUrl, keys.apiKey, keys.apiSecret),
    /** Lets everything that was set going come to its end. */
    async finish() {
      const idle = standIn.idle();
      clock.runOn(true);
      await idle;
      clock.runOn(false);
    },
  };
}

describe('the SDK', () => {
  it('dials, lists and gets a participant whose SIP attributes come one after another', async () => {
    const { sip, rooms, clock, carried } = await start();
    const info = await sip.createSipParticipant(trunk.trunkId, '+14155550143', 'room-1', {
      fromNumber: '+14155550101',
      participantIdentity: 'phone',
      participantAttributes: { own: 'yes' },
      headers: { 'X-Tapedeck-Call-Id': callId },
    });
    expect(info).toMatchObject({ participantIdentity: 'phone', roomName: 'room-1' });
    expect(info.sipCallId).toMatch(/^SCL_[A-Za-z0-9]{12}$/);
    expect(carried).toMatchObject([
      { to: '+14155550143', from: '+14155550101', headers: { 'X-Tapedeck-Call-Id': callId }, record: true },
    ]);
    const attributes = async () => (await rooms.getParticipant('room-1', 'phone')).attributes;
    expect(await attributes()).toMatchObject({
      own: 'yes',
      'sip.callID': info.sipCallId,
      'sip.callStatus': 'dialing',
      'sip.phoneNumber': '+14155550143',
    });
    expect(await attributes()).not.toHaveProperty('sip.callIDFull');
    clock.pass(1_000);
    expect(await attributes()).toMatchObject({
      'sip.callStatus': 'ringing',
      'sip.callIDFull': carried[0]?.sipCallId,
    });
    clock.pass(5_000);
    expect(await attributes()).toMatchObject({ 'sip.callStatus': 'active' });
    expect(await attributes()).not.toHaveProperty('sip.twilio.callSid');
    const listed = await rooms.listParticipants('room-1');
    expect(listed.map(({ identity }) => identity.split('-')[0])).toEqual(['agent', 'phone']);
    expect(Number(listed[1]?.joinedAt)).toBe(Math.floor(listed[1] ? Number(listed[1].joinedAtMs) / 1000 : 0));
    expect((await rooms.listRooms()).map(({ name }) => name)).toEqual(['room-1']);
    expect(await rooms.listRooms(['room-2'])).toEqual([]);
  });

  it("sees Twilio's SID only with a Twilio trunk and once somebody has answered", async () => {
    const { sip, rooms, clock } = await start('twilio');
    await sip.createSipParticipant(trunk.trunkId, '+14155550143', 'room-1', { participantIdentity: 'phone' });
    const attributes = async () => (await rooms.getParticipant('room-1', 'phone')).attributes;
    clock.pass(1_000);
    expect(await attributes()).not.toHaveProperty('sip.twilio.callSid');
    clock.pass(5_000);
    expect((await attributes())['sip.twilio.callSid']).toMatch(/^CA[0-9a-f]{32}$/);
  });

  it('hears how a call ended that it waited for', async () => {
    const { sip, standIn, clock } = await start();
    clock.runOn(true);
    const dial = (roomName: string) =>
      sip.createSipParticipant(trunk.trunkId, '+14155550143', roomName, { waitUntilAnswered: true });
    standIn.switches.outcome = 'busy';
    await expect(dial('room-1')).rejects.toMatchObject({ sipStatusCode: 486, code: 'failed_precondition' });
    standIn.switches.outcome = 'no_answer';
    await expect(dial('room-2')).rejects.toMatchObject({ sipStatusCode: 480 });
    standIn.switches.outcome = 'answered';
    expect((await dial('room-3')).sipCallId).toMatch(/^SCL_/);
  });

  it('is refused with the right words', async () => {
    const { baseUrl, sip, rooms, standIn } = await start();
    const stranger = new SipClient(baseUrl, keys.apiKey, 'another secret');
    const dial = (client: SipClient, trunkId = trunk.trunkId, to = '+14155550143') =>
      client.createSipParticipant(trunkId, to, 'room-1');
    await expect(dial(stranger)).rejects.toMatchObject({ status: 401, code: 'unauthenticated' });
    await expect(dial(sip, 'ST_other')).rejects.toMatchObject({ status: 404, code: 'not_found' });
    await expect(dial(sip, trunk.trunkId, 'nobody')).rejects.toMatchObject({ code: 'invalid_argument' });
    await expect(dial(sip, '')).rejects.toMatchObject({ code: 'invalid_argument' });
    await expect(rooms.listParticipants('room-1')).rejects.toMatchObject({ code: 'not_found' });
    await expect(rooms.deleteRoom('room-1')).rejects.toMatchObject({ code: 'bad_route' });
    expect((await fetch(`${baseUrl}/settings/regions`)).status).toBe(404);
    expect(standIn.dials('room-1')).toBe(0);
  });

  it('accepts every webhook, whose 64-bit times are text', async () => {
    const { sip, heard, finish } = await start();
    await sip.createSipParticipant(trunk.trunkId, '+14155550143', 'room-1', { participantIdentity: 'phone' });
    await finish();
    const receiver = new WebhookReceiver(keys.apiKey, keys.apiSecret);
    const events = [];
    for (const { body, authorization, type } of heard) {
      expect(type).toBe('application/webhook+json');
      expect(JSON.parse(body).createdAt).toMatch(/^\d{10}$/);
      // The clock of the stand-in has run ahead by the length of the call.
      events.push(await receiver.receive(body, authorization, false, 3_600));
      await expect(receiver.receive(`${body} `, authorization, false, 3_600)).rejects.toThrow('checksum');
    }
    expect(events.map(({ event }) => event)).toEqual([
      'room_started',
      'participant_joined',
      'participant_joined',
      'track_published',
      'participant_left',
      'participant_left',
      'room_finished',
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(7);
  });
});

describe('the provider', () => {
  it('places a call that is told from dialling to its end, all of it of one call', async () => {
    const { provider, heard, finish, carried, clock } = await start();
    const placed = await provider.api.dial?.(order, signal);
    expect(placed?.outcome).toBe('placed');
    clock.pass(10_000);
    expect(await provider.api.findDial?.(order, signal)).toMatchObject({
      events: [{ kind: 'call.answered' }],
    });
    expect(await provider.api.check?.(signal)).toMatchObject({ ok: true });
    await finish();
    const path = '/webhooks/livekit';
    const events = heard.flatMap(({ body, authorization }) => {
      const request = { path, pathAndQuery: path, headers: { authorization }, body: Buffer.from(body) };
      expect(provider.verify(request, [])).toEqual({ ok: true });
      return provider.understand({ ...request, receivedAtMs: clock.now() }).events;
    });
    expect(events.map(({ kind }) => kind)).toEqual([
      'call.told',
      'call.told',
      'call.started',
      'call.told',
      'call.ended',
      'call.told',
      'call.told',
    ]);
    for (const { keys: named } of events) expect(named[0]?.value).toBe(callId);
    const all = events.flatMap(({ keys: named }) => named);
    expect(all).toContainEqual({ providerId: 'telnyx', kind: 'sip_call_id', value: carried[0]?.sipCallId });
    expect(
      await provider.api.lookUpCall?.([{ providerId: 'tapedeck', kind: 'call_id', value: callId }], signal),
    ).toMatchObject({ facts: [] });
  });

  it.each(['hang_up', { status: 503, code: 'unavailable' }] as const)(
    'makes one telephone ring once when the answer to its dial is %j, and finds it up to 60 s later',
    async (answer) => {
      const { provider, standIn, clock, requests } = await start();
      standIn.switches.listLateMs = 60_000;
      standIn.switches.talkMs = 300_000;
      standIn.switches.trouble = (method) =>
        method === 'SIP/CreateSIPParticipant' ? { answer, isDone: true } : null;
      expect(await provider.api.dial?.(order, signal)).toMatchObject({ outcome: 'unknown' });
      clock.pass(59_000);
      expect(await provider.api.findDial?.(order, signal)).toBeNull();
      clock.pass(1_000);
      expect(await provider.api.findDial?.(order, signal)).toMatchObject({ outcome: 'applied' });
      expect(standIn.dials(callId)).toBe(1);
      expect(requests.filter((method) => method === 'SIP/CreateSIPParticipant')).toHaveLength(1);
    },
  );

  it('would make it ring twice by asking twice: the same identity does not stop LiveKit', async () => {
    const { provider, standIn } = await start();
    await provider.api.dial?.(order, signal);
    await provider.api.dial?.(order, signal);
    expect(standIn.dials(callId)).toBe(2);
  });
});

describe('webhooks on their way', () => {
  it('are dropped, doubled and held back as told, and tried again after a 503', async () => {
    let refused = 0;
    const { sip, standIn, heard, finish } = await start('telnyx', () => (refused++ === 0 ? 503 : 200));
    standIn.switches.fate = (event) =>
      event === 'room_started'
        ? 'hold'
        : event === 'participant_left'
          ? 'twice'
          : event === 'track_published'
            ? 'drop'
            : 'send';
    await sip.createSipParticipant(trunk.trunkId, '+14155550143', 'room-1');
    await finish();
    const events = heard.map(({ body }) => JSON.parse(body).event);
    expect(events).toHaveLength(1 + 2 + 4 + 1 + 1);
    expect(events[0]).toBe(events[1]);
    expect(heard[0]?.body).toBe(heard[1]?.body);
    expect(events).not.toContain('track_published');
    expect(events.filter((event) => event === 'participant_left')).toHaveLength(4);
  });

  it('are the same for the same seed', async () => {
    const run = async () => {
      const { sip, heard, finish } = await start();
      await sip.createSipParticipant(trunk.trunkId, '+14155550143', 'room-1');
      await finish();
      return heard.map(({ body }) => {
        const { event, id, participant } = JSON.parse(body);
        return [event, id, participant?.sid, participant?.attributes?.['sip.callID']];
      });
    };
    expect(await run()).toEqual(await run());
  });
});
