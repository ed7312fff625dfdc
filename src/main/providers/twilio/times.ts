// Twilio writes moments as RFC 2822, e.g. `Wed, 20 Apr 2022 23:45:25 +0000`.

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const rfc2822 =
  /^(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) (?:([+-])(\d{2})(\d{2})|GMT|UTC?|Z)$/;

/**
 * Reads a moment. Stricter than Date.parse, which would take `5` for a day in May 2001.
 * @returns epoch milliseconds; undefined when it is missing or is no RFC 2822 date
 */
export function parseMoment(text: string | undefined): number | undefined {
  const parts = text === undefined ? null : rfc2822.exec(text);
  if (parts === null) return undefined;
  const [, day, monthName = '', year, hour, minute, second, sign, offsetHours = 0, offsetMinutes = 0] = parts;
  const month = months.indexOf(monthName);
  const date = new Date(0);
  date.setUTCFullYear(Number(year), month, Number(day));
  // A day that does not exist (31 April) rolls over into the next month; so does an unknown month name.
  if (month === -1 || date.getUTCDate() !== Number(day)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const localMs = date.getTime() + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  return sign === '-' ? localMs + offsetMs : localMs - offsetMs;
}

/**
 * Reads a length in whole seconds.
 * @returns milliseconds; undefined when missing, negative (Twilio sends -1 for "not known") or no number
 */
export function parseSecondsAsMs(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) * 1000 : undefined;
}
