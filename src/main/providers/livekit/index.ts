// LiveKit: telephone calls through a SIP trunk. It dials and tells of rooms and participants; the recording is the
// carrier's, which is joined by the ids of its leg.
import type { GuardedFetch } from '../../net/net.ts';
import type { Provider, SettingField } from '../provider.ts';
import { createApi } from './api.ts';
import { providerId } from './ids.ts';
import { judgeWebhook } from './jwt.ts';
import { apiUrlOf } from './rpc.ts';
import { understandWebhook } from './webhooks.ts';

export const webhookPath = '/webhooks/livekit';
/** Events name one participant with its attributes and tracks; egress requests that are told back can be long. */
const maxBodyBytes = 512 * 1024;

const settings: readonly SettingField[] = [
  {
    name: 'LIVEKIT_URL',
    label: 'Project URL',
    isSecret: false,
    isRequired: true,
    where: 'LiveKit Cloud, Settings, Project: the address that begins with wss://.',
  },
  {
    name: 'LIVEKIT_API_KEY',
    label: 'API key',
    isSecret: false,
    isRequired: true,
    where: 'LiveKit Cloud, Settings, API keys.',
  },
  {
    name: 'LIVEKIT_API_SECRET',
    label: 'API secret',
    isSecret: true,
    isRequired: true,
    where: 'LiveKit Cloud, Settings, API keys: shown once, when the key is made.',
  },
  {
    name: 'LIVEKIT_SIP_TRUNK_ID',
    label: 'Outbound trunk',
    isSecret: false,
    isRequired: false,
    where: 'LiveKit Cloud, Telephony, SIP trunks: the id of the outbound trunk, which begins with ST_.',
  },
  {
    name: 'LIVEKIT_FROM_NUMBER',
    label: 'Caller number',
    isSecret: false,
    isRequired: false,
    where: "One of the trunk's numbers, such as +14155550100; left empty, LiveKit takes the trunk's own.",
  },
  {
    name: 'LIVEKIT_TRUNK_RECORDS',
    label: 'The trunk records',
    isSecret: false,
    isRequired: false,
    where:
      "The word yes, when the trunk's phone service records every call by itself (Telnyx: Outbound voice profile, Call recording; Twilio: Elastic SIP trunk, Call recording): Tapedeck then starts no second recording.",
  },
];

export interface LiveKitDeps {
  setting: (name: string) => string | undefined;
  fetch: GuardedFetch;
  /** Epoch milliseconds; the computer's clock unless a test says otherwise. */
  now?: () => number;
}

/**
 * The LiveKit provider.
 * @param deps `setting` is read each time anew, so that a changed secret holds at once
 */
export function createLiveKit({ setting, fetch, now = Date.now }: LiveKitDeps): Provider {
  const isSet = (name: string): boolean =>
    name === 'LIVEKIT_URL' ? apiUrlOf(setting) !== null : (setting(name) ?? '') !== '';
  const missing = (): string[] =>
    settings.filter(({ name, isRequired }) => isRequired && !isSet(name)).map(({ name }) => name);

  return {
    providerId,
    name: 'LiveKit',
    // LiveKit sends its own media type; some gateways in between turn it into the common one.
    routes: [
      { path: webhookPath, contentTypes: ['application/webhook+json', 'application/json'], maxBodyBytes },
    ],
    keptHeaders: ['authorization'],
    get hosts() {
      const url = apiUrlOf(setting);
      return url === null ? [] : [url.hostname];
    },
    get overrides() {
      // The user's own server may be in the clinic; LiveKit's cloud is never at a private address.
      const url = apiUrlOf(setting);
      return url === null || url.hostname.endsWith('.livekit.cloud') ? [] : [url.href];
    },
    missing,
    verify({ headers, body }) {
      const [apiKey = '', apiSecret = ''] = [setting('LIVEKIT_API_KEY'), setting('LIVEKIT_API_SECRET')];
      if (apiKey === '' || apiSecret === '') return { ok: false, reason: 'secret_missing' };
      const token = headers['authorization'];
      if (token === undefined || token === '') return { ok: false, reason: 'signature_missing' };
      if (typeof token !== 'string') return { ok: false, reason: 'bad_signature' };
      return judgeWebhook({ apiKey, apiSecret }, token, body, now());
    },
    understand: ({ body, receivedAtMs }) => understandWebhook(body, receivedAtMs),
    media: () => [],
    settings,
    vias: [
      {
        via: 'livekit',
        label: 'LiveKit, through its SIP trunk',
        needsAgent: false,
        missing: () => [...missing(), ...(isSet('LIVEKIT_SIP_TRUNK_ID') ? [] : ['LIVEKIT_SIP_TRUNK_ID'])],
        isRecordedElsewhere: () => /^(?:yes|true|1)$/i.test(setting('LIVEKIT_TRUNK_RECORDS')?.trim() ?? ''),
      },
    ],
    api: createApi({ setting, fetch, now }),
    following: {
      canStartRecording: false,
      // No webhook tells that a call was answered; those that we placed can be asked for until they have ended.
      needsFollowing: ({ providerId: from, kind, keys }) =>
        from === providerId && kind === 'call.started' && keys.some((key) => key.providerId === 'tapedeck'),
      findsRecordings: false,
    },
  };
}
