import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callIdPattern, newId, recordingIdOf, recordingIdPattern } from '../../src/main/ids.ts';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

function numberOf(text: string): bigint {
  return Array.from(text).reduce((value, character) => value * 32n + BigInt(alphabet.indexOf(character)), 0n);
}

test('a new id carries its millisecond and sorts by it', () => {
  const moment = fc.integer({ min: 0, max: 2 ** 43 });
  fc.assert(
    fc.property(moment, moment, (aMs, bMs) => {
      const [a, b] = [newId('call', aMs), newId('call', bMs)];
      expect(a).toMatch(callIdPattern);
      expect(numberOf(a.slice(5, 15))).toBe(BigInt(aMs));
      if (aMs !== bMs) expect(a < b).toBe(aMs < bMs);
    }),
  );
  expect(newId('call', -5).slice(0, 15)).toBe('call_0000000000');
});

test('no two ids of one millisecond are the same, and their 80 random bits vary everywhere', () => {
  const ids = Array.from({ length: 5_000 }, () => newId('x', 1).slice(12));
  expect(new Set(ids).size).toBe(5_000);
  for (let at = 0; at < 16; at++) expect(new Set(ids.map((id) => id[at])).size).toBe(32);
});

test("the id of a recording is the first 130 bits of a hash of the provider's own", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (provider, recording) => {
      const id = recordingIdOf(provider, recording);
      const digest = createHash('sha256').update(`${provider}\n${recording}`).digest('hex');
      expect(id).toMatch(recordingIdPattern);
      expect(numberOf(id.slice(4))).toBe(BigInt(`0x${digest}`) >> 126n);
    }),
  );
});
