import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isReopened,
  jobKinds,
  keptForMs,
  maxDelayMs,
  nextStep,
  pauseMs,
} from '../../../src/main/domain/job.ts';

const second = 1_000;
const minute = 60 * second;
const day = 1_440 * minute;

describe('what follows a failed attempt', () => {
  it('tries a fetch again within seconds at first and daily in the end', () => {
    const delays = Array.from({ length: 13 }, (_, index) =>
      nextStep('fetch-recording', index + 1, true, 'provider_not_found', undefined, 0),
    );
    expect(delays.map((step) => (step.step === 'retry' ? step.delayMs / second : step))).toEqual([
      2, 5, 15, 30, 60, 60, 120, 300, 900, 3_600, 21_600, 86_400, 86_400,
    ]);
  });

  it('looks for a recording for as long as the provider keeps it, at most 90 days, and gives up after five tries at peaks', () => {
    expect([keptForMs(null), keptForMs(730 * day), keptForMs(30 * day)]).toEqual([
      90 * day,
      90 * day,
      30 * day,
    ]);
    for (const kind of ['fetch-recording', 'find-recordings'] as const) {
      for (const keptMs of [30 * day, 90 * day]) {
        let ageMs = 0;
        let attempt = 1;
        for (;;) {
          const step = nextStep(kind, attempt, true, 'timed_out', undefined, 0, { ageMs, keptMs });
          if (step.step === 'dead') {
            expect(step.code).toBe('gave_up');
            break;
          }
          attempt += 1;
          ageMs += step.delayMs;
        }
        expect(ageMs).toBeGreaterThanOrEqual(keptMs);
        expect(ageMs).toBeLessThan(keptMs + day);
      }
    }
  });

  it('ends after so many tries too, should the clock be set back again and again', () => {
    const kept = { ageMs: -5 * day, keptMs: 30 * day };
    expect(nextStep('fetch-recording', 41, true, 'timed_out', undefined, 0, kept).step).toBe('retry');
    expect(nextStep('fetch-recording', 42, true, 'timed_out', undefined, 0, kept).step).toBe('dead');
    expect(nextStep('make-peaks', 5, true, 'worker_failed', undefined, 0)).toEqual({
      step: 'dead',
      code: 'gave_up',
    });
  });

  it('ends at once, with its own reason, what time cannot mend', () => {
    expect(nextStep('fetch-recording', 1, false, 'provider_refused', undefined, 0)).toEqual({
      step: 'dead',
      code: 'provider_refused',
    });
  });

  it('waits as long as the provider asks when that is longer', () => {
    const asked = nextStep('fetch-recording', 1, true, 'provider_rate_limited', 90 * second, 0);
    expect(asked).toEqual({ step: 'retry', delayMs: 90 * second });
    const shorter = nextStep('fetch-recording', 7, true, 'provider_rate_limited', second, 0);
    expect(shorter).toEqual({ step: 'retry', delayMs: 2 * minute });
  });

  it('never waits longer than the clock clamp allows, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...jobKinds),
        fc.integer({ min: 1, max: 60 }),
        fc.option(fc.integer({ min: 0, max: 10 ** 10 }), { nil: undefined }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (kind, attempt, retryAfterMs, random) => {
          const step = nextStep(kind, attempt, true, 'timed_out', retryAfterMs, random);
          if (step.step === 'dead') return;
          expect(Number.isInteger(step.delayMs)).toBe(true);
          expect(step.delayMs).toBeGreaterThanOrEqual(0);
          expect(step.delayMs).toBeLessThanOrEqual(maxDelayMs(kind));
        },
      ),
    );
  });

  it('spreads retries by a tenth at most', () => {
    expect(nextStep('fetch-recording', 5, true, 'timed_out', undefined, 0.5)).toEqual({
      step: 'retry',
      delayMs: 63 * second,
    });
  });
});

describe('pauses of a provider that refused us', () => {
  it('double from five minutes up to an hour', () => {
    expect([1, 2, 3, 4, 5, 60].map((refusals) => pauseMs(refusals) / minute)).toEqual([
      5, 10, 20, 40, 60, 60,
    ]);
  });
});

describe('a dead job that nobody asks for', () => {
  const nowMs = 1_000 * day;
  const job = {
    kind: 'fetch-recording' as const,
    lastErrorCode: 'provider_refused' as const,
    createdAtMs: nowMs - 10 * day,
    finishedAtMs: nowMs - day,
  };

  it('is opened again a day later, for thirty days, when it is a fetch that a day may mend', () => {
    expect(isReopened(job, nowMs)).toBe(true);
    expect(isReopened({ ...job, finishedAtMs: nowMs - day + 1 }, nowMs)).toBe(false);
    expect(isReopened({ ...job, createdAtMs: nowMs - 30 * day - 1 }, nowMs)).toBe(false);
    expect(isReopened({ ...job, kind: 'place-call' }, nowMs)).toBe(false);
    for (const lastErrorCode of ['crashed_repeatedly', 'not_found'] as const) {
      expect(isReopened({ ...job, lastErrorCode }, nowMs)).toBe(false);
    }
  });
});
