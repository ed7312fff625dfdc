import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobKinds, maxDelayMs, nextStep, pauseMs } from '../../../src/main/domain/job.ts';

const second = 1_000;
const minute = 60 * second;

describe('what follows a failed attempt', () => {
  it('tries a fetch again within seconds at first and daily in the end', () => {
    const delays = Array.from({ length: 13 }, (_, index) =>
      nextStep('fetch-recording', index + 1, true, 'provider_not_found', undefined, 0),
    );
    expect(delays.map((step) => (step.step === 'retry' ? step.delayMs / second : step))).toEqual([
      2, 5, 15, 30, 60, 60, 120, 300, 900, 3_600, 21_600, 86_400, 86_400,
    ]);
  });

  it('gives up after forty attempts at a fetch and five at peaks', () => {
    expect(nextStep('fetch-recording', 39, true, 'timed_out', undefined, 0).step).toBe('retry');
    expect(nextStep('fetch-recording', 40, true, 'timed_out', undefined, 0)).toEqual({
      step: 'dead',
      code: 'gave_up',
    });
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
