import { readFileSync } from 'node:fs';
import { createProviders } from '../../src/main/providers/index.ts';
import type { RecordingRow } from '../../src/main/domain/recording.ts';
import { newId } from '../../src/main/ids.ts';
import type { GuardedFetch } from '../../src/main/net/net.ts';
import type { Provider, RawRequest } from '../../src/main/providers/provider.ts';
import {
  apiKey,
  audioWebhook,
  conversationId,
  postCallPath,
  signature,
  webhookSecret,
} from '../elevenlabs.ts';
import { makeMp3 } from '../standins/mp3.ts';
import { providerApiSuite } from './provider-api.suite.ts';
import { providerSuite } from './provider.suite.ts';
import { aRecording } from '../standins/samples.ts';

const settings: Record<string, string> = {
  ELEVENLABS_API_KEY: apiKey,
  ELEVENLABS_WEBHOOK_SECRET: webhookSecret,
  ELEVENLABS_AGENT_ID: 'agent_clinic01',
  ELEVENLABS_PHONE_NUMBER_ID: 'phnum_01',
};
const fixtures = new URL('../fixtures/elevenlabs/', import.meta.url);
const sentAtMs = Date.UTC(2026, 2, 3, 10);

const nobody: GuardedFetch = () => Promise.reject(new Error('this suite asks nobody'));

function create(setting: (name: string) => string | undefined, fetch = nobody): Provider {
  const all = createProviders({ setting, fetch, now: () => sentAtMs + 60_000 });
  const found = all.find(({ providerId }) => providerId === 'elevenlabs');
  if (found === undefined) throw new Error('elevenlabs is not registered');
  return found;
}

function requestOf(body: Buffer): RawRequest {
  const headers = { 'elevenlabs-signature': signature(body, sentAtMs) };
  return { path: postCallPath, pathAndQuery: postCallPath, headers, body };
}

const recording: RecordingRow = aRecording('elevenlabs', conversationId);

const transcription = (): Buffer => readFileSync(new URL('post-call-transcription.json', fixtures));

providerSuite({
  name: 'elevenlabs',
  create: () => create((name) => settings[name]),
  createBare: () => create(() => undefined),
  publicUrl: 'https://tapedeck.example.com',
  requests: () => [
    requestOf(transcription()),
    requestOf(readFileSync(new URL('initiation-failure.sip.json', fixtures))),
    requestOf(readFileSync(new URL('initiation-failure.twilio.json', fixtures))),
    requestOf(audioWebhook(makeMp3())),
    requestOf(Buffer.from(`{"type":"a_new_kind","data":{"conversation_id":"${conversationId}"}}`)),
  ],
  recording,
  carrying: (ownId) =>
    requestOf(
      Buffer.from(
        transcription().toString().replaceAll('"call_01k0abcdefghjkmnpqrstvwxyz"', JSON.stringify(ownId)),
      ),
    ),
});

providerApiSuite({
  name: 'elevenlabs',
  createAt: (baseUrl, fetch) =>
    create((name) => (name === 'ELEVENLABS_BASE_URL' ? baseUrl : settings[name]), fetch),
  order: {
    callId: newId('call', sentAtMs),
    via: 'elevenlabs-twilio',
    to: '+442079460155',
    from: null,
    agentId: null,
    reference: null,
    record: true,
    attemptKey: 'try-1',
    publicUrl: null,
  },
  keys: [{ providerId: 'elevenlabs', kind: 'conversation_id', value: conversationId }],
  recording,
});
