// Reads JSON that somebody else wrote: a field of the wrong type is a field that is not there.

export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field that is a text with something in it. */
export function textOf(item: Json, name: string): string | undefined {
  const value = item[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The objects of a field that is a list. */
export function listOf(item: Json, name: string): Json[] {
  const value = item[name];
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** The same bytes for the same content, whatever order it came in. */
export function canonical(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(sorted(value)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  );
}
