import { WebhookReceiver } from 'livekit-server-sdk';
import { describe, expect, it } from 'vitest';
import { understandWebhook } from '../../../../src/main/providers/livekit/webhooks.ts';
import {
  bodyOf,
  callId,
  type FixtureName,
  fixtureNames,
  keys,
  signedBySdk,
  valueOf,
} from './livekit-fixtures.ts';

const receivedAtMs = Date.UTC(2026, 2, 3, 11);
const ours = { providerId: 'tapedeck', kind: 'call_id', value: callId };
const sipCall = { providerId: 'livekit', kind: 'sip_call', value: 'SCL_abCD1234efGH' };
const sipCallId = 'a84b4c76-e667-4d10-9f00-0a1b2c3d4e5f';
const leg = { legId: 'SCL_abCD1234efGH', parentLegId: null };
const parties = { direction: 'outbound', from: '+14155550100', to: '+14155550143' };

function understand(value: unknown) {
  return understandWebhook(Buffer.from(JSON.stringify(value)), receivedAtMs);
}
const fixture = (name: FixtureName) => understandWebhook(bodyOf(name), receivedAtMs);

describe('the fixtures', () => {
  it.each(fixtureNames)("are read by LiveKit's own SDK: %s", async (name) => {
    const body = bodyOf(name);
    const receiver = new WebhookReceiver(keys.apiKey, keys.apiSecret);
    const event = await receiver.receive(body.toString(), await signedBySdk(body));
    expect(event.event).toBe(name.split('.')[0]);
    expect(Number(event.createdAt)).toBeGreaterThan(1_700_000_000);
  });
});

describe('a telephone of a call that we placed', () => {
  it('begins the call when it is dialled', () => {
    expect(fixture('participant_joined.dialing')).toEqual({
      outcome: 'applied',
      label: 'participant joined',
      dedupeKey: 'webhook:EV_aaaa1111bbb3',
      events: [
        {
          kind: 'call.started',
          eventKey: 'webhook:EV_aaaa1111bbb3',
          providerId: 'livekit',
          occurredAtMs: 1_772_532_000_000,
          sequence: 2,
          keys: [ours, sipCall, { providerId: 'livekit', kind: 'participant', value: 'PA_s3Kd9wQz7Lmn' }],
          data: { leg, ...parties, status: 'queued', startedAtMs: 1_772_532_000_000 },
        },
      ],
    });
  });

  it.each([
    ['ringing', 'call.started', 'ringing'],
    ['active', 'call.answered', 'in_progress'],
    ['automation', 'call.answered', 'in_progress'],
    ['something new', 'call.started', 'queued'],
  ])('that joins %s is %s', (callStatus, kind, status) => {
    const value = valueOf('participant_joined.dialing');
    value.participant.attributes['sip.callStatus'] = callStatus;
    expect(understand(value).events).toMatchObject([{ kind, data: { status } }]);
  });

  it.each([
    ['CLIENT_INITIATED', 'hangup', 'completed', undefined],
    ['USER_REJECTED', 'hangup', 'busy', 'USER_REJECTED'],
    ['USER_UNAVAILABLE', 'hangup', 'no_answer', 'USER_UNAVAILABLE'],
    ['SIP_TRUNK_FAILURE', 'dialing', 'failed', 'SIP_TRUNK_FAILURE'],
    ['PARTICIPANT_REMOVED', 'ringing', 'canceled', 'PARTICIPANT_REMOVED'],
    ['PARTICIPANT_REMOVED', 'active', 'completed', 'PARTICIPANT_REMOVED'],
    ['CLIENT_INITIATED', 'ringing', 'no_answer', undefined],
    [12, 'hangup', 'busy', 'USER_REJECTED'],
    ['SOMETHING_NEW', 'active', 'completed', undefined],
  ])('that leaves by %s while %s ends the call: %s', (disconnectReason, callStatus, status, providerCode) => {
    const value = valueOf('participant_left');
    value.participant.disconnectReason = disconnectReason;
    value.participant.attributes['sip.callStatus'] = callStatus;
    const [event] = understand(value).events;
    expect(event).toMatchObject({ kind: 'call.ended', data: { status, endedAtMs: 1_772_532_075_000 } });
    expect(event?.kind === 'call.ended' && event.data.providerCode).toBe(providerCode);
  });

  it('that only moves to another server has not ended', () => {
    const value = valueOf('participant_left');
    value.participant.disconnectReason = 'MIGRATION';
    expect(understand(value).events).toMatchObject([
      { kind: 'call.told', data: { what: 'participant_left', code: 'MIGRATION' } },
    ]);
  });

  it('that never got through is a failed call', () => {
    const value = { ...valueOf('participant_left'), event: 'participant_connection_aborted' };
    delete value.participant.disconnectReason;
    expect(understand(value).events).toMatchObject([{ kind: 'call.ended', data: { status: 'failed' } }]);
  });

  it("names the carrier's leg: Telnyx by SIP Call-ID, Twilio by CallSid", () => {
    expect(fixture('track_published').events[0]?.keys).toEqual([
      ours,
      sipCall,
      { providerId: 'livekit', kind: 'participant', value: 'PA_s3Kd9wQz7Lmn' },
      { providerId: 'livekit', kind: 'sip_call_id', value: sipCallId },
      { providerId: 'telnyx', kind: 'sip_call_id', value: sipCallId },
    ]);
    const value = valueOf('track_published');
    const callSid = 'CA0f5ad0c1c95e1f4a5b6c7d8e9f0a1b2c';
    value.participant.attributes['sip.twilio.callSid'] = callSid;
    const named = understand(value).events[0]?.keys.map((key) => `${key.providerId} ${key.value}`);
    expect(named).toContain(`twilio ${callSid}`);
    expect(named).not.toContain(`telnyx ${sipCallId}`);
  });

  it.each(['CA1', 'ca0f5ad0c1c95e1f4a5b6c7d8e9f0a1b2c', '../x'])('takes no CallSid like %s', (callSid) => {
    const value = valueOf('track_published');
    value.participant.attributes['sip.twilio.callSid'] = callSid;
    expect(understand(value).events[0]?.keys.every((key) => key.providerId !== 'twilio')).toBe(true);
  });

  it('that somebody brings in beside it is a leg of the call, not the call', () => {
    const value = valueOf('participant_joined.dialing');
    delete value.participant.attributes['tapedeck.callId'];
    value.participant.attributes['sip.callID'] = 'SCL_second';
    expect(understand(value).events).toMatchObject([
      { keys: expect.arrayContaining([ours]), data: { leg: { legId: 'SCL_second', parentLegId: callId } } },
    ]);
  });
});

