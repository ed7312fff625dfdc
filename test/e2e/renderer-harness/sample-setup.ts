// Phone services, their numbers and checks, and settings, as the contract tells them.
import type { ProviderNumber, ProviderView, SettingsView } from '../../../src/preload/contract/system.ts';
import { nowMs } from './sample-data.ts';

const base = 'https://clinic.example.com';
const common = { pausedSinceMs: null, pausedUntilMs: null };

/** Twilio and Telnyx work; ElevenLabs lacks its number; LiveKit is not set up. */
export function makeProviders(): ProviderView[] {
  return [
    {
      ...common,
      providerId: 'twilio',
      name: 'Twilio',
      state: 'ready',
      missing: [],
      lacking: [],
      lastDeliveryAtMs: nowMs - 240_000,
      webhookUrls: [`${base}/webhooks/twilio-recording`, `${base}/webhooks/twilio-call-status`],
      vias: [],
    },
    {
      ...common,
      providerId: 'telnyx',
      name: 'Telnyx',
      state: 'ready',
      missing: [],
      lacking: [],
      lastDeliveryAtMs: null,
      webhookUrls: [`${base}/api/webhooks/telnyx/call-events`],
      vias: [{ via: 'telnyx', label: 'Telnyx', needsAgent: false }],
    },
    {
      ...common,
      providerId: 'elevenlabs',
      name: 'ElevenLabs',
      state: 'ready',
      missing: [],
      lacking: [],
      lastDeliveryAtMs: nowMs - 86_400_000,
      webhookUrls: [`${base}/webhooks/elevenlabs-post-call`],
      vias: [{ via: 'elevenlabs-twilio', label: 'ElevenLabs over Twilio', needsAgent: true }],
    },
    {
      ...common,
      providerId: 'livekit',
      name: 'LiveKit',
      state: 'not_set_up',
      missing: ['LIVEKIT_URL', 'LIVEKIT_API_SECRET'],
      lacking: [
        {
          name: 'LIVEKIT_URL',
          label: 'Address',
          where: 'LiveKit Cloud, Settings, Project: the address that begins with wss://.',
          ways: [],
        },
        {
          name: 'LIVEKIT_API_SECRET',
          label: 'API secret',
          where: 'LiveKit Cloud, Settings, API keys: shown once, when the key is made.',
          ways: [],
        },
        {
          name: 'LIVEKIT_SIP_TRUNK_ID',
          label: 'Outbound trunk',
          where: 'LiveKit Cloud, Telephony, SIP trunks: the id of the outbound trunk, which begins with ST_.',
          ways: ['LiveKit, through its SIP trunk'],
        },
      ],
      lastDeliveryAtMs: null,
      webhookUrls: [`${base}/webhooks/livekit`],
      vias: [],
    },
  ];
}

const snippet = `<Response>
  <Dial record="record-from-answer-dual" recordingStatusCallback="${base}/webhooks/twilio-recording">
    <Number>+14155550100</Number>
  </Dial>
</Response>`;

export function makeNumbers(): ProviderNumber[] {
  const number = (id: string, display: string, change: Partial<ProviderNumber>): ProviderNumber => ({
    numberId: id,
    number: `+1${display.replace(/\D/g, '')}`,
    display,
    label: null,
    state: 'nowhere',
    currentUrl: null,
    wantedUrl: `${base}/webhooks/twilio-call-status`,
    previousUrl: null,
    note: null,
    snippet,
    ...change,
  });
  const wanted = `${base}/webhooks/twilio-call-status`;
  return [
    number('PN1', '(415) 555-0100', {
      label: 'Front desk',
      state: 'connected',
      currentUrl: wanted,
      previousUrl: 'https://old-pbx.example.net/status',
    }),
    number('PN2', '(415) 555-0101', {
      state: 'elsewhere',
      currentUrl: 'https://crm.example.org/hooks/calls?clinic=bayview',
    }),
    number('PN3', '(628) 555-0100', {}),
  ];
}

export function makeSettings(): SettingsView {
  return {
    lines: [
      { number: '+14155550100', label: 'Front desk', record: true },
      { number: '+16285550100', label: 'Voice Bot' },
    ],
    keepRefusedUntilMs: null,
    checks: null,
    matching: 'exact',
  };
}
