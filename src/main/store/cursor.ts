// Cursors are opaque to callers: base64url of the position of the last row of a page.
import { AppError } from '../domain/errors.ts';
import type { Page } from './store.ts';

type Position = readonly (string | number)[];

export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

function refuse(): never {
  throw new AppError('bad_input', 'This page is no longer known. Start from the first one.');
}

/** @returns the number in a cursor of a list that is ordered by one number. Errors: bad_input */
export function decodeNumber(cursor: string): number {
  const value = parse(cursor);
  const first: unknown = Array.isArray(value) && value.length === 1 ? value[0] : null;
  return typeof first === 'number' && Number.isSafeInteger(first) ? first : refuse();
}

/** @returns time and id in a cursor of a list that is ordered by both. Errors: bad_input */
export function decodeTimeAndId(cursor: string): { atMs: number; id: string } {
  const value = parse(cursor);
  if (!Array.isArray(value) || value.length !== 2) return refuse();
  const [atMs, id]: unknown[] = value;
  return typeof atMs === 'number' && Number.isSafeInteger(atMs) && typeof id === 'string'
    ? { atMs, id }
    : refuse();
}

/** @returns the id in a cursor of a list that is ordered by id. Errors: bad_input */
export function decodeId(cursor: string): string {
  const value = parse(cursor);
  const first: unknown = Array.isArray(value) && value.length === 1 ? value[0] : null;
  return typeof first === 'string' ? first : refuse();
}

/**
 * Cuts a page out of rows that were read one further than the page is long.
 * @param position of a row, as the decoder of this list expects it
 */
export function pageOf<Stored, Row>(
  rows: readonly Stored[],
  limit: number,
  position: (row: Stored) => Position,
  toRow: (row: Stored) => Row,
): Page<Row> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    items: kept.map(toRow),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(position(last)) : null,
  };
}