describe('our callId', () => {
  it('is not believed of a caller, nor in a room of another name, nor from anybody but a telephone', () => {
    const inbound = valueOf('participant_joined.dialing');
    inbound.participant.attributes['sip.ruleID'] = 'SDR_front1';
    const elsewhere = valueOf('participant_joined.dialing');
    elsewhere.room.name = 'front desk';
    for (const value of [inbound, elsewhere]) {
      const keysOf = understand(value).events.flatMap((event) => event.keys);
      expect(keysOf).toContainEqual(sipCall);
      expect(keysOf).not.toContainEqual(ours);
    }
    const agent = valueOf('participant_joined.agent');
    agent.room.name = 'front desk';
    agent.participant.attributes = { 'tapedeck.callId': callId, 'sip.callID': 'SCL_forged' };
    expect(understand(agent)).toMatchObject({ outcome: 'ignored', events: [] });
  });
});

describe('an incoming call', () => {
  it("is known by its SIP ids and the carrier's, with the caller as from", () => {
    expect(fixture('participant_joined.inbound-twilio').events).toMatchObject([
      {
        kind: 'call.answered',
        keys: [
          { providerId: 'livekit', kind: 'sip_call', value: 'SCL_inbound00001' },
          { providerId: 'livekit', kind: 'participant', value: 'PA_inbound00001' },
          { providerId: 'livekit', kind: 'sip_call_id', value: '7f3c1a2b@trunk.example' },
          { providerId: 'twilio', kind: 'call_sid', value: 'CA0f5ad0c1c95e1f4a5b6c7d8e9f0a1b2c' },
        ],
        data: { direction: 'inbound', from: '+14155550199', to: '+14155550100', status: 'in_progress' },
      },
    ]);
  });
});

