import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import Telnyx from 'telnyx';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readPublicKey } from '../../../../src/main/providers/telnyx/signature.ts';
import { bodyOf, create, headersOf, nowMs, path, publicKey, settings } from './telnyx-fixtures.ts';

type Headers = Record<string, string | string[]>;
const body = bodyOf('call.hangup');
const judge = new Telnyx({ apiKey: 'unused', publicKey });

const verdictOn = (headers: Headers, raw: Buffer) =>
  create().verify({ path, pathAndQuery: path, headers, body: raw }, []);

async function judgeAccepts(headers: Record<string, string>, raw: Buffer): Promise<boolean> {
  try {
    await judge.webhooks.unwrap(raw.toString(), { headers });
    return true;
  } catch {
    return false;
  }
}

describe('the signature of a webhook', () => {
  beforeEach(() => void vi.useFakeTimers({ now: nowMs, toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  it('is judged as the official SDK judges it, whatever is changed', async () => {
    const right = headersOf(body);
    const text = body.toString();
    const changes = fc.oneof(
      fc.constant({}),
      fc.record({ body: fc.tuple(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 2 })) }),
      fc.record({ signature: fc.tuple(fc.nat(87), fc.constantFrom('A', '/', '=', ' ', '-', 'é', '\n')) }),
      fc.record({
        wholeSignature: fc.oneof(
          fc.base64String(),
          fc
            .uint8Array({ minLength: 63, maxLength: 65 })
            .map((bytes) => Buffer.from(bytes).toString('base64')),
        ),
      }),
      fc.record({ timestamp: fc.oneof(fc.string(), fc.integer().map(String), fc.constant('1e9')) }),
      fc.record({ signedAtMs: fc.integer({ min: nowMs - 400_000, max: nowMs + 400_000 }) }),
    );
    await fc.assert(
      fc.asyncProperty(changes, async (change) => {
        let headers = { ...right };
        let raw = body;
        if ('signedAtMs' in change) headers = headersOf(body, change.signedAtMs);
        if ('timestamp' in change) headers['telnyx-timestamp'] = change.timestamp;
        if ('wholeSignature' in change) headers['telnyx-signature-ed25519'] = change.wholeSignature;
        if ('signature' in change) {
          const letters = (right['telnyx-signature-ed25519'] ?? '').split('');
          letters[change.signature[0]] = change.signature[1];
          headers['telnyx-signature-ed25519'] = letters.join('');
        }
        if ('body' in change) {
          const [at, put] = change.body;
          raw = Buffer.from(text.slice(0, at) + put + text.slice(at + 1));
        }
        // The SDK also parses the body; whether it can is not the question here.
        if ('body' in change && !isJson(raw)) return;
        expect(verdictOn(headers, raw).ok).toBe(await judgeAccepts(headers, raw));
      }),
      { numRuns: 400 },
    );
  });

  it('tells a wrong clock from a wrong signature, both ways', () => {
    for (const offsetMs of [-300_000, 300_000]) {
      expect(verdictOn(headersOf(body, nowMs + offsetMs), body)).toEqual({ ok: true });
    }
    for (const offsetMs of [-301_000, 301_000, -86_400_000]) {
      const headers = headersOf(body, nowMs + offsetMs);
      expect(verdictOn(headers, body)).toEqual({ ok: false, reason: 'clock_skew' });
      expect(verdictOn(headers, Buffer.concat([body, Buffer.from(' ')]))).toEqual({
        ok: false,
        reason: 'bad_signature',
      });
    }
  });

  it('survives no header that came twice', () => {
    const right = headersOf(body);
    for (const name of Object.keys(right)) {
      const value = right[name] ?? '';
      for (const twice of [[value, value], [value], `${value}, ${value}`]) {
        const verdict = verdictOn({ ...right, [name]: twice }, body);
        expect(verdict).toEqual({ ok: false, reason: 'bad_signature' });
      }
      expect(verdictOn({ ...right, [name]: '' }, body)).toEqual({ ok: false, reason: 'signature_missing' });
    }
  });

  it('is made with another key and refused', () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
    const provider = create({ ...settings, TELNYX_PUBLIC_KEY: other.subarray(-32).toString('base64') });
    const request = { path, pathAndQuery: path, headers: headersOf(body), body };
    expect(provider.verify(request, [])).toEqual({ ok: false, reason: 'bad_signature' });
  });
});

function isJson(raw: Buffer): boolean {
  try {
    JSON.parse(raw.toString());
    return true;
  } catch {
    return false;
  }
}

describe('the public key', () => {
  it.each(['', 'secret', `${publicKey}=`, publicKey.slice(0, -1), `${'A'.repeat(42)}==`, '-----BEGIN'])(
    'is missing when it is %j',
    (text) => {
      expect(readPublicKey(text)).toBeNull();
      const provider = create({ ...settings, TELNYX_PUBLIC_KEY: text });
      expect(provider.missing()).toEqual(['TELNYX_PUBLIC_KEY']);
      const request = { path, pathAndQuery: path, headers: headersOf(body), body };
      expect(provider.verify(request, [])).toEqual({ ok: false, reason: 'secret_missing' });
    },
  );

  it('is read with white space around it', () => {
    expect(create({ ...settings, TELNYX_PUBLIC_KEY: ` ${publicKey}\n` }).missing()).toEqual([]);
  });
});
