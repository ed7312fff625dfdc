// Telnyx's lists, one explicit page per request.
// The SDK 7.24 types flat `page_number` and its own pager mixes both spellings, so the documented `page[number]` is
// sent and its pager is not used; nothing is ever passed as `query` in the options, because that would replace the
// filter. Source: https://developers.telnyx.com/api-reference/call-recordings/list-all-call-recordings
import type Telnyx from 'telnyx';
import { AppError } from '../../domain/errors.ts';
import type { Ask } from './client.ts';
import { countOf, isJson, type Json } from './json.ts';

export interface Page {
  items: Json[];
  hasNext: boolean;
}

/** Documented: 1 to 250. */
export const pageSize = 100;

/** The documented filters that are used. */
export type RecordingFilter =
  | { call_session_id: string }
  | { call_leg_id: string }
  | { call_control_id: string }
  | { sip_call_id: string }
  | { created_at: { gte: string; lte: string } };

/** One page of recordings, by exactly one filter. */
export async function listRecordings(
  ask: Ask,
  filter: RecordingFilter,
  page: number,
  signal: AbortSignal,
): Promise<Page> {
  const query: Telnyx.RecordingListParams & Paging = { filter, ...paging(page) };
  return readPage(await ask(signal, (client, options) => client.recordings.list(query, options)), page);
}

/**
 * One page of what happened to calls: commands, and webhooks whether they arrived or not. Without a filter for leg or
 * session only the last 24 hours are searched.
 * Source: https://developers.telnyx.com/api-reference/debugging/list-call-events
 */
export async function listCallEvents(
  ask: Ask,
  filter: NonNullable<Telnyx.CallEventListParams['filter']>,
  page: number,
  signal: AbortSignal,
): Promise<Page> {
  const query: Telnyx.CallEventListParams & Paging = { filter, ...paging(page) };
  return readPage(await ask(signal, (client, options) => client.callEvents.list(query, options)), page);
}

/**
 * One page of the log of webhooks that Telnyx sent or tried to send, each with the event as it was sent.
 * Source: https://developers.telnyx.com/api-reference/webhooks/list-webhook-deliveries
 */
export async function listWebhookDeliveries(
  ask: Ask,
  filter: NonNullable<Telnyx.WebhookDeliveryListParams['filter']>,
  page: number,
  signal: AbortSignal,
): Promise<Page> {
  const query: Telnyx.WebhookDeliveryListParams & Paging = { filter, ...paging(page) };
  return readPage(
    await ask(signal, (client, options) => client.webhookDeliveries.list(query, options)),
    page,
  );
}

/** Live calls of a connection. Source: https://developers.telnyx.com/api-reference/call-information/list-all-active-calls-for-given-connection */
export async function listActiveCalls(
  ask: Ask,
  connectionId: string,
  page: number,
  signal: AbortSignal,
): Promise<Page> {
  const query: Telnyx.ConnectionListActiveCallsParams & Paging = paging(page);
  return readPage(
    await ask(signal, (client, options) => client.connections.listActiveCalls(connectionId, query, options)),
    page,
  );
}

interface Paging {
  'page[number]': number;
  'page[size]': number;
}

function paging(page: number): Paging {
  return { 'page[number]': page, 'page[size]': pageSize };
}

function readPage(answer: { data?: unknown; meta?: unknown }, page: number): Page {
  if (!Array.isArray(answer.data)) {
    throw new AppError('provider_unavailable', 'Telnyx did not answer with a list.', { retryable: true });
  }
  const given: readonly unknown[] = answer.data;
  const items = given.filter(isJson);
  const meta = isJson(answer.meta) ? answer.meta : {};
  const totalPages = countOf(meta, 'total_pages');
  // Without a count a full page may have a successor; an empty one never has.
  const hasNext = totalPages === undefined ? items.length >= pageSize : page < totalPages;
  return { items, hasNext: hasNext && items.length > 0 };
}