describe('rooms, agents and tracks', () => {
  it.each<[FixtureName, string]>([
    ['room_started', 'room_started'],
    ['participant_joined.agent', 'participant_joined'],
    ['room_finished', 'room_finished'],
  ])('of our calls are told: %s', (name, what) => {
    expect(fixture(name).events).toMatchObject([{ kind: 'call.told', keys: [ours], data: { what } }]);
  });

  it('of other rooms are taken in and change nothing', () => {
    for (const name of ['room_started', 'room_finished'] as const) {
      const value = valueOf(name);
      value.room.name = 'weekly meeting';
      expect(understand(value)).toMatchObject({ outcome: 'ignored', events: [] });
    }
  });

  it('of kinds that nobody knows yet are told all the same', () => {
    const value = { ...valueOf('room_started'), event: 'room_renamed' };
    expect(understand(value)).toMatchObject({
      label: 'room renamed',
      events: [{ kind: 'call.told', data: { what: 'room_renamed' } }],
    });
  });
});

describe('an egress that has ended', () => {
  const egressKey = { providerId: 'livekit', kind: 'egress', value: 'EG_k39dKq2mVn4x' };

  it('is a recording in other hands', () => {
    expect(fixture('egress_ended').events).toEqual([
      {
        kind: 'recording.external',
        eventKey: 'webhook:EV_aaaa1111bbb8',
        providerId: 'livekit',
        occurredAtMs: 1_772_532_080_000,
        sequence: 5,
        keys: [ours, egressKey],
        data: {
          providerRecordingId: 'EG_k39dKq2mVn4x',
          reason: 'external_storage',
          startedAtMs: 1_772_532_009_000,
          durationMs: 66_000,
        },
      },
    ]);
  });

  it('with several files is several recordings, with none is told', () => {
    const value = valueOf('egress_ended');
    value.egressInfo.fileResults.push({ filename: 'two.ogg' });
    expect(understand(value).events).toMatchObject([
      { data: { providerRecordingId: 'EG_k39dKq2mVn4x' } },
      { eventKey: 'webhook:EV_aaaa1111bbb8.2', data: { providerRecordingId: 'EG_k39dKq2mVn4x.2' } },
    ]);
    value.egressInfo.fileResults = [];
    value.egressInfo.status = 'EGRESS_FAILED';
    expect(understand(value).events).toMatchObject([
      { kind: 'call.told', data: { what: 'egress_ended', code: 'EGRESS_FAILED' } },
    ]);
  });

  it('of another room waits for a person to say whose it is', () => {
    const value = valueOf('egress_ended');
    value.egressInfo.roomName = 'front-desk';
    expect(understand(value).events).toMatchObject([{ kind: 'recording.external', keys: [egressKey] }]);
  });
});

describe('odd bodies', () => {
  it.each([
    ['text', '1772532000', 1_772_532_000_000],
    ['a number', 1_772_532_000, 1_772_532_000_000],
    ['nothing', undefined, receivedAtMs],
    ['zero', '0', receivedAtMs],
    ['a fraction', 1.5, receivedAtMs],
    ['beyond all clocks', '9223372036854775807', receivedAtMs],
    ['words', 'today', receivedAtMs],
  ])('with createdAt as %s have a moment', (_name, createdAt, occurredAtMs) => {
    expect(understand({ ...valueOf('room_started'), createdAt }).events).toMatchObject([{ occurredAtMs }]);
  });

  it("without an id of LiveKit's shape are told apart by their bytes", () => {
    const value = valueOf('room_started');
    const named = ['', 'x', undefined, 7].map((id) => understand({ ...value, id }).dedupeKey);
    expect(new Set(named).size).toBe(4);
    for (const key of named) expect(key).toMatch(/^webhook:[\w-]{22}$/);
  });

  it.each(['', '[]', 'null', '"x"', '{', '{}', '{"event":7}', '{"event":"Room Started 5"}', '{"event":""}'])(
    'that say nothing are not understood: %s',
    (text) => {
      const understanding = understandWebhook(Buffer.from(text), receivedAtMs);
      expect(understanding).toMatchObject({
        outcome: 'not_understood',
        label: 'event not known',
        events: [],
      });
    },
  );

  it('in the names of the protocol files are read as well', () => {
    const value = valueOf('participant_left.busy');
    value.participant.disconnect_reason = value.participant.disconnectReason;
    delete value.participant.disconnectReason;
    value.created_at = value.createdAt;
    delete value.createdAt;
    expect(understand(value).events).toEqual(fixture('participant_left.busy').events);
  });
});
