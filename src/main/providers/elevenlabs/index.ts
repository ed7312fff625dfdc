// ElevenLabs Agents: calls placed by API, one signed webhook route for transcripts, audio and failures, and everything
// again by asking, because audio is sent once and never repeated.
import type { GuardedFetch } from '../../net/net.ts';
import type { Provider, SettingField, Via } from '../provider.ts';
import { checkSettings } from './check.ts';
import { createClient } from './client.ts';
import { dial, sipVia, twilioVia } from './dial.ts';
import { isConversationId, providerId } from './ids.ts';
import { findDial, listCalls, lookUp } from './pull.ts';
import { beginVerifying } from './signature.ts';
import { audioField, postCallPath, understandBody, understandJson } from './webhooks.ts';

const defaultBaseUrl = 'https://api.elevenlabs.io';
/** An hour of MP3 at 128 kbit/s is 77 MB in base64. */
const maxBodyBytes = 160 * 1024 * 1024;

const settings: readonly SettingField[] = [
  {
    name: 'ELEVENLABS_API_KEY',
    label: 'API key',
    isSecret: true,
    isRequired: true,
    where: 'ElevenLabs, Developers, API keys.',
  },
  {
    name: 'ELEVENLABS_WEBHOOK_SECRET',
    label: 'Webhook secret',
    isSecret: true,
    isRequired: true,
    where:
      'Shown once when you create the post-call webhook: ElevenLabs, Agents, Settings, Post-call webhook.',
  },
  {
    name: 'ELEVENLABS_AGENT_ID',
    label: 'Agent ID',
    isSecret: false,
    isRequired: false,
    where: 'ElevenLabs, Agents: the agent that talks when a call names no other.',
  },
  {
    name: 'ELEVENLABS_PHONE_NUMBER_ID',
    label: 'Phone number ID',
    isSecret: false,
    isRequired: false,
    where: 'ElevenLabs, Agents, Phone numbers: the number that calls are placed from.',
  },
  {
    name: 'ELEVENLABS_SIP_PHONE_NUMBER_ID',
    label: 'Phone number ID of the SIP trunk',
    isSecret: false,
    isRequired: false,
    where:
      'Only for those who call over Twilio and over a SIP trunk: the number of the trunk, found likewise.',
  },
  {
    name: 'ELEVENLABS_BASE_URL',
    label: 'API address',
    isSecret: false,
    isRequired: false,
    where: 'Only for data residency, e.g. https://api.eu.residency.elevenlabs.io.',
  },
];

export interface ElevenLabsDeps {
  /** Reads a setting each time anew, so that a changed secret holds at once. */
  setting: (name: string) => string | undefined;
  fetch: GuardedFetch;
  /** Epoch milliseconds; signatures hold for 300 s around it. Default: the system's. */
  now?: () => number;
}

/** The ElevenLabs provider. Source: https://elevenlabs.io/docs/api-reference */
export function createElevenLabs({ setting, fetch, now = Date.now }: ElevenLabsDeps): Provider {
  const value = (name: string): string => setting(name) ?? '';
  const baseUrl = (): string => (value('ELEVENLABS_BASE_URL') || defaultBaseUrl).replace(/\/+$/, '');
  const client = createClient({
    fetch,
    access: () => ({ baseUrl: baseUrl(), apiKey: value('ELEVENLABS_API_KEY') }),
  });
  const begin: NonNullable<Provider['verifyStream']> = (headers) =>
    beginVerifying(headers, value('ELEVENLABS_WEBHOOK_SECRET'), now());
  const missing = (): string[] =>
    settings.filter(({ isRequired, name }) => isRequired && value(name) === '').map(({ name }) => name);
  // A number is on Twilio or on a trunk; who uses one way only has one number.
  const phoneNumberId = (name: string): string =>
    (name === sipVia ? value('ELEVENLABS_SIP_PHONE_NUMBER_ID') : '') || value('ELEVENLABS_PHONE_NUMBER_ID');
  const via = (name: string, label: string): Via => ({
    via: name,
    label,
    needsAgent: true,
    missing: () => [
      ...(value('ELEVENLABS_API_KEY') === '' ? ['ELEVENLABS_API_KEY'] : []),
      ...(phoneNumberId(name) === '' ? ['ELEVENLABS_PHONE_NUMBER_ID'] : []),
    ],
  });

  return {
    providerId,
    name: 'ElevenLabs',
    routes: [{ path: postCallPath, contentTypes: ['application/json'], maxBodyBytes, streams: true }],
    keptHeaders: ['elevenlabs-signature'],
    get hosts() {
      return URL.canParse(baseUrl()) ? [new URL(baseUrl()).hostname] : [];
    },
    get overrides() {
      const override = value('ELEVENLABS_BASE_URL');
      return override === '' ? [] : [override];
    },
    settings,
    vias: [via(twilioVia, 'ElevenLabs over Twilio'), via(sipVia, 'ElevenLabs over a SIP trunk')],
    missing,
    verify({ headers, body }) {
      const begun = begin(headers);
      if (!('update' in begun)) return begun;
      begun.update(body);
      return begun.verdict();
    },
    verifyStream: begin,
    understand: ({ body, receivedAtMs }) => understandBody(body, receivedAtMs),
    streamedAudio: {
      field: audioField,
      understand: ({ json, receivedAtMs, bodySha256 }) => understandJson(json, receivedAtMs, bodySha256),
    },
    // Source: https://elevenlabs.io/docs/api-reference/conversations/get-audio (audio/mpeg)
    media: ({ providerRecordingId }) =>
      isConversationId(providerRecordingId)
        ? [
            {
              url: `${baseUrl()}/v1/convai/conversations/${providerRecordingId}/audio`,
              headers: { 'xi-api-key': value('ELEVENLABS_API_KEY'), accept: 'audio/mpeg' },
            },
          ]
        : [],
    api: {
      dial: (order, signal) =>
        dial(
          {
            client,
            agentId: value('ELEVENLABS_AGENT_ID'),
            phoneNumberId: phoneNumberId(order.via),
            now,
          },
          order,
          signal,
        ),
      findDial: (order, signal) => findDial(client, order, now(), signal),
      lookUpCall: (keys, signal) => lookUp(client, keys, now(), signal),
      findRecordings: (keys, signal) => lookUp(client, keys, now(), signal),
      listCalls: (window, signal) => listCalls(client, window, signal),
      check: (signal) =>
        checkSettings(
          client,
          {
            phoneNumberId: value('ELEVENLABS_PHONE_NUMBER_ID'),
            hasWebhookSecret: value('ELEVENLABS_WEBHOOK_SECRET') !== '',
          },
          signal,
        ),
    },
    // No webhook says that a call has begun, and Twilio's callbacks of its calls go to ElevenLabs.
    // Two years unless the agent says otherwise.
    retention: {
      keptMs: 730 * 86_400_000,
      source: 'https://elevenlabs.io/docs/agents-platform/customization/privacy/retention',
    },
    following: {
      canStartRecording: false,
      needsFollowing: ({ kind }) =>
        kind === 'recording.available' || (kind.startsWith('call.') && kind !== 'call.ended'),
      findsRecordings: true,
    },
  };
}
