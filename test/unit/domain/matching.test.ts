import { describe, expect, it } from 'vitest';
import { type CallRow, foldCall } from '../../../src/main/domain/call.ts';
import { becauseOf, uniqueFit } from '../../../src/main/domain/matching.ts';

const minute = 60_000;
const beginMs = 1_770_000_000_000;

function row(changes: Partial<CallRow>): CallRow {
  const { call } = foldCall(
    'call_1',
    [
      {
        kind: 'call.noted',
        eventKey: '1',
        providerId: 'scripted',
        occurredAtMs: beginMs,
        sequence: 0,
        keys: [],
        data: {},
      },
    ],
    () => 'rec_1',
  );
  return { ...call, ...changes };
}
const talk = (changes: Partial<CallRow> = {}) =>
  row({
    from: '+14155550132',
    to: '+14155550100',
    endedAtMs: beginMs + 5 * minute,
    durationMs: 4 * minute,
    ...changes,
  });
const audio = (changes: Partial<CallRow> = {}) =>
  row({ unmatched: true, startedAtMs: beginMs + minute, durationMs: 4 * minute, ...changes });

describe('what speaks for two calls being one', () => {
  it('a number that both have, and times that overlap', () => {
    expect(becauseOf(audio({ from: '+14155550132' }), talk())).toEqual(['same_number', 'same_time']);
    expect(becauseOf(audio(), talk())).toEqual(['same_time']);
    expect(becauseOf(audio({ startedAtMs: beginMs + 60 * minute }), talk())).toEqual([]);
  });

  it('exactly one call must fit', () => {
    const one = talk({ callId: 'call_a' });
    expect(uniqueFit(audio(), [one])).toBe(one);
    expect(uniqueFit(audio(), [one, talk({ callId: 'call_b' })])).toBeNull();
    expect(uniqueFit(audio(), [])).toBeNull();
  });

  it('a number that is named has to be the same', () => {
    expect(uniqueFit(audio({ from: '+442079460018' }), [talk()])).toBeNull();
    const other = talk({ from: '+442079460018' });
    expect(uniqueFit(audio({ from: '+442079460018' }), [talk(), other])).toBe(other);
  });

  it('audio without a number fits only a talk that was as long', () => {
    expect(uniqueFit(audio({ durationMs: minute }), [talk()])).toBeNull();
    expect(uniqueFit(audio({ durationMs: null }), [talk()])).toBeNull();
  });
});
