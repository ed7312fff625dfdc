// What the services tell of the calls of pairs.test.ts, made by the providers' own code.
import { randomUUID } from 'node:crypto';
import { type DomainEvent, ourCallKey, placedEventKey } from '../../../src/main/domain/provider-event.ts';
import type { GuardedResponse } from '../../../src/main/net/net.ts';
import { createElevenLabs } from '../../../src/main/providers/elevenlabs/index.ts';
import { createLiveKit } from '../../../src/main/providers/livekit/index.ts';
import type { Provider } from '../../../src/main/providers/provider.ts';
import { createTelnyx } from '../../../src/main/providers/telnyx/index.ts';
import { recordingFact } from '../../../src/main/providers/telnyx/recording.ts';
import { createTwilio } from '../../../src/main/providers/twilio/index.ts';
import { valueOf } from '../providers/livekit/livekit-fixtures.ts';

const begunMs = Date.UTC(2026, 2, 3, 10);
export const [to, from] = ['+14155550143', '+14155550100'];
const hex = (n: number, length: number): string => String(n + 1).padStart(length, '7');
export const callIdOf = (n: number): string => `call_01jz8q4c9xk7m2v5n3t6r8w0a${n + 1}`;
const sidOf = (n: number): string => `CA${hex(n, 32)}`;
const sipCallIdOf = (n: number): string => `${hex(n, 8)}-1111-4222-8333-444455556666`;
const conversationOf = (n: number): string => `conv_01k0abcdef0123456789ab${n + 1}`;

const reply = (value: unknown): GuardedResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  url: 'https://clinic.livekit.cloud/',
  sizeBytes: null,
  body: (async function* () {
    yield Buffer.from(JSON.stringify(value));
  })(),
  drain: async () => undefined,
});
const deps = {
  setting: (name: string): string =>
    name === 'LIVEKIT_URL' ? 'wss://clinic.livekit.cloud' : 'ST_for_tests_only',
  fetch: async () => reply({}),
  now: () => begunMs,
};
const twilio = createTwilio(deps);
const telnyx = createTelnyx(deps);
const elevenLabs = createElevenLabs(deps);

/** Facts that were stored in one go. */
export type Fact = { providerId: string; events: DomainEvent[] };

function told({ understand, providerId }: Provider, path: string, body: string): Fact {
  const { events, outcome, label } = understand({ path, body: Buffer.from(body), receivedAtMs: begunMs });
  if (outcome === 'not_understood') throw new Error(`${providerId}: ${label}`);
  return { providerId, events };
}

export function placed(n: number, via: string): Fact {
  const callId = callIdOf(n);
  const event: DomainEvent = {
    kind: 'call.placed',
    eventKey: placedEventKey(callId),
    providerId: 'tapedeck',
    occurredAtMs: begunMs - 1_000,
    sequence: 0,
    keys: [ourCallKey(callId)],
    data: { callId, callKind: 'voice-bot', via, to, from, priority: 0, record: true },
  };
  return { providerId: 'tapedeck', events: [event] };
}

/** What LiveKit tells of a call that it dials. */
async function livekitFacts(n: number, network: 'telnyx' | 'twilio'): Promise<Fact[]> {
  const sipCall = `SCL_call${n}`;
  const provider = createLiveKit({ ...deps, fetch: async () => reply({ sip_call_id: sipCall }) });
  const callId = callIdOf(n);
  const order = {
    callId,
    via: 'livekit',
    to,
    from,
    agentId: null,
    reference: null,
    record: true,
    attemptKey: `${callId}-0`,
    publicUrl: null,
  };
  const answer = await provider.api.dial?.(order, new AbortController().signal);
  if (answer?.outcome !== 'placed') throw new Error('not placed');
  const webhooks = [
    'room_started',
    'participant_joined.dialing',
    'track_published',
    'participant_left',
    'room_finished',
  ] as const;
  return [
    { providerId: 'livekit', events: answer.fact.events },
    ...webhooks.map((name) => {
      const value = valueOf(name);
      value.id += n;
      value.room.name = callId;
      if (value.participant !== undefined) {
        value.participant.sid += n;
        const { attributes } = value.participant;
        attributes['tapedeck.callId'] = callId;
        attributes['sip.callID'] = sipCall;
        if (attributes['sip.callIDFull'] !== undefined) {
          attributes['sip.callIDFull'] = sipCallIdOf(n);
          if (network === 'twilio') attributes['sip.twilio.callSid'] = sidOf(n);
        }
      }
      return told(provider, '/webhooks/livekit', JSON.stringify(value));
    }),
  ];
}

function twilioFacts(n: number): Fact[] {
  const account = `AC${hex(0, 32)}`;
  const call = { CallSid: sidOf(n), AccountSid: account, From: from, To: to, Direction: 'outbound-api' };
  const form = (path: string, fields: Record<string, string>): Fact =>
    told(twilio, path, new URLSearchParams({ ...call, ...fields }).toString());
  const at = (second: number): string => `Tue, 03 Mar 2026 10:00:${second} +0000`;
  const status = (CallStatus: string, SequenceNumber: string, second: number): Fact =>
    form('/webhooks/twilio-call-status', { CallStatus, SequenceNumber, Timestamp: at(second) });
  return [
    status('ringing', '1', 10),
    status('in-progress', '2', 15),
    status('completed', '3', 45),
    form('/webhooks/twilio-recording', {
      RecordingSid: `RE${hex(n, 32)}`,
      RecordingStatus: 'completed',
      RecordingStartTime: at(15),
      RecordingDuration: '30',
    }),
  ];
}

