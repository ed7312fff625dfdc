// The calls that are live on our connection now, also those of which no webhook has told.
import type { PulledFact } from '../provider.ts';
import type { Ask } from './client.ts';
import { keysOf, providerId } from './ids.ts';
import { canonical, countOf, type Json, textOf } from './json.ts';
import { listActiveCalls } from './lists.ts';
import { ourKeysOf } from './our-call.ts';

/** 2,000 live calls: more are no clinic's. */
const maxPages = 20;

/**
 * Every live call, by its ids. The list tells neither numbers nor how far a call is: each is one fact, the same at
 * every look, after which the call is asked after like any other.
 * Source: https://developers.telnyx.com/api-reference/call-information/list-all-active-calls-for-given-connection
 * @returns empty while no connection is set
 */
export async function listLiveCalls(
  deps: { ask: Ask; now: () => number; connectionId: () => string },
  signal: AbortSignal,
): Promise<PulledFact[]> {
  const connectionId = deps.connectionId();
  if (connectionId === '') return [];
  const facts: PulledFact[] = [];
  for (let page = 1; page <= maxPages; page++) {
    const { items, hasNext } = await listActiveCalls(deps.ask, connectionId, page, signal);
    for (const item of items) {
      const fact = liveFact(item, `/v2/connections/${connectionId}/active_calls`, deps.now());
      if (fact !== null) facts.push(fact);
    }
    if (!hasNext) break;
  }
  return facts;
}

/** Null when an id does not fit its pattern. */
function liveFact(item: Json, path: string, nowMs: number): PulledFact | null {
  const keys = keysOf(item);
  const legId = textOf(item, 'call_leg_id');
  if (keys === null || legId === undefined) return null;
  const startedAtMs = nowMs - (countOf(item, 'call_duration') ?? 0) * 1_000;
  const dedupeKey = `live:${legId}`;
  const { call_duration: _changes, ...lasting } = item;
  return {
    outcome: 'applied',
    label: 'call live',
    dedupeKey,
    path,
    body: canonical(lasting),
    events: [
      {
        kind: 'call.started',
        eventKey: `${dedupeKey}:0`,
        providerId,
        occurredAtMs: startedAtMs,
        sequence: 0,
        keys: [...keys, ...ourKeysOf(item)],
        data: { leg: { legId, parentLegId: null }, status: 'queued', startedAtMs },
      },
    ],
  };
}
