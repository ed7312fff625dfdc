// How much speaks for two calls being one where no exact id does. Never enough by itself: a person decides, or the
// user has said that exactly one fitting call is enough.
import type { CallRow } from './call.ts';

export type Because = 'same_number' | 'same_time';

/** Clocks of two providers differ, and audio begins when somebody answers. */
const toleranceMs = 60_000;

/** What speaks for `candidate` being the call that `unmatched` is a part of. */
export function becauseOf(unmatched: CallRow, candidate: CallRow): Because[] {
  const because: Because[] = [];
  const numbers = [candidate.from, candidate.to].filter((number) => number !== null);
  if (numbers.some((number) => number === unmatched.from || number === unmatched.to)) {
    because.push('same_number');
  }
  const [begin, end] = spanOf(unmatched);
  const [from, to] = spanOf(candidate);
  if (begin <= to + toleranceMs && end >= from - toleranceMs) because.push('same_time');
  return because;
}

/**
 * The one call that fits by number and time: every number that is known of the unmatched one is a number of the call
 * (a clinic has one line and many callers), and the times overlap. Where no number is known, nothing fits.
 * @returns null when none or more than one fits
 */
export function uniqueFit(unmatched: CallRow, candidates: readonly CallRow[]): CallRow | null {
  const numbers = [unmatched.from, unmatched.to].filter((number) => number !== null);
  if (numbers.length === 0) return null;
  const fitting = candidates.filter(
    (candidate) =>
      numbers.every((number) => number === candidate.from || number === candidate.to) &&
      becauseOf(unmatched, candidate).includes('same_time'),
  );
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

function spanOf({ startedAtMs, endedAtMs, durationMs }: CallRow): [number, number] {
  return [startedAtMs, endedAtMs ?? startedAtMs + (durationMs ?? 0)];
}
