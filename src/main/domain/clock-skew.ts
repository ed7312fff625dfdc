// How far this computer's clock is from the phone services', measured by the Date of their answers. A laptop with a
// wrong clock would refuse every webhook that is signed for minutes only.

/** One answer: when it was asked for and when its head came, by this computer, and what the other clock said. */
export interface DateSample {
  askedAtMs: number;
  answeredAtMs: number;
  /** Whole seconds, as HTTP writes them. */
  dateMs: number;
}

/** Samples that are looked at; three that agree outvote what was believed before. */
export const keptSamples = 5;
const enoughSamples = 3;
/** An answer that took longer says too little about when its date was written. */
const longestRoundTripMs = 20_000;
/** From here on people are told. */
export const wrongFromMs = 120_000;

/**
 * @returns how far this computer is ahead (negative: behind), milliseconds, good to a second and half the round trip;
 *   null for an answer that took too long, or during which the clock was set
 */
export function skewOf({ askedAtMs, answeredAtMs, dateMs }: DateSample): number | null {
  const roundTripMs = answeredAtMs - askedAtMs;
  if (roundTripMs < 0 || roundTripMs > longestRoundTripMs) return null;
  // The date was true for a whole second.
  return Math.round(askedAtMs + roundTripMs / 2 - (dateMs + 500));
}

/**
 * What the newest samples say together: the median, so that one clock out there that is wrong itself changes nothing.
 * @param skews milliseconds, oldest first
 * @returns null while there are too few to believe
 */
export function skewFrom(skews: readonly number[]): number | null {
  if (skews.length < enoughSamples) return null;
  const sorted = skews.slice(-keptSamples).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return Math.round((low + high) / 2);
}

/** Whether a clock is so wrong that it has to be set. @param skewMs null: not known */
export function isClockWrong(skewMs: number | null): boolean {
  return skewMs !== null && Math.abs(skewMs) > wrongFromMs;
}
