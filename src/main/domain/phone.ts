// How a number is shown to people, and how one that they typed is stored. The one file of the domain with a package: libphonenumber-js, smallest metadata.
import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { AppError } from './errors.ts';

/**
 * What Twilio sends as the caller when there is none: the word typed on a phone's keys.
 * https://help.twilio.com/articles/223179988 (ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE)
 */
const withheld = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253']);
const withheldWords = new Set([
  'anonymous',
  'restricted',
  'blocked',
  'unknown',
  'unavailable',
  'private',
  'withheld',
]);
export const withheldNumber = 'No caller ID';

/** The same few thousand numbers are shown again and again; parsing one costs some 20 microseconds. */
const cache = new Map<string, string>();
const maxCached = 20_000;

/**
 * A number as people of one country write it: `(415) 555-0199` at home, `+44 20 7946 0018` from abroad. SIP and
 * client addresses lose their scheme; a withheld number says so; anything else is shown as it came.
 * @param number as the provider sent it
 * @param homeCountry ISO code of two letters; numbers with its calling code are shown without it
 */
export function displayNumber(number: string, homeCountry: string): string {
  const cacheKey = `${homeCountry} ${number}`;
  const known = cache.get(cacheKey);
  if (known !== undefined) return known;
  const shown = compose(number.trim(), homeCountry);
  if (cache.size >= maxCached) cache.clear();
  cache.set(cacheKey, shown);
  return shown;
}

function compose(number: string, homeCountry: string): string {
  if (number === '' || withheld.has(number) || withheldWords.has(number.toLowerCase())) return withheldNumber;
  const address = /^(?:sips?|client):(.+)$/i.exec(number)?.[1]?.split(/[;?]/, 1)[0];
  if (address !== undefined && address !== '') {
    const user = address.split('@', 1)[0] ?? address;
    return withheldWords.has(user.toLowerCase()) ? withheldNumber : (format(user, homeCountry) ?? address);
  }
  return format(number, homeCountry) ?? number;
}

function format(number: string, homeCountry: string): string | null {
  if (!/^\+[\d\s().-]{5,25}$/.test(number)) return null;
  const parsed = parsePhoneNumberFromString(number);
  if (parsed === undefined || !parsed.isPossible()) return null;
  return parsed.countryCallingCode === callingCodeOf(homeCountry)
    ? parsed.formatNational()
    : parsed.formatInternational();
}

function callingCodeOf(country: string): string | null {
  return isSupportedCountry(country) ? getCountryCallingCode(country) : null;
}

/**
 * A number that somebody typed, in any usual form, as E.164.
 * @param text local forms are read as numbers of `homeCountry`
 * Errors: bad_number, with a sentence that does not repeat the number.
 */
export function toE164(text: string, homeCountry: string): string {
  const parsed = parsePhoneNumberFromString(text, {
    extract: false,
    ...(isSupportedCountry(homeCountry) ? { defaultCountry: homeCountry } : {}),
  });
  if (parsed === undefined || !parsed.isValid()) {
    throw new AppError('bad_number', 'This is not a phone number that can be dialled.');
  }
  if (parsed.ext !== undefined) {
    throw new AppError(
      'bad_number',
      'A number with an extension cannot be dialled; leave the extension out.',
    );
  }
  return parsed.number;
}
