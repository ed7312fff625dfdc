import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isOurCallId, placedAtMs } from '../../../src/main/domain/our-call-id.ts';
import { callIdPattern, newId } from '../../../src/main/ids.ts';

it('knows every id that we make, and its moment', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (nowMs) => {
      const callId = newId('call', nowMs);
      expect(isOurCallId(callId)).toBe(true);
      expect(placedAtMs(callId)).toBe(nowMs);
    }),
  );
});

it('takes nothing for an id that ids.ts would not', () => {
  const near = fc
    .tuple(fc.constant(newId('call', 1_772_532_000_000)), fc.nat({ max: 31 }), fc.string({ maxLength: 2 }))
    .map(([callId, at, text]) => callId.slice(0, at) + text + callId.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(near, fc.string()), (text) => {
      expect(isOurCallId(text)).toBe(callIdPattern.test(text));
    }),
  );
  for (const value of [undefined, null, 7, {}, ['call_01jz8q4c9xk7m2v5n3t6r8w0ab']])
    expect(isOurCallId(value)).toBe(false);
});
