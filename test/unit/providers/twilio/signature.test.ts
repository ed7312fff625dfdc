import fc from 'fast-check';
import twilio from 'twilio';
import { describe, expect, test } from 'vitest';
import { parseForm } from '../../../../src/main/providers/twilio/form.ts';
import { isSignedBy } from '../../../../src/main/providers/twilio/signature.ts';

const token = '0123456789abcdef0123456789abcdef';
const publicUrl = 'https://tapedeck.example.com';
const path = '/webhooks/twilio-recording';
type Params = Record<string, string | string[]>;

function bodyOf(params: Params): Buffer {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value]) form.append(name, one);
  }
  return Buffer.from(form.toString());
}

function ours(signature: string, urls: readonly string[], target: string, body: Buffer): boolean {
  return isSignedBy(token, signature, urls, target, parseForm(body), body);
}

function signed(url: string, params: Params): string {
  return twilio.getExpectedTwilioSignature(token, url, params);
}

// Names that an object would treat in its own way (__proto__, or numbers, which it sorts) cannot be judged by the SDK.
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => text.isWellFormed() && text !== '__proto__');
const value = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => text.isWellFormed());
const params = fc.dictionary(name, fc.oneof(value, fc.array(value, { minLength: 2, maxLength: 4 })), {
  maxKeys: 12,
  noNullPrototype: true,
});
const base = fc.constantFrom(
  'https://tapedeck.example.com',
  'https://tapedeck.example.com:443',
  'https://tapedeck.example.com:8443',
  'http://127.0.0.1:5001',
  'http://localhost',
  'http://[::1]:5001',
  'https://xn--bcher-kva.example/prefix',
);
const query = fc.constantFrom(
  '',
  '?',
  '?a=b',
  "?who=O'Neil&x=%20y",
  '?a=1&a=2&b=+',
  '?é=ü',
  '?x=[1]&y={"z":1}',
);

