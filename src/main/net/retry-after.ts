// How long a provider asks to be left alone.
// Source: RFC 9110, 10.2.3 (Retry-After: a whole number of seconds, or a date)

/** The longest wish that is followed: an odd header must not silence a provider for days. */
export const longestRestMs = 3_600_000;
/** A provider that says "too many" without saying how long. */
const unsaidRestMs = 1_000;

/**
 * What an answer asks for.
 * @param headers lower-case names. A date is read against the answer's own `date`, so that a wrong clock here does not matter
 * @param nowMs stands in for an answer without a date of its own
 * @returns how long to wait, at most an hour; null when the answer asks for nothing
 */
export function restAskedFor(
  { status, headers }: { status: number; headers: Readonly<Record<string, string>> },
  nowMs: number,
): number | null {
  if (status !== 429 && status !== 503) return null;
  const wish = headers['retry-after']?.trim() ?? '';
  const otherwise = status === 429 ? unsaidRestMs : null;
  if (/^\d{1,9}$/.test(wish)) return Math.min(Number(wish) * 1_000, longestRestMs);
  const untilMs = momentOf(wish);
  if (untilMs === null) return otherwise;
  return Math.min(Math.max(0, untilMs - (momentOf(headers['date']) ?? nowMs)), longestRestMs);
}

/**
 * Reads an HTTP date.
 * @param text e.g. `Fri, 27 Nov 2026 02:00:00 GMT`; other forms are not read (RFC 9110, 5.6.7: obsolete)
 * @returns epoch milliseconds of whole seconds; null when it is none
 */
export function momentOf(text: string | undefined): number | null {
  if (text === undefined || !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) {
    return null;
  }
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}
