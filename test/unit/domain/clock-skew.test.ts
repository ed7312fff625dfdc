import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isClockWrong, keptSamples, skewFrom, skewOf } from '../../../src/main/domain/clock-skew.ts';

const hour = 3_600_000;

test('a sample is good to a second and half the round trip, wherever in between the date was written', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -24 * hour, max: 24 * hour }),
      fc.nat(20_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }),
      (aheadMs, roundTripMs, part, trueMs) => {
        const dateMs = Math.floor((trueMs + roundTripMs * part) / 1_000) * 1_000;
        const askedAtMs = trueMs + aheadMs;
        const skewMs = skewOf({ askedAtMs, answeredAtMs: askedAtMs + roundTripMs, dateMs });
        expect(Math.abs((skewMs ?? Number.NaN) - aheadMs)).toBeLessThanOrEqual(501 + roundTripMs / 2);
      },
    ),
  );
});

test('an answer that was slow, or during which the clock was set, says nothing', () => {
  expect(skewOf({ askedAtMs: 0, answeredAtMs: 20_001, dateMs: 0 })).toBeNull();
  expect(skewOf({ askedAtMs: 5_000, answeredAtMs: 4_000, dateMs: 0 })).toBeNull();
});

test('three samples are believed, fewer are not, and one that is wrong changes nothing', () => {
  expect(skewFrom([600_000, 600_000])).toBeNull();
  expect(skewFrom([600_000, -9e9, 600_400])).toBe(600_000);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 2, maxLength: 4 }),
      fc.integer({ min: -1e12, max: 1e12 }),
      fc.nat(4),
      (right, wrong, at) => {
        const skewMs = skewFrom(right.toSpliced(at % (right.length + 1), 0, wrong)) ?? Number.NaN;
        // Of an even number the two in the middle are both right ones only from four samples on.
        if (right.length !== 3) expect(Math.abs(skewMs)).toBeLessThanOrEqual(1_000);
      },
    ),
  );
});

test('a clock that was set is believed after three answers', () => {
  const before = Array.from({ length: keptSamples }, () => 600_000);
  expect(skewFrom([...before, 0, 0])).toBe(600_000);
  expect(skewFrom([...before, 0, 0, 0])).toBe(0);
});

test('two minutes are let pass', () => {
  expect([null, 0, 120_000, -120_000].map(isClockWrong)).toEqual([false, false, false, false]);
  expect([120_001, -600_000].map(isClockWrong)).toEqual([true, true]);
});
