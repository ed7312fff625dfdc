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
 * The one call that fits by number and time. Audio that names no number fits by time alone only when it is about as
 * long as the talk was.
 * @returns null when none or more than one fits
 */
export function uniqueFit(unmatched: CallRow, candidates: readonly CallRow[]): CallRow | null {
  const fitting = candidates.filter((candidate) => {
    const because = becauseOf(unmatched, candidate);
    if (!because.includes('same_time')) return false;
    const namesNumber = unmatched.from !== null || unmatched.to !== null;
    return namesNumber ? because.includes('same_number') : isAsLong(unmatched, candidate);
  });
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

function isAsLong({ durationMs: audioMs }: CallRow, { durationMs: talkMs }: CallRow): boolean {
  if (audioMs === null || talkMs === null) return false;
  return Math.abs(audioMs - talkMs) <= Math.max(5_000, talkMs * 0.1);
}

function spanOf({ startedAtMs, endedAtMs, durationMs }: CallRow): [number, number] {
  return [startedAtMs, endedAtMs ?? startedAtMs + (durationMs ?? 0)];
}
