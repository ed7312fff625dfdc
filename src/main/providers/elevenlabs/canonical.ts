import { hash } from 'node:crypto';

/** JSON with names in order: equal for equal facts, whatever order they came in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** A short name of some bytes: 96 bits of SHA-256, base64url. */
export function fingerprint(bytes: string | Uint8Array): string {
  return hash('sha256', bytes, 'base64url').slice(0, 16);
}

/**
 * Keys begin with the fact's own second, so that what happens together lies together in the store's indexes.
 * @param atMs 0 where it is not known
 */
export function timePart(atMs: number): string {
  return Math.floor(Math.max(0, atMs) / 1000)
    .toString(36)
    .padStart(7, '0');
}
