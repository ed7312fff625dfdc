// ElevenLabs-Signature: `t=<unix seconds>,v0=<hex HMAC-SHA256 of "<t>.<raw body>">`, with a v0 for each secret while
// one is being replaced. The SDK's own check accepts any future time and compares byte by byte; this one does not.
// Source: https://elevenlabs.io/docs/agents-platform/workflows/post-call-webhooks#authentication
import { createHmac, type Hmac, timingSafeEqual } from 'node:crypto';
import type { RawRequest, StreamVerifier, Verdict } from '../provider.ts';

/** How far the signed time may be from ours, either way. */
const maxSkewMs = 300_000;
const maxSignatures = 8;

/**
 * Begins to check a request by its headers.
 * @returns a verdict where the headers decide already, else what the body's bytes are fed to
 */
export function beginVerifying(
  headers: RawRequest['headers'],
  secret: string,
  nowMs: number,
): StreamVerifier | Verdict {
  if (secret === '') return { ok: false, reason: 'secret_missing' };
  const header = headers['elevenlabs-signature'];
  if (header === undefined || header === '') return { ok: false, reason: 'signature_missing' };
  const signed = typeof header === 'string' ? parse(header) : null;
  if (signed === null) return { ok: false, reason: 'bad_signature' };
  const hmac: Hmac = createHmac('sha256', secret).update(`${signed.atText}.`, 'utf8');
  return {
    update: (chunk) => void hmac.update(chunk),
    verdict() {
      const expected = hmac.digest();
      // All are compared, so that time tells nothing of which one was right.
      const matches = signed.signatures.filter((given) => timingSafeEqual(given, expected));
      if (matches.length === 0) return { ok: false, reason: 'bad_signature' };
      // Said of right signatures only: a stranger must not make our clock look wrong.
      const isInTime = Math.abs(nowMs - signed.atSeconds * 1000) <= maxSkewMs;
      return isInTime ? { ok: true } : { ok: false, reason: 'clock_skew' };
    },
  };
}

interface Signed {
  /** As it was signed, letter by letter. */
  atText: string;
  atSeconds: number;
  /** 32 bytes each. */
  signatures: Buffer[];
}

/** @returns null for a header that is not exactly one time and some signatures (two headers joined into one are not) */
function parse(header: string): Signed | null {
  const fields = header.split(',').map((field) => field.trim());
  const times = fields.filter((field) => field.startsWith('t=')).map((field) => field.slice(2));
  const signatures = fields.filter((field) => field.startsWith('v0=')).map((field) => field.slice(3));
  const [atText = ''] = times;
  if (times.length !== 1 || !/^\d{1,12}$/.test(atText)) return null;
  if (signatures.length === 0 || signatures.length > maxSignatures) return null;
  if (!signatures.every((signature) => /^[0-9a-f]{64}$/.test(signature))) return null;
  return {
    atText,
    atSeconds: Number(atText),
    signatures: signatures.map((signature) => Buffer.from(signature, 'hex')),
  };
}
