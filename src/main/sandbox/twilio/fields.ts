// Reads form and query fields of a request: all of them are text, some come several times.
import { invalid, TwilioError } from './errors.ts';
import type { CallbackTarget } from '../world.ts';

export type Fields = ReadonlyMap<string, readonly string[]>;

/** @param given what express parsed: a form body or a query, values being text or lists of text */
export function fieldsOf(given: unknown): Fields {
  const fields = new Map<string, string[]>();
  if (typeof given !== 'object' || given === null) return fields;
  for (const [name, value] of Object.entries(given)) {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    fields.set(
      name,
      list.filter((item) => typeof item === 'string'),
    );
  }
  return fields;
}

/** The first value of a field; empty counts as not given. */
export function one(fields: Fields, name: string): string | undefined {
  const value = fields.get(name)?.[0];
  return value === '' ? undefined : value;
}

/** A field that may only have certain values. Errors: 20001 with the allowed ones. */
export function choice<T extends string>(fields: Fields, name: string, allowed: readonly T[]): T | undefined {
  const value = one(fields, name);
  if (value === undefined) return undefined;
  const known = allowed.find((item) => item === value);
  if (known === undefined) throw invalid(`Invalid ${name}: ${value}. Allowed: ${allowed.join(', ')}`);
  return known;
}

export function flag(fields: Fields, name: string): boolean {
  return choice(fields, name, ['true', 'false']) === 'true';
}

/** A whole number within limits. Errors: 20001. */
export function count(fields: Fields, name: string, low: number, high: number, otherwise: number): number {
  const value = one(fields, name);
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (!Number.isInteger(number) || number < low || number > high) {
    throw invalid(`Invalid ${name}: must be a whole number from ${low} to ${high}`);
  }
  return number;
}

/**
 * Where to send callbacks, from `<name>`, `<name>Method` and `<name>Event`.
 * @returns null when no address was given. Errors: 21609 for one that is no absolute http(s) address.
 */
export function callbackTarget(fields: Fields, name: string): CallbackTarget | null {
  const url = one(fields, name);
  if (url === undefined) return null;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new TwilioError(400, 21_609, `The '${name}' URL ${url} is not a valid URL.`);
  }
  // The events come as repeated fields (SDKs) or in one field with spaces (the API's own text); both are taken.
  const events = (fields.get(`${name}Event`) ?? []).flatMap((value) => value.split(/\s+/)).filter(Boolean);
  return {
    url,
    method: choice(fields, `${name}Method`, ['GET', 'POST']) ?? 'POST',
    events: new Set(events.length > 0 ? events : ['completed']),
  };
}