describe('judged by the SDK', () => {
  test('accepts every signature that the SDK makes, whatever the parameters', () => {
    fc.assert(
      fc.property(base, query, params, (origin, search, sent) => {
        const signature = signed(origin + path + search, sent);
        expect(ours(signature, [origin], path + search, bodyOf(sent))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('agrees with validateRequest on signatures over other spellings of the URL', () => {
    const spelling = fc.constantFrom<(url: string) => string>(
      (url) => url.replace(/:\d+(?=\/)/, ''),
      (url) => url.replace(/^(https:\/\/[^/:]+)(?=\/)/, '$1:443'),
      (url) => url.replace(/^(http:\/\/[^/:]+)(?=\/)/, '$1:80'),
      (url) => url.replace(/^(https:\/\/[^/:]+)(:\d+)?(?=\/)/, '$1:444'),
      (url) => new URL(url).toString(),
      (url) => url.replace('https', 'http'),
      (url) => url.replace(/$/, '#rc=5'),
      (url) => `${url}/`,
      (url) => url.replaceAll("'", '%27'),
      (url) => url.toUpperCase(),
    );
    fc.assert(
      fc.property(base, query, params, spelling, (origin, search, sent, spell) => {
        const signature = signed(spell(origin + path + search), sent);
        const expected = twilio.validateRequest(token, signature, origin + path + search, sent);
        expect(ours(signature, [origin], path + search, bodyOf(sent))).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  test('accepts a URL that was handed out before the current one', () => {
    const sent = { CallSid: 'CA1' };
    const signature = signed(`https://old.example.com${path}`, sent);
    expect(ours(signature, [publicUrl, 'https://old.example.com'], path, bodyOf(sent))).toBe(true);
    expect(ours(signature, [publicUrl], path, bodyOf(sent))).toBe(false);
  });

  test('cuts the fragment, which Twilio does not sign, and keeps the query, which it does', () => {
    const sent = { CallSid: 'CA1' };
    const signature = signed(`${publicUrl}${path}?clinic=7`, sent);
    expect(ours(signature, [publicUrl], `${path}?clinic=7#rc=5&rp=all`, bodyOf(sent))).toBe(true);
    expect(ours(signature, [publicUrl], path, bodyOf(sent))).toBe(false);
    expect(ours(signature, [publicUrl], `${path}?clinic=8`, bodyOf(sent))).toBe(false);
  });

  test('agrees with validateRequestWithBody where the URL carries the hash of the body', () => {
    const anyBody = fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(anyBody, fc.boolean(), (text, spoil) => {
        const target = `${path}?bodySHA256=${twilio.getExpectedBodyHash(text)}`;
        const signature = signed(publicUrl + target, {});
        const body = spoil ? `${text} ` : text;
        const expected = twilio.validateRequestWithBody(token, signature, publicUrl + target, body);
        expect(expected).toBe(!spoil);
        expect(ours(signature, [publicUrl], target, Buffer.from(body))).toBe(expected);
      }),
    );
    const signature = signed(`${publicUrl}${path}?bodySHA256=`, {});
    expect(ours(signature, [publicUrl], `${path}?bodySHA256=`, Buffer.from('{}'))).toBe(false);
  });
});

describe('refuses', () => {
  const sent: Params = {
    CallSid: 'CA7d793037a0760186574b0282f2f435e7',
    RecordingSid: 'RE9dd4e461268c8034f5c8564e155c67a6',
    RecordingStatus: 'completed',
    Note: 'Zoë +1 😀',
    Tag: ['b', 'a'],
  };
  const body = bodyOf(sent);
  const target = `${path}?clinic=7`;
  const signature = signed(publicUrl + target, sent);

  test('a valid request is accepted, so that the refusals below mean something', () => {
    expect(ours(signature, [publicUrl], target, body)).toBe(true);
  });

  test('every request with one byte of the body changed', () => {
    for (let at = 0; at < body.length; at++) {
      for (const flip of [1, 0x20, 0x80]) {
        const changed = Buffer.from(body);
        changed[at] = (changed[at] ?? 0) ^ flip;
        // A+ and A%20, %2b and %2B are the same parameters: then the signature is right, and rightly so.
        const same =
          new URLSearchParams(changed.toString()).toString() ===
          new URLSearchParams(body.toString()).toString();
        expect(ours(signature, [publicUrl], target, changed), `byte ${at} ^ ${flip}`).toBe(same);
      }
    }
  });

  test('every request with one character of the signature changed, cut or added', () => {
    for (let at = 0; at < signature.length; at++) {
      for (const other of ['A', 'b', '+', '=', 'é', '\0']) {
        if (signature[at] === other) continue;
        const changed = signature.slice(0, at) + other + signature.slice(at + 1);
        expect(ours(changed, [publicUrl], target, body)).toBe(false);
      }
      expect(ours(signature.slice(0, at), [publicUrl], target, body)).toBe(false);
    }
    for (const changed of ['', `${signature}=`, ` ${signature}`, `${signature}, ${signature}`]) {
      expect(ours(changed, [publicUrl], target, body)).toBe(false);
    }
  });

  test('every request with one character of the URL changed', () => {
    const url = publicUrl + target;
    for (let at = 0; at < url.length; at++) {
      const changed = `${url.slice(0, at)}${url[at] === 'x' ? 'y' : 'x'}${url.slice(at + 1)}`;
      const split = publicUrl.length;
      expect(ours(signature, [changed.slice(0, split)], changed.slice(split), body), changed).toBe(false);
    }
  });

  test('a signature made with another token, over no URL at all, or by nobody', () => {
    const foreign = twilio.getExpectedTwilioSignature('another', publicUrl + target, sent);
    expect(ours(foreign, [publicUrl], target, body)).toBe(false);
    expect(ours(signature, [], target, body)).toBe(false);
    expect(isSignedBy('', signature, [publicUrl], target, parseForm(body), body)).toBe(false);
  });

  test('anything at all without throwing', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.string({ unit: 'binary' }),
        fc.uint8Array(),
        (given, url, where, bytes) => {
          expect(ours(given, [url], where, Buffer.from(bytes))).toBe(false);
          expect(ours(signature, [url], where, Buffer.from(bytes))).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });
});
