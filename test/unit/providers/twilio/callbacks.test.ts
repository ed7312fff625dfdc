import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldCall } from '../../../../src/main/domain/call.ts';
import type { DomainEvent } from '../../../../src/main/domain/provider-event.ts';
import { recordingIdOf } from '../../../../src/main/ids.ts';
import type { Understanding } from '../../../../src/main/providers/provider.ts';
import { understandCallback } from '../../../../src/main/providers/twilio/callbacks.ts';
import { parseForm } from '../../../../src/main/providers/twilio/form.ts';

const recordingPath = '/webhooks/twilio-recording';
const callPath = '/webhooks/twilio-call-status';
const callSid = 'CA7d793037a0760186574b0282f2f435e7';
const otherSid = 'CA00000000000000000000000000000001';
const recordingSid = 'RE9dd4e461268c8034f5c8564e155c67a6';
const accountSid = 'AC5d41402abc4b2a76b9719d911017c592';
const receivedAtMs = Date.UTC(2026, 5, 1);
const recordingBeganMs = Date.UTC(2026, 2, 3, 9, 15, 20);

/** The fixture's parameters with some changed; undefined takes one away. */
function read(
  fixture: string,
  changes: Record<string, string | undefined> = {},
  atMs = receivedAtMs,
): Understanding {
  const file = new URL(`../../../fixtures/twilio/${fixture}.form.txt`, import.meta.url);
  const form = new URLSearchParams(readFileSync(file, 'utf8'));
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) form.delete(name);
    else form.set(name, value);
  }
  const path = fixture.startsWith('recording') ? recordingPath : callPath;
  return understandCallback(path, parseForm(Buffer.from(form.toString())), atMs);
}

function only(understanding: Understanding): DomainEvent {
  expect(understanding.outcome).toBe('applied');
  expect(understanding.events).toHaveLength(1);
  const [event] = understanding.events;
  if (event === undefined) throw new Error('no event');
  return event;
}

