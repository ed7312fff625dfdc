// Our own ids: a prefix that says whose, then 26 characters of Crockford base32.
import { createHash, randomBytes } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

function base32(value: bigint, length: number): string {
  let text = '';
  for (let rest = value, i = 0; i < length; i++, rest >>= 5n) text = alphabet[Number(rest & 31n)] + text;
  return text;
}

/**
 * A new id that sorts by time (ULID layout: 48 bits of milliseconds, 80 random bits).
 * @param prefix e.g. `call`, giving `call_01...` (31 characters: fits Telnyx's limit of 40 for names)
 */
export function newId(prefix: string, nowMs: number): string {
  const random = BigInt(`0x${randomBytes(10).toString('hex')}`);
  return `${prefix}_${base32((BigInt(Math.max(0, Math.floor(nowMs))) << 80n) | random, 26)}`;
}

/**
 * Our id of a provider's recording. Made from the provider's own id, so that the same recording has the same id
 * whichever way and in whichever order Tapedeck hears of it, and its file name gives nothing away.
 */
export function recordingIdOf(providerId: string, providerRecordingId: string): string {
  const digest = createHash('sha256').update(`${providerId}\n${providerRecordingId}`).digest('hex');
  return `rec_${base32(BigInt(`0x${digest}`) >> 126n, 26)}`;
}

export const callIdPattern = /^call_[0-9a-hjkmnp-tv-z]{26}$/;
export const recordingIdPattern = /^rec_[0-9a-hjkmnp-tv-z]{26}$/;