/**
 * What Telnyx tells of the leg that LiveKit's trunk brings.
 * @param by how its webhooks name the call: our header, or nothing but Telnyx's own ids and the SIP Call-ID in the list
 */
function telnyxFacts(n: number, by: 'header' | 'list'): Fact[] {
  const ids = {
    call_control_id: `v3:control-${n}-abcdefgh`,
    call_leg_id: `${hex(n, 8)}-c81c-11f0-afbb-02420aef93a0`,
    call_session_id: `${hex(n, 8)}-c81c-11f0-abac-02420aef93a0`,
  };
  const recordingId = `${hex(n, 8)}-fef8-4765-b203-0f7511f9fc75`;
  const webhook = (event_type: string, second: number, more: object): Fact => {
    const occurred_at = `2026-03-03T10:00:${second}.000Z`;
    const headers = by === 'header' ? [{ name: 'X-Tapedeck-Call-Id', value: callIdOf(n) }] : [];
    const payload = { ...ids, from, to, direction: 'outgoing', custom_headers: headers, ...more };
    const data = { event_type, id: randomUUID(), occurred_at, record_type: 'event', payload };
    return told(telnyx, '/api/webhooks/telnyx/call-events', JSON.stringify({ data }));
  };
  const item = {
    ...ids,
    id: recordingId,
    status: 'completed',
    channels: 'dual',
    duration_millis: 30_000,
    recording_started_at: '2026-03-03T10:00:15.000Z',
    created_at: '2026-03-03T10:00:46.000Z',
    download_urls: {},
  };
  const asked = { providerId: 'telnyx', kind: 'sip_call_id', value: sipCallIdOf(n) };
  const listed = recordingFact(item, '/v2/recordings', [asked]);
  if (listed === null) throw new Error('not listed');
  return [
    webhook('call.initiated', 10, {}),
    webhook('call.answered', 15, {}),
    webhook('call.hangup', 45, { hangup_cause: 'normal_clearing', end_time: '2026-03-03T10:00:45Z' }),
    webhook('call.recording.saved', 46, {
      recording_id: recordingId,
      recording_started_at: item.recording_started_at,
      channels: 'dual',
    }),
    ...(by === 'list' ? [{ providerId: 'telnyx', events: listed.events }] : []),
  ];
}

function elevenLabsFacts(n: number): Fact[] {
  const conversation_id = conversationOf(n);
  const webhook = (type: string, data: object): Fact =>
    told(
      elevenLabs,
      '/webhooks/elevenlabs-post-call',
      JSON.stringify({ type, event_timestamp: begunMs / 1000 + 50, data: { conversation_id, ...data } }),
    );
  return [
    webhook('post_call_transcription', {
      status: 'done',
      user_id: callIdOf(n),
      transcript: [{ role: 'agent', message: `Hello ${n}.`, time_in_call_secs: 0 }],
      metadata: {
        start_time_unix_secs: begunMs / 1000 + 15,
        call_duration_secs: 30,
        phone_call: {
          type: 'twilio',
          direction: 'outbound',
          call_sid: sidOf(n),
          agent_number: from,
          external_number: to,
        },
      },
      conversation_initiation_client_data: { dynamic_variables: { chat_id: callIdOf(n) } },
    }),
    webhook('post_call_audio', { full_audio: '' }),
  ];
}

/** Everything that is told of one call once it has been placed, and what has to come out. */
export interface Pair {
  via: string;
  facts(n: number): Promise<Fact[]>;
  recordings(n: number): string[];
}

export const pairs: Record<string, Pair> = {
  'LiveKit + Telnyx, by our header': {
    via: 'livekit',
    facts: async (n) => [...(await livekitFacts(n, 'telnyx')), ...telnyxFacts(n, 'header')],
    recordings: (n) => [`telnyx ${hex(n, 8)}-fef8-4765-b203-0f7511f9fc75`],
  },
  'LiveKit + Telnyx, by the SIP Call-ID': {
    via: 'livekit',
    facts: async (n) => [...(await livekitFacts(n, 'telnyx')), ...telnyxFacts(n, 'list')],
    recordings: (n) => [`telnyx ${hex(n, 8)}-fef8-4765-b203-0f7511f9fc75`],
  },
  'LiveKit + Twilio': {
    via: 'livekit',
    facts: async (n) => [...(await livekitFacts(n, 'twilio')), ...twilioFacts(n)],
    recordings: (n) => [`twilio RE${hex(n, 32)}`],
  },
  'ElevenLabs + Twilio': {
    via: 'elevenlabs-twilio',
    facts: async (n) => [...elevenLabsFacts(n), ...twilioFacts(n)],
    recordings: (n) => [`elevenlabs ${conversationOf(n)}`, `twilio RE${hex(n, 32)}`],
  },
};
