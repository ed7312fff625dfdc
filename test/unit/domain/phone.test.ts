import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { displayNumber, toE164 } from '../../../src/main/domain/phone.ts';

test('shows numbers of the home country in their local form', () => {
  expect(displayNumber('+14155550199', 'US')).toBe('(415) 555-0199');
  expect(displayNumber('+442079460018', 'GB')).toBe('020 7946 0018');
  // One numbering plan, dialled alike.
  expect(displayNumber('+16045550142', 'US')).toBe('(604) 555-0142');
});

test('shows other numbers in their international form', () => {
  expect(displayNumber('+442079460018', 'US')).toBe('+44 20 7946 0018');
  expect(displayNumber('+14155550199', 'GB')).toBe('+1 415 555 0199');
});

test('says when a caller withheld the number, in each of the ways that providers put it', () => {
  for (const number of [
    'anonymous',
    'Restricted',
    '+266696687',
    '+7378742833',
    'sip:anonymous@anonymous.invalid',
    '',
    ' ',
  ]) {
    expect(displayNumber(number, 'US')).toBe('No caller ID');
  }
});

test('shows SIP and client addresses without their scheme, as a number where it is one', () => {
  expect(displayNumber('sip:desk@clinic.example;transport=tls', 'US')).toBe('desk@clinic.example');
  expect(displayNumber('sip:+14155550199@trunk.example:5061', 'US')).toBe('(415) 555-0199');
  expect(displayNumber('client:front_desk', 'US')).toBe('front_desk');
});

test('shows what it cannot read as it came', () => {
  for (const number of ['911', '12345', '+1', '+00000000', 'Main line', '+1415555']) {
    expect(displayNumber(number, 'US')).toBe(number);
  }
  expect(displayNumber('+14155550199', 'XX')).toBe('+1 415 555 0199');
});

test('never throws, never shows nothing, and says the same twice', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^\+\d{1,17}$/), fc.stringMatching(/^sips?:.*$/)),
      (number) => {
        const shown = displayNumber(number, 'US');
        expect(shown.length).toBeGreaterThan(0);
        expect(displayNumber(number, 'US')).toBe(shown);
      },
    ),
  );
});

describe('a number that somebody typed', () => {
  it.each([
    ['(415) 555-0132', 'US', '+14155550132'],
    ['+1 415-555-0132', 'DE', '+14155550132'],
    ['020 7946 0018', 'GB', '+442079460018'],
    ['00442079460018', 'DE', '+442079460018'],
    ['+14155550132', 'XX', '+14155550132'],
  ])('%s in %s is stored as %s', (text, country, expected) => {
    expect(toE164(text, country)).toBe(expected);
  });

  it.each([
    ['911'],
    ['hello'],
    ['+0123456'],
    ['4155550132 or 4155550133'],
    [''],
    ['sip:nurse@clinic.example'],
  ])('%s is none', (text) => {
    expect(() => toE164(text, 'US')).toThrow(expect.objectContaining({ code: 'bad_number' }));
  });
});
