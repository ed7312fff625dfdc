// Telnyx's webhooks from the fixtures, signed with a key of the tests.
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { GuardedFetch } from '../../../../src/main/net/net.ts';
import { createTelnyx } from '../../../../src/main/providers/telnyx/index.ts';
import type { Provider, RawRequest, Understanding } from '../../../../src/main/providers/provider.ts';

export const path = '/api/webhooks/telnyx/call-events';
export const callId = 'call_01jz8q4c9xk7m2v5n3t6r8w0ab';
export const nowMs = Date.parse('2026-03-02T03:31:00Z');
const pair = generateKeyPairSync('ed25519');
export const publicKey = pair.publicKey
  .export({ format: 'der', type: 'spki' })
  .subarray(-32)
  .toString('base64');

export const settings: Record<string, string> = {
  TELNYX_API_KEY: 'KEY-that-only-tests-use',
  TELNYX_PUBLIC_KEY: publicKey,
  TELNYX_CONNECTION_ID: '2790000000000000101',
  TELNYX_FROM_NUMBER: '+14155550100',
};

export const noFetch: GuardedFetch = () => Promise.reject(new Error('nothing is asked here'));

export function create(own: Record<string, string> = settings, fetch = noFetch): Provider {
  return createTelnyx({ setting: (name) => own[name], fetch, now: () => nowMs });
}

export function headersOf(body: Uint8Array, atMs = nowMs): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const signed = Buffer.concat([Buffer.from(`${timestamp}|`), body]);
  return {
    'telnyx-timestamp': timestamp,
    'telnyx-signature-ed25519': sign(null, signed, pair.privateKey).toString('base64'),
  };
}

export function requestOf(body: Buffer): RawRequest {
  return { path, pathAndQuery: path, headers: headersOf(body), body };
}

export function bodyOf(name: string): Buffer {
  return readFileSync(new URL(`../../../fixtures/telnyx/${name}.json`, import.meta.url));
}

interface Envelope {
  data: { id?: string; event_type?: string; occurred_at?: string; payload: Record<string, unknown> };
  meta?: unknown;
}

/** A fixture with something changed. */
export function changed(name: string, change: (envelope: Envelope) => void): Buffer {
  const envelope: Envelope = JSON.parse(bodyOf(name).toString());
  change(envelope);
  return Buffer.from(JSON.stringify(envelope));
}

export function understand(body: Buffer): Understanding {
  return create().understand({ path, body, receivedAtMs: nowMs });
}
