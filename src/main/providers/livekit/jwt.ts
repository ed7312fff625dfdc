// LiveKit's tokens: HS256 JWTs, issued by the API key, signed with the API secret. Own code because the SDK is only
// the tests' judge. Source: https://docs.livekit.io/frontends/authentication/tokens/ and RFC 7515, RFC 7519
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Verdict } from '../provider.ts';
import { type Json, parseObject, textOf } from './json.ts';

export interface LiveKitKeys {
  apiKey: string;
  apiSecret: string;
}

/** What a token lets its bearer do. Source: https://docs.livekit.io/frontends/authentication/tokens/#video-grant */
export interface Grants {
  sip?: { call?: true };
  video?: { roomAdmin?: true; roomList?: true; room?: string };
}

const lifeSeconds = 10 * 60;
/** How far the two clocks may be apart. */
const skewSeconds = 60;
/** Real ones have about 300 characters. */
const maxTokenLength = 4_096;

/** A token for one request: good for 10 minutes. */
export function signToken({ apiKey, apiSecret }: LiveKitKeys, grants: Grants, nowMs: number): string {
  const nowSeconds = Math.floor(nowMs / 1000);
  const claims = { ...grants, iss: apiKey, nbf: nowSeconds - skewSeconds, exp: nowSeconds + lifeSeconds };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${signatureOf(apiSecret, signed)}`;
}

/**
 * Whether a webhook's Authorization header is LiveKit's word about exactly this body: the raw token, no `Bearer`, whose
 * `sha256` claim is the base64 SHA-256 of the body.
 * Source: https://docs.livekit.io/intro/basics/rooms-participants-tracks/webhooks-events/ and livekit-server-sdk 2.19.2,
 * src/WebhookReceiver.ts
 * @returns `clock_skew` when all is right but the time; never throws
 */
export function judgeWebhook(keys: LiveKitKeys, token: string, body: Uint8Array, nowMs: number): Verdict {
  const claims = token.length > maxTokenLength ? null : signedClaims(keys, token);
  if (claims === null || !isSameText(textOf(claims, 'sha256'), hash('sha256', body, 'base64')))
    return { ok: false, reason: 'bad_signature' };
  return isInTime(claims, nowMs / 1000) ? { ok: true } : { ok: false, reason: 'clock_skew' };
}

/** The claims of a token that this key has signed and that ends some day. */
function signedClaims({ apiKey, apiSecret }: LiveKitKeys, token: string): Json | null {
  const [header = '', payload = '', signature = '', ...rest] = token.split('.');
  if (rest.length > 0 || !isSameText(signature, signatureOf(apiSecret, `${header}.${payload}`))) return null;
  // Read only now: before this line it is anybody's text. A token for another algorithm was not meant for this key.
  if (textOf(decode(header) ?? {}, 'alg') !== 'HS256') return null;
  const claims = decode(payload);
  // Without an end a captured token would be good for ever.
  return claims?.['iss'] === apiKey && typeof claims['exp'] === 'number' ? claims : null;
}

function isInTime({ exp, nbf = 0 }: Json, nowSeconds: number): boolean {
  if (typeof exp !== 'number' || typeof nbf !== 'number') return false;
  return nbf - skewSeconds <= nowSeconds && nowSeconds < exp + skewSeconds;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Json | null {
  return parseObject(Buffer.from(part, 'base64url'));
}

function signatureOf(apiSecret: string, signed: string): string {
  return createHmac('sha256', apiSecret).update(signed).digest('base64url');
}

function isSameText(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
