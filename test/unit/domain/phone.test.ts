import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayNumber } from '../../../src/main/domain/phone.ts';

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
