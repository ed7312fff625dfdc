// LiveKit's tokens as its server makes and checks them. The product has its own code for this; neither knows the other.
// https://docs.livekit.io/frontends/authentication/tokens/
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface Keys {
  apiKey: string;
  apiSecret: string;
}

type Claims = Record<string, unknown>;

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signature = (secret: string, signed: string): Buffer =>
  createHmac('sha256', secret).update(signed).digest();

function sign({ apiKey, apiSecret }: Keys, claims: Claims, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  const signed = `${part({ alg: 'HS256' })}.${part({ ...claims, iss: apiKey, nbf: seconds, exp: seconds + 300 })}`;
  return `${signed}.${signature(apiSecret, signed).toString('base64url')}`;
}

/** The Authorization header of a webhook: the raw token, good for five minutes. */
export function webhookToken(keys: Keys, body: string, nowMs: number): string {
  return sign(keys, { sha256: createHash('sha256').update(body).digest('base64') }, nowMs);
}

/** @returns the claims of a valid `Bearer` token; null for anything else */
export function claimsOf(keys: Keys, header: string | undefined, nowMs: number): Claims | null {
  const [, head = '', payload = '', signed = ''] =
    /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(header ?? '') ?? [];
  const given = Buffer.from(signed, 'base64url');
  const expected = signature(keys.apiSecret, `${head}.${payload}`);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (!isRecord(claims) || claims['iss'] !== keys.apiKey) return null;
  const seconds = nowMs / 1000;
  const { exp, nbf } = claims;
  // The server allows for a minute between the clocks.
  if (typeof exp !== 'number' || exp + 60 < seconds) return null;
  return typeof nbf === 'number' && nbf - 60 > seconds ? null : claims;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a token grants something, e.g. `sip.call`; of a room only when it names that room. */
export function grants(claims: Claims, kind: 'sip' | 'video', name: string, room?: string): boolean {
  const granted = claims[kind];
  if (!isRecord(granted) || granted[name] !== true) return false;
  return room === undefined || granted['room'] === room;
}
