// The SQL of the call lists, made from a query. Shared by the store and the read-only worker, so that both give the
// same rows in the same order: newest first, equal times by id.
import { AppError } from '../domain/errors.ts';
import type { SqlValue } from './database.ts';
import { decodeTimeAndId } from './cursor.ts';
import type { CallsQuery } from './store.ts';

export interface Sql {
  text: string;
  params: SqlValue[];
}

/** Calls of now. One that only waits to be dialled is in the queue, whatever its status says. */
const liveStatuses = ['queued', 'ringing', 'in_progress'] as const;
const order = 'ORDER BY startedAtMs DESC, callId DESC';

/** One page and one row more, so that the caller sees whether there is a next one. Errors: bad_input */
export function pageSql(query: CallsQuery, limit: number, cursor: string | null): Sql {
  const rest = conditions(query);
  if (cursor !== null) {
    const { atMs, id } = decodeTimeAndId(cursor);
    rest.push({ text: '(startedAtMs, callId) < (?, ?)', params: [atMs, id] });
  }
  // One walk down an index per wanted value, merged: never a sort of all calls that have a common status.
  const parts = split(query).map((values) => {
    const all = [...values, ...rest];
    const where = all.length === 0 ? '' : `WHERE ${all.map(({ text }) => text).join(' AND ')}`;
    return {
      text: `SELECT * FROM (SELECT * FROM calls ${where} ${order} LIMIT ?)`,
      params: [...all.flatMap(({ params }) => params), limit + 1],
    };
  });
  return {
    text: `${parts.map(({ text }) => text).join(' UNION ALL ')} ${order} LIMIT ?`,
    params: [...parts.flatMap(({ params }) => params), limit + 1],
  };
}

/**
 * Counts of the calls that match, stopping at `cap`. `live` and `needsAttention` count within the query's other
 * filters, whatever it says of status and attention itself: they are the numbers beside those two filters.
 */
export function countSql(query: CallsQuery, cap: number): { total: Sql; live: Sql; needsAttention: Sql } {
  const { status: _status, live: _live, needsAttention: _needsAttention, ...others } = query;
  return {
    total: oneCount(query, cap),
    live: oneCount({ ...others, live: true }, cap),
    needsAttention: oneCount({ ...others, needsAttention: true }, cap),
  };
}

function oneCount(query: CallsQuery, cap: number): Sql {
  const all = [...lists(query), ...conditions(query)];
  const where = all.length === 0 ? '' : `WHERE ${all.map(({ text }) => text).join(' AND ')}`;
  return {
    text: `SELECT count(*) FROM (SELECT 1 FROM calls ${where} LIMIT ?)`,
    params: [...all.flatMap(({ params }) => params), cap],
  };
}

/** The statuses that a query asks for, null for any. */
function wantedStatuses(query: CallsQuery): readonly string[] | null {
  if (query.live !== true) return query.status ?? null;
  return query.status === undefined
    ? liveStatuses
    : liveStatuses.filter((status) => query.status?.includes(status));
}

function lists(query: CallsQuery): Sql[] {
  const found: Sql[] = [];
  const statuses = wantedStatuses(query);
  if (statuses !== null) found.push(inList('status', statuses));
  if (query.recordingStatus !== undefined) found.push(inList('recordingStatus', query.recordingStatus));
  return found;
}

/** The query cut into parts, one per value of its most telling list; the other list stays a condition of each. */
function split(query: CallsQuery): Sql[][] {
  const statuses = wantedStatuses(query);
  const recordingStatuses = query.recordingStatus ?? null;
  const each = (column: string, values: readonly string[], others: Sql[]): Sql[][] =>
    values.length === 0
      ? [[{ text: 'false', params: [] }]]
      : [...new Set(values)].map((value) => [
          { text: `${column} = ${literal(value)}`, params: [] },
          ...others,
        ]);
  if (recordingStatuses !== null && query.live !== true) {
    // The unary plus keeps SQLite from walking the wrong index.
    return each('recordingStatus', recordingStatuses, statuses === null ? [] : [inList('+status', statuses)]);
  }
  if (statuses !== null) {
    return each(
      'status',
      statuses,
      recordingStatuses === null ? [] : [inList('+recordingStatus', recordingStatuses)],
    );
  }
  return [[]];
}

/** A status spelt out, because SQLite matches a partial index with constants only. All of them are closed words. */
function literal(status: string): string {
  if (!/^[a-z_]+$/.test(status)) throw new AppError('bad_input', 'There is no such status.');
  return `'${status}'`;
}

function inList(column: string, values: readonly string[]): Sql {
  return values.length === 0
    ? { text: 'false', params: [] }
    : { text: `${column} IN (${values.map(() => '?').join(', ')})`, params: [...values] };
}

function conditions(query: CallsQuery): Sql[] {
  const found: Sql[] = [];
  const add = (text: string, ...params: SqlValue[]): void => void found.push({ text, params });
  if (query.direction !== undefined) add('direction = ?', query.direction);
  if (query.providerId !== undefined) add('providerId = ?', query.providerId);
  if (query.live === true) add(`dialState IS NOT 'waiting'`);
  if (query.needsAttention === true) add('needsAttention = 1');
  if (query.unmatched !== undefined) add(query.unmatched ? 'unmatched = 1' : 'unmatched = 0');
  if (query.startedFromMs !== undefined) add('startedAtMs >= ?', query.startedFromMs);
  if (query.startedToMs !== undefined) add('startedAtMs < ?', query.startedToMs);
  const text = query.q?.trim() ?? '';
  if (text !== '') found.push(search(text));
  return found;
}

/** Digits in any spelling are part of a number; every text can be part of a reference, our id or a provider's id. */
function search(text: string): Sql {
  if (text.length > 200) throw new AppError('bad_input', 'Search for less than 200 characters.');
  // LIKE reads a pattern up to its first NUL only, and what holds nothing but its signs is meant for no call.
  if (text.includes('\0') || /^[%_\s]+$/.test(text)) return { text: 'false', params: [] };
  const like = `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const found: Sql[] = [
    { text: `reference LIKE ? ESCAPE '\\'`, params: [like] },
    { text: `callId LIKE ? ESCAPE '\\'`, params: [like] },
    { text: `callId IN (SELECT callId FROM callKeys WHERE value LIKE ? ESCAPE '\\')`, params: [like] },
    {
      text: `callId IN (SELECT callId FROM recordings WHERE providerRecordingId LIKE ? ESCAPE '\\')`,
      params: [like],
    },
    {
      text: `callId IN (SELECT intoCallId FROM callAliases WHERE callId LIKE ? ESCAPE '\\')`,
      params: [like],
    },
  ];
  const digits = numberDigits(text);
  if (digits !== null) {
    found.push(
      { text: `"from" LIKE ?`, params: [`%${digits}%`] },
      { text: `"to" LIKE ?`, params: [`%${digits}%`] },
    );
  }
  return {
    text: `(${found.map((part) => part.text).join(' OR ')})`,
    params: found.flatMap((part) => part.params),
  };
}

/** @returns the digits as they stand in an international number, null when the text is not part of a number */
function numberDigits(text: string): string | null {
  if (!/^[\d\s()+./-]+$/.test(text)) return null;
  const digits = text.replaceAll(/\D/g, '');
  // A leading 00 or trunk 0 is how a number is dialled; it is not part of the number that providers write.
  const international = digits.replace(/^0+(?=\d)/, '');
  return international === '' ? null : international;
}
