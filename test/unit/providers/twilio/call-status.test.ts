import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldCall } from '../../../../src/main/domain/call.ts';
import type { DomainEvent } from '../../../../src/main/domain/provider-event.ts';
import { recordingIdOf } from '../../../../src/main/ids.ts';
import { callSid, only, otherSid, read, receivedAtMs } from './callback-fixtures.ts';

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
