// What Telnyx has of a stretch of time: recordings, and what happened to calls, whether its webhooks arrived or not.
import type { PulledFact, Window } from '../provider.ts';
import type { Ask } from './client.ts';
import { canonical, isJson, type Json, momentOf, textOf } from './json.ts';
import { listCallEvents, listRecordings, listWebhookDeliveries } from './lists.ts';
import { rowFact } from './look-up.ts';
import { recordingFact, withItsCall } from './recording.ts';
import { isOfInterest, typesOfInterest, understandWebhook } from './webhook.ts';

export interface ListedPage {
  facts: PulledFact[];
  nextPage: string | null;
}

/**
 * One page of the recordings that were created in a window, both ends included.
 * Source: https://developers.telnyx.com/api-reference/call-recordings/list-all-call-recordings (filter[created_at])
 */
export async function listSince(
  ask: Ask,
  { fromMs, toMs, page }: Window,
  signal: AbortSignal,
): Promise<ListedPage> {
  const number = page !== null && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1;
  const created_at = { gte: new Date(fromMs).toISOString(), lte: new Date(toMs).toISOString() };
  const { items, hasNext } = await listRecordings(ask, { created_at }, number, signal);
  const facts = items
    // A row from outside the window is a recording all the same, but it was not asked for.
    .filter((item) => isWithin({ fromMs, toMs }, momentOf(item, 'created_at')))
    .flatMap((item) => {
      const fact = recordingFact(item, '/v2/recordings');
      return fact === null ? [] : [withItsCall(item, fact)];
    });
  return { facts, nextPage: hasNext ? String(number + 1) : null };
}

/** The list of call events reaches back so far where no call is named. */
const eventsForMs = 86_400_000;

/**
 * One page of what happened to calls in a window, rebuilt as the webhooks that would have told it, with their own ids,
 * so that what was heard already changes nothing. First the log of deliveries, which has every webhook whole; then, for
 * the last 24 hours, the events, also of calls for which no webhook was sent.
 * Source: https://developers.telnyx.com/api-reference/webhooks/list-webhook-deliveries (started_at, event_type),
 * https://developers.telnyx.com/api-reference/debugging/list-call-events (one filter of occurred_at; 24 hours)
 * @param nowMs Telnyx's time
 */
export async function listCalls(
  ask: Ask,
  window: Window,
  nowMs: number,
  signal: AbortSignal,
): Promise<ListedPage> {
  const [, phase = 'deliveries', text = '1'] =
    /^(deliveries|events):([1-9]\d{0,5})$/.exec(window.page ?? '') ?? [];
  const number = Number(text);
  if (phase === 'events') return listEvents(ask, window, { number, nowMs }, signal);
  const page = await listDeliveries(ask, window, number, signal);
  const isRecent = window.toMs > nowMs - eventsForMs;
  return { ...page, nextPage: page.nextPage ?? (isRecent ? 'events:1' : null) };
}

async function listDeliveries(
  ask: Ask,
  { fromMs, toMs }: Window,
  number: number,
  signal: AbortSignal,
): Promise<ListedPage> {
  const filter = {
    // A webhook is sent some time after its event, and again for minutes where nobody answers.
    started_at: { gte: new Date(fromMs).toISOString(), lte: new Date(toMs).toISOString() },
    event_type: typesOfInterest.join(','),
  };
  const { items, hasNext } = await listWebhookDeliveries(ask, filter, number, signal);
  const facts = items
    .filter((item) => isWithin({ fromMs, toMs }, momentOf(item, 'started_at')))
    .flatMap((item) => (isJson(item['webhook']) ? deliveryFact(item['webhook']) : []));
  return { facts, nextPage: hasNext ? `deliveries:${number + 1}` : null };
}

/** A webhook of the log, read as if it had come; the log holds those of other products, too. */
function deliveryFact(webhook: Json): PulledFact[] {
  const occurredAtMs = momentOf(webhook, 'occurred_at');
  if (!isOfInterest(textOf(webhook, 'event_type') ?? '') || occurredAtMs === undefined) return [];
  const understood = understandWebhook(Buffer.from(canonical({ data: webhook })), occurredAtMs);
  return [{ ...understood, body: canonical(webhook), path: '/v2/webhook_deliveries' }];
}

async function listEvents(
  ask: Ask,
  { fromMs, toMs }: Window,
  { number, nowMs }: { number: number; nowMs: number },
  signal: AbortSignal,
): Promise<ListedPage> {
  const sinceMs = Math.max(fromMs, nowMs - eventsForMs);
  const filter = { occurred_at: { gte: new Date(sinceMs).toISOString() } };
  const { items, hasNext } = await listCallEvents(ask, filter, number, signal);
  const rows = items.filter(
    (row) => textOf(row, 'type') === 'webhook' && isOfInterest(textOf(row, 'name') ?? ''),
  );
  const answered = new Set(
    rows.filter((row) => textOf(row, 'name') === 'call.answered').map((row) => textOf(row, 'call_leg_id')),
  );
  const facts = rows
    .filter((row) => isWithin({ fromMs, toMs }, momentOf(row, 'event_timestamp')))
    // Who is not seen to have answered on this page may have on another.
    .flatMap((row) => rowFact(row, answered.has(textOf(row, 'call_leg_id')) || null) ?? []);
  return { facts, nextPage: hasNext ? `events:${number + 1}` : null };
}

/** A row that names no moment is kept; clocks of one provider may differ by a second. */
function isWithin({ fromMs, toMs }: Pick<Window, 'fromMs' | 'toMs'>, atMs: number | undefined): boolean {
  return atMs === undefined || (atMs >= fromMs - 1_000 && atMs <= toMs + 1_000);
}
