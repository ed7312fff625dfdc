import { createProviders } from '../../src/main/providers/index.ts';
import type { GuardedFetch } from '../../src/main/net/net.ts';
import type { Provider } from '../../src/main/providers/provider.ts';
import {
  bodyOf,
  callId,
  changed,
  noFetch,
  nowMs,
  requestOf,
  settings,
} from '../unit/providers/telnyx/telnyx-fixtures.ts';
import { providerApiSuite } from './provider-api.suite.ts';
import { providerSuite } from './provider.suite.ts';
import { aRecording, anOrder } from '../standins/samples.ts';

function create(setting: (name: string) => string | undefined, fetch: GuardedFetch = noFetch): Provider {
  const all = createProviders({ setting, fetch, now: () => nowMs });
  const found = all.find(({ providerId }) => providerId === 'telnyx');
  if (found === undefined) throw new Error('telnyx is not registered');
  return found;
}

const names = [
  'call.initiated.incoming',
  'call.initiated.outgoing',
  'call.answered',
  'call.hangup',
  'call.hangup.no-answer',
  'call.recording.saved',
  'call.recording.saved.bare',
  'call.recording.error',
];
const recording = aRecording('telnyx', '7f3b7d02-51c4-4d6e-9a53-2f4f3c1a9e01', {
  callId,
  durationMs: 29_640,
  channels: 2,
});

providerSuite({
  name: 'telnyx',
  create: () => create((name) => settings[name]),
  createBare: () => create(() => undefined),
  publicUrl: 'https://tapedeck.example.com',
  requests: () => names.map((name) => requestOf(bodyOf(name))),
  recording,
  carrying: (ownId) =>
    requestOf(
      changed('call.initiated.outgoing', ({ data }) => {
        data.payload['client_state'] = Buffer.from(ownId).toString('base64');
      }),
    ),
});

providerApiSuite({
  name: 'telnyx',
  createAt: (baseUrl, fetch) =>
    create((name) => (name === 'TELNYX_BASE_URL' ? `${baseUrl}/v2` : settings[name]), fetch),
  order: anOrder('telnyx', callId),
  keys: [
    { providerId: 'telnyx', kind: 'call_control_id', value: 'v3:Qm9hcmRpbmctaG91c2Vfc2FtcGxlLWNvbnRyb2w' },
    { providerId: 'telnyx', kind: 'call_session_id', value: '5c0f6e3a-d2aa-11f0-8f0c-02420a0e0b11' },
  ],
  recording,
});
