// Fixture webhooks, signed as LiveKit signs them: by its own SDK.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AccessToken } from 'livekit-server-sdk';
import type { RawRequest } from '../../../../src/main/providers/provider.ts';

export const callId = 'call_01jz8q4c9xk7m2v5n3t6r8w0ab';
export const keys = { apiKey: 'APIsandbox00001', apiSecret: 'a-livekit-secret-that-only-tests-use' };
export const settings: Readonly<Record<string, string>> = {
  LIVEKIT_URL: 'wss://clinic.livekit.cloud',
  LIVEKIT_API_KEY: keys.apiKey,
  LIVEKIT_API_SECRET: keys.apiSecret,
  LIVEKIT_SIP_TRUNK_ID: 'ST_9fKq2mVn4xYz',
  LIVEKIT_FROM_NUMBER: '+14155550100',
};

export const fixtureNames = [
  'room_started',
  'participant_joined.agent',
  'participant_joined.dialing',
  'track_published',
  'participant_left',
  'participant_left.busy',
  'room_finished',
  'egress_ended',
  'participant_joined.inbound-twilio',
] as const;
export type FixtureName = (typeof fixtureNames)[number];

const folder = new URL('../../../fixtures/livekit/', import.meta.url);

export function bodyOf(name: FixtureName): Buffer {
  return readFileSync(new URL(`webhook.${name}.json`, folder));
}

/** The same as a value that a test may change. */
export function valueOf(name: FixtureName) {
  return JSON.parse(bodyOf(name).toString());
}

/** @param ttlSeconds from now */
export async function signedBySdk(body: Buffer, ttlSeconds = 300): Promise<string> {
  const token = new AccessToken(keys.apiKey, keys.apiSecret, { ttl: ttlSeconds });
  token.sha256 = hash('sha256', body, 'base64');
  return token.toJwt();
}

export async function requestOf(body: Buffer): Promise<RawRequest> {
  const path = '/webhooks/livekit';
  return { path, pathAndQuery: path, headers: { authorization: await signedBySdk(body) }, body };
}

/** A way out that leads nowhere, for tests that ask nothing. */
export async function noFetch(): Promise<never> {
  throw new Error('this test asks nothing of LiveKit');
}
