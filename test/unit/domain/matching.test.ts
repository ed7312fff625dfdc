import fc from 'fast-check';
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
    const named = audio({ from: '+14155550132' });
    expect(uniqueFit(named, [one])).toBe(one);
    expect(uniqueFit(named, [one, talk({ callId: 'call_b' })])).toBeNull();
    expect(uniqueFit(named, [])).toBeNull();
  });

  it('both numbers have to be the same where both are known: the clinic has one line and many callers', () => {
    const both = audio({ from: '+442079460018', to: '+14155550100' });
    expect(uniqueFit(both, [talk()])).toBeNull();
    const other = talk({ from: '+442079460018' });
    expect(uniqueFit(both, [talk(), other])).toBe(other);
  });

  it('the same numbers at another time are another call', () => {
    const later = audio({ from: '+14155550132', startedAtMs: beginMs + 60 * minute });
    expect(uniqueFit(later, [talk()])).toBeNull();
  });

  it('a number that is named has to be the same', () => {
    expect(uniqueFit(audio({ from: '+442079460018' }), [talk()])).toBeNull();
    const other = talk({ from: '+442079460018' });
    expect(uniqueFit(audio({ from: '+442079460018' }), [talk(), other])).toBe(other);
  });

  it('audio of which no number is known fits nothing, however well the times agree', () => {
    expect(uniqueFit(audio(), [talk()])).toBeNull();
  });

  it('never says which when two calls fit or none does, whatever the numbers and times', () => {
    const number = fc.option(fc.constantFrom('+14155550132', '+14155550100', '+442079460018'), { nil: null });
    const call = fc.record({
      from: number,
      to: number,
      startedAtMs: fc.integer({ min: beginMs, max: beginMs + 20 * minute }),
      durationMs: fc.option(fc.integer({ min: 0, max: 10 * minute }), { nil: null }),
    });
    fc.assert(
      fc.property(call, fc.array(call, { maxLength: 6 }), (unmatched, others) => {
        const candidates = others.map((other, index) => row({ ...other, callId: `call_${index}` }));
        const sound = row({ ...unmatched, unmatched: true });
        const named = [sound.from, sound.to].filter((value) => value !== null);
        const fits = candidates.filter(
          (candidate) =>
            named.length > 0 &&
            named.every((value) => value === candidate.from || value === candidate.to) &&
            becauseOf(sound, candidate).includes('same_time'),
        );
        expect(uniqueFit(sound, candidates)).toBe(fits.length === 1 ? fits[0] : null);
      }),
    );
  });
});
