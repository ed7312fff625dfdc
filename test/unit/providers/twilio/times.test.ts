import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMoment, parseSecondsAsMs } from '../../../../src/main/providers/twilio/times.ts';

test('reads every RFC 2822 moment as Date.parse does', () => {
  const offsets = ['+0000', '-0700', '+0530', 'GMT'];
  const moment = fc.date({ min: new Date(0), max: new Date('2099-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(moment, fc.constantFrom(...offsets), (date, offset) => {
      const text = date.toUTCString().replace('GMT', offset);
      expect(parseMoment(text)).toBe(Date.parse(text));
    }),
  );
});

test('reads a one-digit day and a date without its weekday', () => {
  expect(parseMoment('3 Mar 2026 09:15:20 +0000')).toBe(Date.UTC(2026, 2, 3, 9, 15, 20));
});

test.each([
  undefined,
  '',
  '5',
  'yesterday',
  '2026-03-03T09:15:20Z',
  'Tue, 31 Feb 2026 09:15:20 +0000',
  'Tue, 03 Mrz 2026 09:15:20 +0000',
  'Tue, 03 Mar 2026 24:15:20 +0000',
  'Tue, 03 Mar 2026 09:61:20 +0000',
  'Tue, 03 Mar 2026 09:15:20',
  'Tue, 03 Mar 2026 09:15:20 +0000 x',
])('does not guess a moment from %j', (text) => {
  expect(parseMoment(text)).toBeUndefined();
});

test('reads whole seconds, and no other length', () => {
  expect(parseSecondsAsMs('95')).toBe(95_000);
  expect(parseSecondsAsMs('0')).toBe(0);
  for (const text of [undefined, '', '-1', '1.5', '1e3', '99999999', ' 5']) {
    expect(parseSecondsAsMs(text)).toBeUndefined();
  }
});
