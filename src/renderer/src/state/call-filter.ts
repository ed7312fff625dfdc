// Which calls a list shows: as a question to the main process, and as a local judgement of one call that changed.
import type { CallsListInput, CallView } from '../../../preload/contract/calls.ts';
import type { Input } from '../../../preload/contract/api.ts';
import type { Show } from './routes.ts';

export interface CallFilter {
  show: Show;
  /** What was typed, trimmed; empty for no search. */
  q: string;
  /** Local midnight of the product's today, in epoch milliseconds: "Today" is a different list tomorrow. */
  todayMs: number;
}

export const pageSize = 100;

/** Lists with the same key are the same list. */
export function filterKey({ show, q, todayMs }: CallFilter): string {
  return `${show}|${show === 'today' && q === '' ? todayMs : ''}|${q}`;
}

/** The filter as calls.list and calls.count understand it. A search looks at all dates: a number has no day. */
export function toCountInput({ show, q, todayMs }: CallFilter): Input<'calls.count'> {
  return {
    ...(q === '' ? {} : { q }),
    ...(show === 'today' && q === '' ? { startedFromMs: todayMs } : {}),
    ...(show === 'attention' ? { needsAttention: true } : {}),
  };
}

/** A page of the filter, newest first. */
export function toListInput(filter: CallFilter, cursor: string | null): Input<'calls.list'> {
  const input: Partial<CallsListInput> = toCountInput(filter);
  return { ...input, limit: pageSize, ...(cursor === null ? {} : { cursor }) };
}

/**
 * Whether a call that changed belongs to the list. A search is judged by digits and reference alone, as typed:
 * what it misses here comes with the next page that is read.
 */
export function matchesFilter(call: CallView, { show, q, todayMs }: CallFilter): boolean {
  if (show === 'attention' && !call.needsAttention) return false;
  if (q === '') return show !== 'today' || call.startedAtMs >= todayMs;
  const digits = q.replace(/\D/g, '');
  if (digits.length >= 3 && [call.from, call.to].some((number) => digitsOf(number).includes(digits)))
    return true;
  return call.reference?.toLowerCase().includes(q.toLowerCase()) ?? false;
}

/** The order of every list: newest first, then by id, so that equal times never swap. */
export function compareCalls(a: CallView, b: CallView): number {
  return b.startedAtMs - a.startedAtMs || (a.callId < b.callId ? 1 : a.callId > b.callId ? -1 : 0);
}

function digitsOf(number: string | null): string {
  return number?.replace(/\D/g, '') ?? '';
}
