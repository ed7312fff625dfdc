// Reads JSON that somebody else wrote: a field of the wrong type is a field that is not there.

export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field that is an object; an empty one where it is not. */
export function objectOf(item: Json, name: string): Json {
  const value = item[name];
  return isJson(value) ? value : {};
}

/** The objects of a field that is a list. */
export function listOf(item: Json, name: string): Json[] {
  const value = item[name];
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** A field that is a text with something in it. */
export function textOf(item: Json, name: string): string | undefined {
  const value = item[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A field that is a whole number from 0. */
export function countOf(item: Json, name: string): number | undefined {
  const value = item[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

const iso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * A field that is a moment, e.g. `2025-11-23T03:30:00.996306Z`.
 * @returns whole epoch milliseconds
 */
export function momentOf(item: Json, name: string): number | undefined {
  const value = textOf(item, name);
  const atMs = value !== undefined && iso.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** The same text for the same facts, whatever order they came in. */
export function canonical(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(sorted(value)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJson(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}
