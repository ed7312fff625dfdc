// Our check against the official SDK's: what the SDK accepts and is in time we accept, and nothing that it refuses.
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginVerifying } from '../../../../src/main/providers/elevenlabs/signature.ts';
import { signature } from '../../../elevenlabs.ts';

const secret = 'wsec_a';
const client = new ElevenLabsClient({ apiKey: 'none' });

function judge(header: string | undefined, body: string, nowMs = Date.now(), key = secret): string {
  const headers = header === undefined ? {} : { 'elevenlabs-signature': header };
  const begun = beginVerifying(headers, key, nowMs);
  if (!('update' in begun)) return begun.ok ? 'ok' : begun.reason;
  // Piece by piece, as it streams.
  for (const piece of body.match(/[\s\S]{1,7}/gu) ?? []) begun.update(Buffer.from(piece));
  const verdict = begun.verdict();
  return verdict.ok ? 'ok' : verdict.reason;
}

async function sdkAccepts(header: string, body: string): Promise<boolean> {
  return client.webhooks.constructEvent(body, header, secret).then(
    () => true,
    () => false,
  );
}

describe('a signature', () => {
  test('is right where the SDK says so, for any body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const body = JSON.stringify(value);
        const header = signature(body, Date.now(), secret);
        expect(await sdkAccepts(header, body)).toBe(true);
        expect(judge(header, body)).toBe('ok');
        expect(judge(header, `${body} `)).toBe('bad_signature');
        expect(judge(header, body, Date.now(), 'wsec_b')).toBe('bad_signature');
      }),
      { numRuns: 50 },
    );
  });

  test('is wrong with any character of it changed', () => {
    const header = signature('{}', Date.now(), secret);
    for (let at = 0; at < header.length; at++) {
      const other = header[at] === '0' ? '1' : '0';
      expect(judge(header.slice(0, at) + other + header.slice(at + 1), '{}')).not.toBe('ok');
    }
  });

  test('may be any of several, as while a secret is being replaced', () => {
    const header = signature('{}', Date.now(), secret);
    const [time = '', right = ''] = header.split(',');
    const wrong = `v0=${'0'.repeat(64)}`;
    expect(judge(`${time},${wrong},${right}`, '{}')).toBe('ok');
    expect(judge(`${time}, ${right}, ${wrong}`, '{}')).toBe('ok');
    expect(judge(`${time},${wrong},${wrong}`, '{}')).toBe('bad_signature');
  });

  test('holds for 300 seconds both ways, and a right one beyond that tells of a wrong clock', () => {
    const nowMs = 1_772_532_000_000;
    for (const [offMs, verdict] of [
      [300_000, 'ok'],
      [-300_000, 'ok'],
      [301_000, 'clock_skew'],
      [-301_000, 'clock_skew'],
    ] as const) {
      expect(judge(signature('{}', nowMs + offMs, secret), '{}', nowMs)).toBe(verdict);
    }
    expect(judge(signature('{}', nowMs + 301_000, 'wsec_b'), '{}', nowMs)).toBe('bad_signature');
  });

  test.each([
    't=1',
    'v0=',
    `v0=${'0'.repeat(64)}`,
    `t=,v0=${'0'.repeat(64)}`,
    `t=1e3,v0=${'0'.repeat(64)}`,
    `t=1,t=1,v0=${'0'.repeat(64)}`,
    `t=1,v0=${'0'.repeat(63)}`,
    `t=1,v0=${'Z'.repeat(64)}`,
    `t=1,${`v0=${'0'.repeat(64)},`.repeat(9)}`,
    '\u0000',
  ])('that is no signature is refused: %j', (header) => {
    expect(judge(header, '{}')).toBe('bad_signature');
  });

  test('is needed, and so is the secret', () => {
    expect(judge(undefined, '{}')).toBe('signature_missing');
    expect(judge('', '{}')).toBe('signature_missing');
    expect(judge('anything', '{}', 0, '')).toBe('secret_missing');
  });
});
