// Lists: date filters and pages as the 2010 API has them.
import { invalid } from './errors.ts';
import { count, type Fields, one } from './fields.ts';

const dayMs = 86_400_000;

/**
 * Filters by `Name`, `Name<` and `Name>` (sent as `Name<=…` and `Name>=…`: both ends are included).
 * @param atMsOf the moment to compare; items without one match no filter
 * A date without a time means its midnight in UTC, and the whole day where equality is asked.
 */
export function inDateRange<T>(
  items: readonly T[],
  fields: Fields,
  name: string,
  atMsOf: (item: T) => number | null,
): T[] {
  const on = moment(fields, name);
  const until = moment(fields, `${name}<`);
  const since = moment(fields, `${name}>`);
  if (on === null && until === null && since === null) return [...items];
  return items.filter((item) => {
    const atMs = atMsOf(item);
    if (atMs === null) return false;
    // The API knows whole seconds only.
    const secondMs = Math.floor(atMs / 1000) * 1000;
    return (
      (on === null || (secondMs >= on.atMs && secondMs < on.atMs + on.spanMs)) &&
      (until === null || secondMs <= until.atMs) &&
      (since === null || secondMs >= since.atMs)
    );
  });
}

function moment(fields: Fields, name: string): { atMs: number; spanMs: number } | null {
  const text = one(fields, name);
  if (text === undefined) return null;
  const atMs = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(atMs)) throw invalid(`Invalid ${name}: ${text}`);
  return { atMs, spanMs: text.length === 10 ? dayMs : 1000 };
}

/**
 * One page. `PageToken` names the last item of the page before, so that new items do not shift what follows;
 * `Page` alone counts pages from the newest item.
 * @param path of the list, the same for all its pages
 * @param key name of the list in the answer
 */
export function page<T extends { sid: string }>(
  items: readonly T[],
  fields: Fields,
  path: string,
  key: string,
  view: (item: T) => unknown,
): Record<string, unknown> {
  const size = count(fields, 'PageSize', 1, 1000, 50);
  const number = count(fields, 'Page', 0, 1_000_000, 0);
  const from = startOf(items, fields, number * size);
  const shown = items.slice(from, from + size);
  const last = shown.at(-1);
  const hasNext = last !== undefined && from + size < items.length;
  const uri = (to: number, token: string | null): string => {
    const query = new URLSearchParams();
    for (const [name, values] of fields) {
      if (!name.startsWith('Page')) for (const value of values) query.append(name, value);
    }
    query.set('PageSize', String(size));
    query.set('Page', String(to));
    if (token !== null) query.set('PageToken', token);
    return `${path}?${query.toString()}`;
  };
  const before = items[from - size - 1];
  return {
    first_page_uri: uri(0, null),
    next_page_uri: hasNext ? uri(number + 1, `PA${last.sid}`) : null,
    previous_page_uri: number > 0 ? uri(number - 1, before === undefined ? null : `PA${before.sid}`) : null,
    uri: uri(number, one(fields, 'PageToken') ?? null),
    page: number,
    page_size: size,
    start: number * size,
    end: number * size + Math.max(0, shown.length - 1),
    [key]: shown.map(view),
  };
}

function startOf(items: readonly { sid: string }[], fields: Fields, otherwise: number): number {
  const token = one(fields, 'PageToken');
  if (token === undefined) return otherwise;
  const index = items.findIndex((item) => `PA${item.sid}` === token);
  if (index < 0) throw invalid('Invalid PageToken');
  return index + 1;
}
