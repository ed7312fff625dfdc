// Reads LiveKit's JSON. Its API answers with the names of the protocol files (sip_call_id), its webhooks with those of
// proto3's JSON form (sipCallId); both are read everywhere. Whatever is not as expected is simply not there.
// Source: https://protobuf.dev/programming-guides/json/

export type Json = Readonly<Record<string, unknown>>;

/** @returns null when the bytes are not a JSON object in UTF-8; never throws */
export function parseObject(bytes: Uint8Array): Json | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param name in camel case; the same name with underscores is found, too */
function field(json: Json, name: string): unknown {
  if (Object.hasOwn(json, name)) return json[name];
  const spelt = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.hasOwn(json, spelt) ? json[spelt] : undefined;
}

/** @returns empty when there is no such text */
export function textOf(json: Json, name: string): string {
  const value = field(json, name);
  return typeof value === 'string' ? value : '';
}

export function objectOf(json: Json, name: string): Json | null {
  const value = field(json, name);
  return isObject(value) ? value : null;
}

/** The objects of a list; anything else in it is left out. */
export function objectsOf(json: Json, name: string): Json[] {
  const value = field(json, name);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A map of texts, whose names are the user's and are never respelt. */
export function textMapOf(json: Json, name: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(objectOf(json, name) ?? {})) {
    if (typeof value === 'string') texts.set(key, value);
  }
  return texts;
}

/** A whole number of at least 1, also as text: proto3's JSON writes 64-bit numbers so. */
export function countOf(json: Json, name: string): number | null {
  const value = field(json, name);
  if (typeof value !== 'number' && !(typeof value === 'string' && /^\d{1,19}$/.test(value))) return null;
  const count = Number(value);
  return Number.isInteger(count) && count > 0 ? count : null;
}

/** An enum, as its name or, as some servers write it, its number. */
export function isEnum(json: Json, name: string, word: string, number: number): boolean {
  const value = field(json, name);
  return value === word || value === number;
}

/** The same text for the same value, whatever order its names come in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    isObject(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : part,
  );
}
