import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planHistory, planNext } from '../../../src/main/sandbox/history.ts';
import { type CallPlan, clinicLines, planCall } from '../../../src/main/sandbox/plan-call.ts';
import { createRandom } from '../../../src/main/sandbox/random.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 42);

/** The same plan as if it had begun at 0. */
function relative(plan: CallPlan): CallPlan {
  return {
    ...plan,
    startsAtMs: 0,
    ringsAtMs: plan.ringsAtMs - plan.startsAtMs,
    answersAtMs: plan.answersAtMs === null ? null : plan.answersAtMs - plan.startsAtMs,
    endsAtMs: plan.endsAtMs - plan.startsAtMs,
  };
}

describe('a planned call', () => {
  it('is the same for the same seed, whenever it begins', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (seed, laterMs) => {
        const plan = planCall(createRandom(seed), { startsAtMs: nowMs });
        const later = planCall(createRandom(seed), { startsAtMs: nowMs + laterMs });
        expect(relative(later)).toEqual(relative(plan));
      }),
    );
  });

  it('is between a line of the clinic and a number that belongs to nobody, and happens in order', () => {
    const fiction = /^(\+1\d{3}55501\d\d|\+44207946\d{4})$/;
    const own = new Set(clinicLines.map((line) => line.number));
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('answered', 'busy', 'no_answer', 'too_short'),
        (seed, outcome) => {
          const plan = planCall(createRandom(seed), { startsAtMs: nowMs, outcome });
          const [ours, theirs] = plan.direction === 'inbound' ? [plan.to, plan.from] : [plan.from, plan.to];
          expect(own.has(ours)).toBe(true);
          expect(own.has(theirs)).toBe(false);
          expect(theirs).toMatch(fiction);
          const moments = [
            plan.startsAtMs,
            plan.ringsAtMs,
            plan.answersAtMs ?? plan.ringsAtMs,
            plan.endsAtMs,
          ];
          expect(moments).toEqual(moments.toSorted((a, b) => a - b));
          expect(plan.answersAtMs === null).toBe(outcome === 'busy' || outcome === 'no_answer');
        },
      ),
    );
  });

  it('talks from 20 s to 6 min unless told how long', () => {
    const talks = Array.from({ length: 300 }, (_, i) => {
      const plan = planCall(createRandom(String(i)), { startsAtMs: nowMs });
      return plan.endsAtMs - (plan.answersAtMs ?? Number.NaN);
    });
    expect(Math.min(...talks)).toBeGreaterThanOrEqual(20_000);
    expect(Math.max(...talks)).toBeLessThanOrEqual(360_000);
    const told = planCall(createRandom('1'), { startsAtMs: nowMs, talkMs: 1_234 });
    expect(told.endsAtMs - (told.answersAtMs ?? 0)).toBe(1_234);
  });
});

describe('a history', () => {
  const plansOf = (count: number): CallPlan[] =>
    planHistory(createRandom('h'), nowMs, count).map((wish, i) => planCall(createRandom(String(i)), wish));

  it('has one of everything that a call log shows, the first still going on', () => {
    const [live, ...past] = plansOf(14);
    expect(live?.endsAtMs).toBeGreaterThan(nowMs + 30_000);
    expect(past).toHaveLength(13);
    for (const plan of past) expect(plan.endsAtMs + plan.processingMs).toBeLessThan(nowMs);
    expect(new Set(past.map((plan) => plan.outcome))).toEqual(
      new Set(['answered', 'busy', 'no_answer', 'too_short']),
    );
    expect(new Set(past.map((plan) => plan.direction))).toEqual(new Set(['inbound', 'outbound']));
    expect(past.filter((plan) => !plan.record)).toHaveLength(1);
    expect(past.filter((plan) => plan.mediaLateMs > 86_400_000)).toHaveLength(1);
  });

  it('goes back through the opening hours of earlier days, newest first', () => {
    const starts = plansOf(100).map((plan) => plan.startsAtMs);
    expect(starts).toEqual(starts.toSorted((a, b) => b - a));
    for (const startsAtMs of starts.slice(11)) {
      const hour = new Date(startsAtMs).getHours();
      expect(hour).toBeGreaterThanOrEqual(8);
      expect(hour).toBeLessThan(18);
    }
  });

  it('goes on with calls that mostly are answered', () => {
    const random = createRandom('next');
    const answered = Array.from({ length: 200 }, () => planNext(random, nowMs)).filter(
      (wish) => wish.outcome === 'answered',
    );
    expect(answered.length).toBeGreaterThan(130);
    expect(answered.length).toBeLessThan(190);
  });
});
