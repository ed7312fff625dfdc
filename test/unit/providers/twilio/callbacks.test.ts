import { describe, expect, test } from 'vitest';
import { understandCallback } from '../../../../src/main/providers/twilio/callbacks.ts';
import { parseForm } from '../../../../src/main/providers/twilio/form.ts';
import { callPath, callSid, read, receivedAtMs } from './callback-fixtures.ts';

describe('callbacks that are kept but not understood', () => {
  const cases: [string, string, Record<string, string | undefined>][] = [
    ['no CallSid', 'recording-status.completed', { CallSid: undefined }],
    ['an odd CallSid', 'recording-status.completed', { CallSid: `${callSid}/..` }],
    ['an upper-case CallSid', 'call-status.ringing', { CallSid: callSid.toUpperCase() }],
    ['a CallSid with a newline', 'call-status.ringing', { CallSid: `${callSid}\n` }],
    ['no RecordingSid', 'recording-status.completed', { RecordingSid: undefined }],
    ['an odd RecordingSid', 'recording-status.completed', { RecordingSid: '../../etc' }],
    ['an odd AccountSid', 'recording-status.completed', { AccountSid: 'AC1' }],
    ['an odd AccountSid of a call', 'call-status.ringing', { AccountSid: '' }],
    ['an odd ParentCallSid', 'call-status.ringing', { ParentCallSid: 'CA1' }],
  ];
  test.each(cases)('%s', (_name, fixture, changes) => {
    const understanding = read(fixture, changes);
    expect(understanding).toMatchObject({ outcome: 'not_understood', events: [] });
    expect(understanding.dedupeKey).not.toBe(read(fixture).dedupeKey);
    expect(read(fixture, changes).dedupeKey).toBe(understanding.dedupeKey);
  });

  test('one name with two values', () => {
    const body = `CallSid=${callSid}&CallStatus=ringing&CallStatus=completed`;
    expect(understandCallback(callPath, parseForm(Buffer.from(body)), 0).outcome).toBe('not_understood');
    const same = `CallSid=${callSid}&CallStatus=ringing&CallStatus=ringing`;
    expect(understandCallback(callPath, parseForm(Buffer.from(same)), 0).outcome).toBe('applied');
  });

  test('a status full of digits is not repeated in the label', () => {
    expect(read('call-status.ringing', { CallStatus: '+14155550100' }).label).toBe('call status not known');
  });
});

describe('keys', () => {
  test('the same body again has the same key, however late', () => {
    for (const name of ['recording-status.completed', 'call-status.busy']) {
      expect(read(name, {}, receivedAtMs + 86_400_000).dedupeKey).toBe(read(name).dedupeKey);
    }
  });

  test('sort by the second of the fact, whatever its ids', () => {
    const early = read('call-status.ringing', { CallSid: `CAf${'0'.repeat(31)}` }).dedupeKey;
    const late = read('call-status.completed', { CallSid: `CA0${'0'.repeat(31)}` }).dedupeKey;
    expect(early < late).toBe(true);
  });

  test('a callback that differs in anything has another key, so that it is not lost as a repeat', () => {
    const first = read('recording-status.completed').dedupeKey;
    expect(read('recording-status.completed', { RecordingDuration: '96' }).dedupeKey).not.toBe(first);
    expect(read('recording-status.completed', { Extra: '1' }).dedupeKey).not.toBe(first);
  });
});
