// Chance that can be repeated: everything the sandbox makes up comes from a seed.
import { createHash } from 'node:crypto';

export interface Random {
  /** 0 (included) to 1 (not included). */
  next(): number;
  between(low: number, high: number): number;
  /** A whole number, both ends included. */
  whole(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  shuffled<T>(list: readonly T[]): T[];
}

/** FNV-1a, 32 bits: spreads any text over the whole seed space of the generator below. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * A seeded generator (mulberry32). The same seed gives the same sequence on every machine.
 * @param seed any text; parts are usually joined with a slash, e.g. `1/call/7`
 */
export function createRandom(seed: string): Random {
  let state = hash32(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    whole,
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick: (list) => list[whole(0, list.length - 1)] ?? list[0],
    shuffled: (list) =>
      list
        .map((item) => ({ item, place: next() }))
        .sort((a, b) => a.place - b.place)
        .map(({ item }) => item),
  };
}

/** A provider-like id: two letters and 32 hex digits, e.g. `CA…`, always the same for the same seed. */
export function sidOf(prefix: 'CA' | 'RE' | 'PN', seed: string): string {
  return prefix + createHash('sha256').update(`${prefix}/${seed}`).digest('hex').slice(0, 32);
}

/** A UUID made from a seed (version and variant bits as in a random one). */
export function uuidOf(seed: string): string {
  const hex = createHash('sha256').update(`uuid/${seed}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
