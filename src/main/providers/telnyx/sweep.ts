import type { PulledFact, Window } from '../provider.ts';
import type { Ask } from './client.ts';
import { momentOf } from './json.ts';
import { listRecordings } from './lists.ts';
import { recordingFact } from './recording.ts';

/**
 * One page of the recordings that were created in a window, both ends included.
 * Source: https://developers.telnyx.com/api-reference/call-recordings/list-all-call-recordings (filter[created_at])
 */
export async function listSince(
  ask: Ask,
  { fromMs, toMs, page }: Window,
  signal: AbortSignal,
): Promise<{ facts: PulledFact[]; nextPage: string | null }> {
  const number = page !== null && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1;
  const created_at = { gte: new Date(fromMs).toISOString(), lte: new Date(toMs).toISOString() };
  const { items, hasNext } = await listRecordings(ask, { created_at }, number, signal);
  const facts = items
    // A row from outside the window is a recording all the same, but it was not asked for.
    .filter((item) => {
      const createdAtMs = momentOf(item, 'created_at');
      return createdAtMs === undefined || (createdAtMs >= fromMs - 1_000 && createdAtMs <= toMs + 1_000);
    })
    .map((item) => recordingFact(item, '/v2/recordings'))
    .filter((fact) => fact !== null);
  return { facts, nextPage: hasNext ? String(number + 1) : null };
}
