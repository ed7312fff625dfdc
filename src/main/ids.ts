// Our own ids: a prefix that says whose, then 26 characters of Crockford base32. Made for every callback before its
// answer, so in plain numbers and from a pool of random bytes.
import { hash, randomFillSync } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const randomBytesPerId = 10;
const pool = Buffer.alloc(randomBytesPerId * 400);
let poolUsed = pool.length;

/** The first `length` groups of five bits, as characters. */
function base32(bytes: Uint8Array, start: number, length: number): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (let at = start; text.length < length; at++) {
    held = ((held << 8) | (bytes[at] ?? 0)) & 0xfff;
    for (bits += 8; bits >= 5 && text.length < length; bits -= 5) {
      text += alphabet.charAt((held >> (bits - 5)) & 31);
    }
  }
  return text;
}

let lastMs = -1;
let lastTime = '';

/** 48 bits of milliseconds, ten characters. The same for all ids of one millisecond, so made once. */
function timeText(nowMs: number): string {
  const wholeMs = Math.max(0, Math.floor(nowMs));
  if (wholeMs === lastMs) return lastTime;
  let text = '';
  for (let rest = wholeMs; text.length < 10; rest = Math.floor(rest / 32))
    text = alphabet.charAt(rest % 32) + text;
  lastMs = wholeMs;
  lastTime = text;
  return text;
}

/**
 * A new id that sorts by time (ULID layout: 48 bits of milliseconds, 80 random bits).
 * @param prefix e.g. `call`, giving `call_01...` (31 characters: fits Telnyx's limit of 40 for names)
 */
export function newId(prefix: string, nowMs: number): string {
  if (poolUsed === pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  const random = base32(pool, poolUsed, 16);
  poolUsed += randomBytesPerId;
  return `${prefix}_${timeText(nowMs)}${random}`;
}

/**
 * Our id of a provider's recording. Made from the provider's own id, so that the same recording has the same id
 * whichever way and in whichever order Tapedeck hears of it, and its file name gives nothing away.
 */
export function recordingIdOf(providerId: string, providerRecordingId: string): string {
  const digest = hash('sha256', `${providerId}\n${providerRecordingId}`, 'buffer');
  return `rec_${base32(digest, 0, 26)}`;
}

export const callIdPattern = /^call_[0-9a-hjkmnp-tv-z]{26}$/;
export const recordingIdPattern = /^rec_[0-9a-hjkmnp-tv-z]{26}$/;
