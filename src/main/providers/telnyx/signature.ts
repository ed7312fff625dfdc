// Telnyx signs `<timestamp>|<raw body>` with Ed25519. Own code because the SDK's check is asynchronous and reads the
// wall clock; the tests judge it against the SDK.
// Source: https://developers.telnyx.com/development/api-fundamentals/webhooks/receiving-webhooks
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { RawRequest, Verdict } from '../provider.ts';

/** How far the time of a webhook may be from ours, both ways. Source: telnyx 7.24.0, lib/webhooks. */
const toleranceMs = 300_000;

/** What stands before the 32 bytes of an Ed25519 key in SPKI. Source: RFC 8410, 4. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Reads the account's public key.
 * @param text base64 of 32 bytes, as Mission Control shows it
 * @returns null when it is no such key
 */
export function readPublicKey(text: string): KeyObject | null {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text.trim())) return null;
  const bytes = Buffer.from(text.trim(), 'base64');
  try {
    return createPublicKey({ key: Buffer.concat([spkiPrefix, bytes]), format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

/**
 * Judges a webhook by its headers `telnyx-signature-ed25519` (base64 of 64 bytes) and `telnyx-timestamp` (Unix
 * seconds). The address that it came to is not signed.
 * @param nowMs the product's time
 * @returns never throws. A right signature of a wrong time is `clock_skew`: our clock is wrong, or it is a replay
 */
export function judgeSignature(
  key: KeyObject,
  headers: RawRequest['headers'],
  body: Uint8Array,
  nowMs: number,
): Verdict {
  const signature = headers['telnyx-signature-ed25519'];
  const timestamp = headers['telnyx-timestamp'];
  if (isMissing(signature) || isMissing(timestamp)) return { ok: false, reason: 'signature_missing' };
  // A header that came twice is an array or has a comma, and so is neither.
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) return wrong;
  if (typeof signature !== 'string' || !/^[A-Za-z0-9+/]{86}==$/.test(signature)) return wrong;
  const signed = Buffer.concat([Buffer.from(`${timestamp}|`, 'latin1'), body]);
  if (!verify(null, signed, key, Buffer.from(signature, 'base64'))) return wrong;
  // Both in whole seconds, as the SDK compares them.
  const skewMs = Math.abs(Math.floor(nowMs / 1000) - Number(timestamp)) * 1000;
  return skewMs > toleranceMs ? { ok: false, reason: 'clock_skew' } : { ok: true };
}

const wrong: Verdict = { ok: false, reason: 'bad_signature' };

function isMissing(value: string | readonly string[] | undefined): boolean {
  return value === undefined || value.length === 0;
}
