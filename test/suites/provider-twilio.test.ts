import { readFileSync } from 'node:fs';
import twilio from 'twilio';
import type { RecordingRow } from '../../src/main/domain/recording.ts';
import type { GuardedFetch } from '../../src/main/net/net.ts';
import type { Provider } from '../../src/main/providers/provider.ts';
import { createTwilio } from '../../src/main/providers/twilio/index.ts';
import { providerApiSuite } from './provider-api.suite.ts';
import { providerSuite } from './provider.suite.ts';
import { aRecording } from '../standins/samples.ts';

const publicUrl = 'https://tapedeck.example.com';
const settings: Record<string, string> = {
  TWILIO_ACCOUNT_SID: 'AC5d41402abc4b2a76b9719d911017c592',
  TWILIO_AUTH_TOKEN: 'a-twilio-token-that-only-tests-use',
};
const fixtures = new URL('../fixtures/twilio/', import.meta.url);

const nowhere: GuardedFetch = async () => {
  throw new Error('nothing is asked here');
};

function create(setting: (name: string) => string | undefined, fetch = nowhere): Provider {
  return createTwilio({ setting, fetch });
}

const recording: RecordingRow = aRecording('twilio', 'RE9dd4e461268c8034f5c8564e155c67a6', {
  providerAccountId: 'AC5d41402abc4b2a76b9719d911017c592',
  durationMs: 95_000,
  channels: 2,
});

providerSuite({
  name: 'twilio',
  create: () => create((name) => settings[name]),
  createBare: () => create(() => undefined),
  publicUrl,
  requests: () =>
    [
      ...['in-progress', 'completed', 'absent'].map((status) => `recording-status.${status}`),
      ...['initiated', 'ringing', 'answered', 'completed', 'busy'].map((status) => `call-status.${status}`),
    ].map((name) => {
      const path = name.startsWith('recording')
        ? '/webhooks/twilio-recording'
        : '/webhooks/twilio-call-status';
      const body = readFileSync(new URL(`${name}.form.txt`, fixtures));
      const signature = twilio.getExpectedTwilioSignature(
        settings['TWILIO_AUTH_TOKEN'] ?? '',
        publicUrl + path,
        Object.fromEntries(new URLSearchParams(body.toString())),
      );
      return { path, pathAndQuery: path, headers: { 'x-twilio-signature': signature }, body };
    }),
  recording,
});

providerApiSuite({
  name: 'twilio',
  createAt: (baseUrl, fetch) =>
    create((name) => (name === 'TWILIO_API_BASE_URL' ? baseUrl : settings[name]), fetch),
  // Calls are placed on Twilio by ElevenLabs and by trunks.
  order: null,
  keys: [{ providerId: 'twilio', kind: 'call_sid', value: 'CA4140f4ee9836c07ff474b7d2d9b7f75a' }],
  recording,
});
