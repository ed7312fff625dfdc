// Tokens, judged by LiveKit's own SDK in both directions.
import { createHmac, hash } from 'node:crypto';
import fc from 'fast-check';
import { AccessToken, TokenVerifier } from 'livekit-server-sdk';
import { describe, expect, it } from 'vitest';
import { judgeWebhook, signToken } from '../../../../src/main/providers/livekit/jwt.ts';
import { keys, signedBySdk } from './livekit-fixtures.ts';

const isSignedWebhook = (...given: Parameters<typeof judgeWebhook>): boolean => judgeWebhook(...given).ok;
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const nowMs = Date.now();
const nowSeconds = Math.floor(nowMs / 1000);
const body = Buffer.from('{"event":"room_started"}');
const good = {
  iss: keys.apiKey,
  exp: nowSeconds + 300,
  nbf: nowSeconds,
  sha256: hash('sha256', body, 'base64'),
};

/** Signed rightly, whatever it says. */
function tokenOf(claims: unknown, header: unknown = { alg: 'HS256' }, secret = keys.apiSecret): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

describe('our tokens', () => {
  it('are accepted by the SDK with exactly what they grant', async () => {
    const verifier = new TokenVerifier(keys.apiKey, keys.apiSecret);
    expect(await verifier.verify(signToken(keys, { sip: { call: true } }, nowMs))).toEqual({
      sip: { call: true },
      iss: keys.apiKey,
      nbf: nowSeconds - 60,
      exp: nowSeconds + 600,
    });
    const room = signToken(keys, { video: { roomAdmin: true, room: 'one' } }, nowMs);
    expect(await verifier.verify(room)).toMatchObject({ video: { roomAdmin: true, room: 'one' } });
  });

  it('are refused by the SDK under another secret, another key and when they are old', async () => {
    const token = signToken(keys, {}, nowMs);
    await expect(new TokenVerifier(keys.apiKey, 'another secret').verify(token)).rejects.toThrow();
    await expect(new TokenVerifier('APIother', keys.apiSecret).verify(token)).rejects.toThrow();
    const old = signToken(keys, {}, nowMs - 3_600_000);
    await expect(new TokenVerifier(keys.apiKey, keys.apiSecret).verify(old)).rejects.toThrow();
  });
});

describe('the token of a webhook', () => {
  it('made by the SDK is accepted for exactly its body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const any = Buffer.from(text);
        const token = await signedBySdk(any);
        expect(isSignedWebhook(keys, token, any, nowMs)).toBe(true);
        expect(isSignedWebhook(keys, token, Buffer.concat([any, Buffer.from(' ')]), nowMs)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('is accepted when it is right', () => {
    expect(isSignedWebhook(keys, tokenOf(good), body, nowMs)).toBe(true);
    const { nbf: _, ...withoutBeginning } = good;
    expect(isSignedWebhook(keys, tokenOf(withoutBeginning), body, nowMs)).toBe(true);
  });

  it.each<[string, string]>([
    ['behind the word Bearer', `Bearer ${tokenOf(good)}`],
    ['under another secret', tokenOf(good, undefined, 'another secret')],
    ['without a signature', tokenOf(good).replace(/[^.]+$/, '')],
    ['with alg none', `${part({ alg: 'none' })}.${part(good)}.`],
    ['with alg none and a signature', tokenOf(good, { alg: 'none' })],
    ['for another algorithm', tokenOf(good, { alg: 'HS512' })],
    ['with a header that is no object', tokenOf(good, 'HS256')],
    ['of another issuer', tokenOf({ ...good, iss: 'APIother' })],
    ['without an issuer', tokenOf({ ...good, iss: undefined })],
    ['without an end', tokenOf({ ...good, exp: undefined })],
    ['with an end that is text', tokenOf({ ...good, exp: '9999999999' })],
    ['with a beginning that is text', tokenOf({ ...good, nbf: '0' })],
    ['without a hash', tokenOf({ ...good, sha256: undefined })],
    ['with the hash of another body', tokenOf({ ...good, sha256: hash('sha256', 'x', 'base64') })],
    ['with the hash in hex', tokenOf({ ...good, sha256: hash('sha256', body, 'hex') })],
    ['with claims that are no object', tokenOf([good])],
    ['with a fourth part', `${tokenOf(good)}.x`],
    ['with two parts', tokenOf(good).split('.').slice(1).join('.')],
    ['that is empty', ''],
    ['that is endless', `${tokenOf(good)}${'x'.repeat(10_000)}`],
  ])('is refused %s', (_name, token) => {
    expect(isSignedWebhook(keys, token, body, nowMs)).toBe(false);
  });

  it('is held to its times with a minute for clocks that differ', () => {
    const token = tokenOf(good);
    const at = (seconds: number): boolean =>
      isSignedWebhook(keys, token, body, (nowSeconds + seconds) * 1000);
    expect([at(-61), at(-60), at(359), at(360)]).toEqual([false, true, true, false]);
    const late = judgeWebhook(keys, token, body, (nowSeconds + 900) * 1000);
    expect(late).toEqual({ ok: false, reason: 'clock_skew' });
    const forged = judgeWebhook(keys, token, Buffer.from('x'), (nowSeconds + 900) * 1000);
    expect(forged).toEqual({ ok: false, reason: 'bad_signature' });
  });

  it('is accepted only where the SDK accepts it, whatever is done to it', async () => {
    const verifier = new TokenVerifier(keys.apiKey, keys.apiSecret);
    const sdk = await new AccessToken(keys.apiKey, keys.apiSecret, { ttl: 300 }).toJwt();
    const real = tokenOf(good);
    const spoilt = fc
      .tuple(fc.constantFrom(real, sdk), fc.nat({ max: 400 }), fc.string({ maxLength: 3 }))
      .map(([token, at, text]) => token.slice(0, at) + text + token.slice(at + text.length));
    await fc.assert(
      fc.asyncProperty(spoilt, async (token) => {
        const claims = await verifier.verify(token).catch(() => null);
        // Stricter than the SDK, which reads past blanks in base64.
        if (isSignedWebhook(keys, token, body, nowMs)) expect(claims?.sha256).toBe(good.sha256);
        if (token === real) expect(isSignedWebhook(keys, token, body, nowMs)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
