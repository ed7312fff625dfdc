import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeVerdict } from '../../../../src/main/domain/verdict.ts';
import type { VerdictFacts } from '../../../../src/main/domain/verdict-facts.ts';
import { momentSaid, verdictLabel, verdictSentence } from '../../../../src/preload/contract/verdict-words.ts';
import { verdict as verdictShape, verdictCauses } from '../../../../src/preload/contract/verdicts.ts';
import { callHistories, type Histories } from './call-histories.ts';
import { history, call, recording, stored } from './history.ts';
import { troubleHistories } from './trouble-histories.ts';

const histories: Histories = { ...callHistories, ...troubleHistories };
const cases = verdictCauses.flatMap((cause) =>
  (histories[cause] ?? []).map((facts, i) => ({ cause, nth: i + 1, facts })),
);
const everyHistory = cases.map(({ facts }) => facts);
const forbidden = /webhook|payload|\bSID\b|bucket|\bpoll|oops|!/i;

describe('verdicts', () => {
  it.each(verdictCauses)('has at least three histories that end in %s', (cause) => {
    expect(histories[cause]?.length ?? 0).toBeGreaterThanOrEqual(3);
  });

  it.each(cases)('calls history $nth of $cause by its name', ({ cause, facts }) => {
    const verdict = judgeVerdict(facts);
    expect(verdict?.cause).toBe(cause);
    expect(verdictShape.parse(verdict)).toEqual(verdict);
  });

  it.each(cases)('says history $nth of $cause in plain words, with evidence', ({ facts }) => {
    const verdict = judgeVerdict(facts);
    if (verdict === null) throw new Error('no verdict');
    const names = { service: 'Twilio', at: (atMs: number) => momentSaid(atMs, facts.nowMs) };
    const sentence = verdictSentence(verdict, names);
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(sentence).not.toMatch(forbidden);
    expect(sentence).not.toMatch(/undefined|NaN|\s{2}/);
    expect(verdictLabel(verdict).length).toBeGreaterThan(1);
    expect(verdict.evidence.length).toBeGreaterThan(0);
  });

  it('has nothing to explain about a recording that was told of, fetched and saved', () => {
    expect(judgeVerdict(history('twilio', 3_600_000, call(), recording('available'), stored()))).toBeNull();
    // Found by asking a moment ago: its callback may still be on its way.
    expect(
      judgeVerdict(history('twilio', 60_000, call(), recording('available', {}, 'poll'), stored())),
    ).toBeNull();
    // Told by nobody, because nobody is asked to tell: this is how checks without a web link work.
    const asked = [call({ source: 'poll' }), recording('available', {}, 'poll'), stored()];
    expect(judgeVerdict(history('twilio', 3_600_000, ...asked))).toBeNull();
  });
});

/** What the provider or a person said themselves: no job can change it. Written here once more, by hand. */
const saidByOthers = new Set(
  (
    'line_busy no_answer call_canceled call_failed external_storage silent too_short no_audio_by_policy ' +
    'deleted_at_provider provider_failed provider_has_none own_storage_refused own_storage_unsupported ' +
    'deleted_by_rule deleted_by_person'
  ).split(' '),
);

/** Facts of different histories thrown together: nothing like life, and still to be answered. */
const jumbled: fc.Arbitrary<VerdictFacts> = fc
  .tuple(
    fc.constantFrom(...everyHistory),
    fc.constantFrom(...everyHistory),
    fc.integer({ min: -600_000, max: 90_000_000 }),
  )
  .map(([a, b, afterMs]) => ({
    ...a,
    nowMs: a.nowMs + afterMs,
    jobs: [...a.jobs, ...b.jobs],
    checks: [...a.checks, ...b.checks],
    outages: [...a.outages, ...b.outages],
    refusals: [...a.refusals, ...b.refusals],
    pauses: b.pauses,
    lineRecords: b.lineRecords,
  }));

const shuffled = <T>(items: readonly T[], seed: number): T[] =>
  items
    .map((item, i) => ({ item, key: Math.imul(seed ^ (i + 1), 2_654_435_761) >>> 0 }))
    .sort((x, y) => x.key - y.key)
    .map(({ item }) => item);

describe('verdicts of any facts', () => {
  it('are always given in the closed words, unless a recording can be played', () => {
    fc.assert(
      fc.property(jumbled, (facts) => {
        const verdict = judgeVerdict(facts);
        if (verdict === null) return facts.recordings.some(({ status }) => status === 'stored');
        return verdictShape.safeParse(verdict).success;
      }),
      { numRuns: 500 },
    );
  });

  it('do not depend on the order in which facts were gathered', () => {
    fc.assert(
      fc.property(jumbled, fc.integer(), (facts, seed) => {
        const other: VerdictFacts = {
          ...facts,
          recordings: shuffled(facts.recordings, seed),
          events: shuffled(facts.events, seed),
          jobs: shuffled(facts.jobs, seed),
          checks: shuffled(facts.checks, seed),
          outages: shuffled(facts.outages, seed),
          refusals: shuffled(facts.refusals, seed),
          pauses: shuffled(facts.pauses, seed),
        };
        expect(judgeVerdict(other)).toEqual(judgeVerdict(facts));
      }),
      { numRuns: 500 },
    );
  });

  it('are never final while a job of the call is still to run, unless somebody else said so', () => {
    fc.assert(
      fc.property(jumbled, (facts) => {
        const verdict = judgeVerdict(facts);
        const kinds = ['fetch-recording', 'find-recordings', 'follow-call', 'start-recording', 'place-call'];
        const isTried = facts.jobs.some(
          ({ kind, state }) => kinds.includes(kind) && (state === 'ready' || state === 'running'),
        );
        if (verdict?.isFinal === true && isTried) expect(saidByOthers).toContain(verdict.cause);
      }),
      { numRuns: 500 },
    );
  });
});
