import { readFileSync } from 'node:fs';
import twilio from 'twilio';
import { createProviders } from '../../src/main/providers/index.ts';
import type { Provider } from '../../src/main/providers/provider.ts';
import { providerSuite } from './provider.suite.ts';

const publicUrl = 'https://tapedeck.example.com';
const settings: Record<string, string> = {
  TWILIO_ACCOUNT_SID: 'AC5d41402abc4b2a76b9719d911017c592',
  TWILIO_AUTH_TOKEN: 'a-twilio-token-that-only-tests-use',
};
const fixtures = new URL('../fixtures/twilio/', import.meta.url);

function create(setting: (name: string) => string | undefined): Provider {
  const found = createProviders({ setting }).find(({ providerId }) => providerId === 'twilio');
  if (found === undefined) throw new Error('twilio is not registered');
  return found;
}

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
  recording: {
    recordingId: 'rec_00000000000000000000000000',
    callId: 'call_00000000000000000000000000',
    providerId: 'twilio',
    providerRecordingId: 'RE9dd4e461268c8034f5c8564e155c67a6',
    providerAccountId: 'AC5d41402abc4b2a76b9719d911017c592',
    status: 'available',
    durationMs: 95_000,
    channels: 2,
    sizeBytes: null,
    sha256: null,
    contentType: null,
    fileName: null,
    startedAtMs: null,
    storedAtMs: null,
    reason: null,
    providerCode: null,
    flags: [],
    generation: 0,
  },
});
