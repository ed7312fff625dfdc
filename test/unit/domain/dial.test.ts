import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCall } from '../../../src/main/domain/call.ts';
import { foldDial } from '../../../src/main/domain/dial.ts';
import { attemptKeyOf, isHolding, placedFacts } from '../../../src/main/domain/dialling.ts';
import { type DomainEvent, ourCallKey, type PlacedFacts } from '../../../src/main/domain/provider-event.ts';

const callId = 'call_01hzzzzzzzzzzzzzzzzzzzzzzz';
const placed: PlacedFacts = {
  callId,
  callKind: 'voice-bot',
  via: 'scripted',
  to: '+14155550132',
  priority: 3,
  record: true,
};
const head = (name: string, atMs: number) => ({
  eventKey: name,
  providerId: 'scripted',
  occurredAtMs: atMs,
  sequence: 0,
  keys: [ourCallKey(callId)],
});
const place: DomainEvent = { ...head('placed', 1_000), kind: 'call.placed', data: placed };
const dial = (
  kind: 'call.dial_started' | 'call.dialed' | 'call.dial_unknown' | 'call.dial_retried',
  generation: number,
): DomainEvent => ({ ...head(`${kind} ${generation}`, 2_000 + generation), kind, data: { generation } });
const refuse = (generation: number): DomainEvent => ({
  ...head(`refused ${generation}`, 3_000),
  kind: 'call.dial_refused',
  data: { generation, code: 'dial_refused' },
});
const cancel: DomainEvent = {
  ...head('canceled', 4_000),
  kind: 'call.canceled',
  data: { reason: 'by_person' },
};
const told: DomainEvent = { ...head('told', 5_000), kind: 'call.answered', data: { status: 'in_progress' } };

const stateOf = (...events: DomainEvent[]) => foldDial([place, ...events], false)?.state;

describe('how far a dial is', () => {
  it('follows its events', () => {
    expect(stateOf()).toBe('waiting');
    expect(stateOf(dial('call.dial_started', 0))).toBe('dialing');
    expect(stateOf(dial('call.dial_started', 0), dial('call.dialed', 0))).toBe('dialed');
    expect(stateOf(dial('call.dial_started', 0), refuse(0))).toBe('refused');
    expect(stateOf(dial('call.dial_started', 0), dial('call.dial_unknown', 0))).toBe('unknown');
    expect(stateOf(cancel)).toBe('canceled');
  });

  it('begins again when a person says so, and an answer to an earlier asking still counts', () => {
    const again = [dial('call.dial_started', 0), dial('call.dial_unknown', 0), dial('call.dial_retried', 1)];
    expect(stateOf(...again)).toBe('waiting');
    expect(stateOf(...again, dial('call.dialed', 0))).toBe('dialed');
    expect(foldDial([place, ...again, told], true)?.state).toBe('dialed');
  });

  it('is nobody`s business for a call that was not placed', () => {
    expect(foldDial([told], true)).toBeNull();
    expect(placedFacts([told], callId)).toBeNull();
  });

  it('does not depend on the order in which it was heard', () => {
    const all = [
      place,
      dial('call.dial_started', 0),
      dial('call.dial_unknown', 0),
      dial('call.dial_retried', 1),
      dial('call.dial_started', 1),
      refuse(1),
      dial('call.dialed', 1),
      cancel,
      told,
    ];
    fc.assert(
      fc.property(fc.subarray(all, { minLength: 1 }), fc.infiniteStream(fc.nat()), (some, order) => {
        const shuffled = some
          .map((event) => ({ event, at: Number(order.next().value) }))
          .sort((a, b) => a.at - b.at)
          .map(({ event }) => event);
        const idOf = () => 'rec_1';
        expect(foldCall(callId, shuffled, idOf)).toEqual(foldCall(callId, some, idOf));
      }),
    );
  });
});

describe('a placed call as a row', () => {
  const rowOf = (...events: DomainEvent[]) => foldCall(callId, [place, ...events], () => 'rec_1').call;

  it('says what was asked for, also when the provider knows it by another name', () => {
    const sip: DomainEvent = {
      ...head('sip', 6_000),
      kind: 'call.started',
      data: { status: 'ringing', to: 'sip:x@y' },
    };
    expect(rowOf(sip)).toMatchObject({
      to: '+14155550132',
      direction: 'outbound',
      status: 'ringing',
      priority: 3,
      record: true,
    });
  });

  it('needs a person when it was refused or nobody knows, and not once it is known to be dialled', () => {
    expect(rowOf(refuse(0))).toMatchObject({
      status: 'failed',
      needsAttention: true,
      recordingStatus: 'not_expected',
    });
    expect(rowOf(dial('call.dial_unknown', 0))).toMatchObject({ status: 'unknown', needsAttention: true });
    expect(rowOf(dial('call.dial_unknown', 0), told)).toMatchObject({
      status: 'in_progress',
      needsAttention: false,
    });
  });
});

describe('the rules of dialling', () => {
  it('an asking has a name of its own that fits every provider', () => {
    expect(attemptKeyOf(callId, 0)).not.toBe(attemptKeyOf(callId, 1));
    expect(attemptKeyOf(callId, 99).length).toBeLessThan(40);
  });

  it.each([
    ['dialing', 'queued', true],
    ['unknown', 'unknown', true],
    ['dialed', 'ringing', true],
    ['dialed', 'in_progress', true],
    ['dialed', 'completed', false],
    ['dialed', 'no_answer', false],
    ['waiting', 'queued', false],
    ['refused', 'failed', false],
    ['canceled', 'canceled', false],
  ] as const)('%s and %s: the next one waits: %s', (dialState, status, expected) => {
    expect(isHolding({ dialState, status })).toBe(expected);
  });
});
