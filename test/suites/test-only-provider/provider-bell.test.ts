// The proof of the recipe "Adding a provider" in CONTRIBUTING.md: this folder and nothing else.
import { createHmac } from 'node:crypto';
import type { RawRequest } from '../../../src/main/providers/provider.ts';
import { providerApiSuite } from '../provider-api.suite.ts';
import { providerSuite } from '../provider.suite.ts';
import { createBell } from './provider.ts';
import { aRecording, anOrder } from '../../standins/samples.ts';

const key = 'a-bell-key-that-only-tests-use';
const callId = 'call_01jz8q4c9xk7m2v5n3t6r8w0ab';
const call = 'bc_0123456789abcdef';
const settings: Record<string, string> = { BELL_API_KEY: key };
const noFetch = async (): Promise<never> => {
  throw new Error('this test asks nothing of Bell');
};

function requestOf(value: unknown): RawRequest {
  const body = Buffer.from(JSON.stringify(value));
  const signature = createHmac('sha256', key).update(body).digest('hex');
  const path = '/webhooks/bell';
  return { path, pathAndQuery: path, headers: { 'x-bell-signature': signature }, body };
}

const recording = aRecording('bell', 'br_0123456789abcdef', { callId }) satisfies Parameters<
  typeof providerSuite
>[0]['recording'];

providerSuite({
  name: 'bell',
  create: () => createBell({ setting: (name) => settings[name], fetch: noFetch }),
  createBare: () => createBell({ setting: () => undefined, fetch: noFetch }),
  publicUrl: 'https://tapedeck.example.com',
  requests: () => [
    requestOf({ type: 'ringing', call, atMs: 1_772_532_000_000, tag: callId }),
    requestOf({ type: 'ended', call, atMs: 1_772_532_060_000, tag: callId }),
    requestOf({ type: 'recorded', call, atMs: 1_772_532_062_000, recording: 'br_0123456789abcdef' }),
  ],
  recording,
  carrying: (tag) => requestOf({ type: 'ringing', call, atMs: 1_772_532_000_000, tag }),
});

providerApiSuite({
  name: 'bell',
  createAt: (baseUrl, fetch) =>
    createBell({ setting: (name) => (name === 'BELL_BASE_URL' ? baseUrl : settings[name]), fetch }),
  order: anOrder('bell', callId),
  keys: [{ providerId: 'bell', kind: 'call', value: call }],
  recording,
});