describe('recording callbacks', () => {
  test('tell that a recording is ready, with its ids, length, channels and moment', () => {
    const understanding = read('recording-status.completed');
    expect(understanding.label).toBe('recording completed');
    expect(only(understanding)).toEqual({
      kind: 'recording.available',
      eventKey: understanding.dedupeKey,
      providerId: 'twilio',
      occurredAtMs: recordingBeganMs + 95_000,
      sequence: 5,
      keys: [
        { providerId: 'twilio', kind: 'call_sid', value: callSid },
        { providerId: 'twilio', kind: 'recording_sid', value: recordingSid },
      ],
      data: {
        providerRecordingId: recordingSid,
        providerAccountId: accountSid,
        startedAtMs: recordingBeganMs,
        durationMs: 95_000,
        channels: 2,
      },
    });
    expect(understanding.dedupeKey).toMatch(
      /^recording:RE9dd4e461268c8034f5c8564e155c67a6:completed:[\w-]{16}$/,
    );
  });

  test.each([
    ['in-progress', 'recording.started', undefined],
    ['paused', 'recording.started', undefined],
    ['stopped', 'recording.processing', undefined],
    ['processing', 'recording.processing', undefined],
    ['completed', 'recording.available', undefined],
    ['absent', 'recording.absent', 'provider_says_absent'],
    ['deleted', 'recording.absent', 'deleted_at_provider'],
    ['failed', 'recording.absent', 'provider_failed'],
    ['encrypting', 'recording.noted', undefined],
    ['COMPLETED', 'recording.noted', undefined],
  ])('understand the status %s', (status, kind, reason) => {
    const understanding = read('recording-status.completed', { RecordingStatus: status });
    const event = only(understanding);
    expect(understanding.label).toBe(`recording ${status}`);
    expect(event.kind).toBe(kind);
    expect('reason' in event.data ? event.data.reason : undefined).toBe(reason);
  });

  test.each([
    ['16101', 'too_short', '16101'],
    ['16102', 'silent', '16102'],
    ['16199', 'provider_says_absent', '16199'],
    ['0', 'provider_says_absent', undefined],
    [undefined, 'provider_says_absent', undefined],
    ['x', 'provider_says_absent', undefined],
  ])('explain an absent recording with code %s', (code, reason, providerCode) => {
    const { data } = only(read('recording-status.absent', { ErrorCode: code }));
    expect(data).toMatchObject({ reason });
    expect('providerCode' in data ? data.providerCode : undefined).toBe(providerCode);
  });

  test('are as old as the recording began while it runs, and as it ended afterwards', () => {
    expect(only(read('recording-status.in-progress')).occurredAtMs).toBe(recordingBeganMs);
    expect(only(read('recording-status.in-progress', { RecordingDuration: '7' })).occurredAtMs).toBe(
      recordingBeganMs,
    );
    expect(only(read('recording-status.completed', { RecordingDuration: '-1' })).occurredAtMs).toBe(
      recordingBeganMs,
    );
  });

  test('are as old as their arrival only when they name no moment, and then claim none', () => {
    for (const RecordingStartTime of [undefined, '', 'soon', '5']) {
      const event = only(read('recording-status.completed', { RecordingStartTime }));
      expect(event.occurredAtMs).toBe(receivedAtMs);
      expect(event.data).not.toHaveProperty('startedAtMs');
    }
  });

  test('do without what is not needed', () => {
    const event = only(
      read('recording-status.completed', {
        AccountSid: undefined,
        RecordingChannels: undefined,
        RecordingDuration: undefined,
        RecordingUrl: undefined,
        ErrorCode: undefined,
        RecordingSource: undefined,
      }),
    );
    expect(event.data).toEqual({ providerRecordingId: recordingSid, startedAtMs: recordingBeganMs });
  });

  test('never take anything from the URL in the body', () => {
    const plain = JSON.stringify(
      only(read('recording-status.completed', { RecordingUrl: 'https://evil.example/x' })),
    );
    expect(plain).not.toContain('evil');
    expect(plain).not.toContain('http');
  });

  test('without a status are noted: the recording exists', () => {
    const understanding = read('recording-status.completed', { RecordingStatus: undefined });
    expect(understanding.label).toBe('recording status not known');
    expect(only(understanding).kind).toBe('recording.noted');
  });

  test('of two recordings of one call stay two', () => {
    const second = 'RE00000000000000000000000000000002';
    const events = [
      only(read('recording-status.completed')),
      only(read('recording-status.completed', { RecordingSid: second })),
    ];
    const { recordings } = foldCall('call_x', events, recordingIdOf);
    expect(recordings.map(({ providerRecordingId }) => providerRecordingId).sort()).toEqual(
      [second, recordingSid].sort(),
    );
  });
});

describe('call callbacks', () => {
  test.each([
    ['queued', 'call.started', 'queued'],
    ['initiated', 'call.started', 'queued'],
    ['ringing', 'call.started', 'ringing'],
    ['in-progress', 'call.answered', 'in_progress'],
    ['answered', 'call.answered', 'in_progress'],
    ['completed', 'call.ended', 'completed'],
    ['busy', 'call.ended', 'busy'],
    ['no-answer', 'call.ended', 'no_answer'],
    ['failed', 'call.ended', 'failed'],
    ['canceled', 'call.ended', 'canceled'],
    ['on-hold', 'call.noted', undefined],
  ])('understand the status %s', (CallStatus, kind, status) => {
    const understanding = read('call-status.ringing', { CallStatus });
    const event = only(understanding);
    expect(understanding.label).toBe(`call ${CallStatus}`);
    expect(event.kind).toBe(kind);
    expect('status' in event.data ? event.data.status : undefined).toBe(status);
    expect(event.occurredAtMs).toBe(Date.UTC(2026, 2, 3, 9, 15, 8));
  });

  test('tell the whole of a completed call', () => {
    const event = only(read('call-status.completed'));
    expect(event).toMatchObject({
      kind: 'call.ended',
      occurredAtMs: Date.UTC(2026, 2, 3, 9, 16, 55),
      sequence: 3,
      keys: [{ providerId: 'twilio', kind: 'call_sid', value: callSid }],
      data: {
        leg: { legId: callSid, parentLegId: null },
        status: 'completed',
        direction: 'outbound',
        from: '+14155550100',
        to: '+4930901820',
        endedAtMs: Date.UTC(2026, 2, 3, 9, 16, 55),
        talkMs: 97_000,
        providerCode: '200',
      },
    });
  });

  test('of an unanswered call claim no talk', () => {
    const event = only(read('call-status.busy'));
    expect(event.data).toMatchObject({ status: 'busy', providerCode: '486' });
    expect(event.data).not.toHaveProperty('talkMs');
    expect(foldCall('call_x', [event], recordingIdOf).call).toMatchObject({
      answeredAtMs: null,
      durationMs: null,
    });
  });

  test('name the parent of a child leg, which is the same call', () => {
    const event = only(read('call-status.answered', { ParentCallSid: otherSid, Direction: 'outbound-dial' }));
    expect(event.keys.map(({ value }) => value)).toEqual([callSid, otherSid]);
    expect(event.data).toMatchObject({
      leg: { legId: callSid, parentLegId: otherSid },
      direction: 'outbound',
    });
    expect(only(read('call-status.answered', { ParentCallSid: '' })).keys).toHaveLength(1);
  });

  test.each(['client:anna', 'sip:desk@example.com;transport=tls', 'anonymous', '+266696687'])(
    'keep the address %s as it was sent',
    (From) => {
      expect(only(read('call-status.ringing', { From })).data).toMatchObject({ from: From });
    },
  );

  test('leave out what they do not say', () => {
    const { data } = only(read('call-status.ringing', { From: '', To: undefined, Direction: 'sideways' }));
    for (const name of ['from', 'to', 'direction']) expect(data).not.toHaveProperty(name);
  });

  test('without a Timestamp are as old as their arrival, and only an end is taken from it', () => {
    const bare = { Timestamp: undefined, CallbackSource: undefined, SequenceNumber: undefined };
    const answered = only(read('call-status.answered', bare));
    expect(answered).toMatchObject({ occurredAtMs: receivedAtMs, sequence: 2 });
    expect(answered.data).not.toHaveProperty('answeredAtMs');
    expect(only(read('call-status.initiated', bare)).data).not.toHaveProperty('startedAtMs');
    expect(only(read('call-status.completed', bare)).data).toMatchObject({ endedAtMs: receivedAtMs });
  });

  test('fold to the same call in every order, with every one repeated', () => {
    const names = ['initiated', 'ringing', 'answered', 'completed'].map((name) => `call-status.${name}`);
    const recordings = ['in-progress', 'completed'].map((name) => `recording-status.${name}`);
    const events = [...names, ...recordings].map((name) => only(read(name)));
    const fold = (all: DomainEvent[]): unknown => foldCall('call_x', all, recordingIdOf);
    const expected = fold(events);
    expect(expected).toMatchObject({
      call: {
        status: 'completed',
        startedAtMs: Date.UTC(2026, 2, 3, 9, 15, 5),
        answeredAtMs: Date.UTC(2026, 2, 3, 9, 15, 18),
        endedAtMs: Date.UTC(2026, 2, 3, 9, 16, 55),
        durationMs: 97_000,
        recordingStatus: 'available',
      },
    });
    const order = fc.shuffledSubarray([...events, ...events], { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(order, (all) => {
        expect(fold(all)).toEqual(expected);
      }),
    );
  });
});

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

  test('a callback that differs in anything has another key, so that it is not lost as a repeat', () => {
    const first = read('recording-status.completed').dedupeKey;
    expect(read('recording-status.completed', { RecordingDuration: '96' }).dedupeKey).not.toBe(first);
    expect(read('recording-status.completed', { Extra: '1' }).dedupeKey).not.toBe(first);
  });
});
