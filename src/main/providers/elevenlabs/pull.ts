// What ElevenLabs says when asked: conversations by id, by time and by the callId that an order carried. Every row is
// checked: a filter that is not known to the API is ignored by it, and then any conversation comes back.
// Source: https://elevenlabs.io/docs/api-reference/conversations/list, .../get
import { z } from 'zod';
import type { CallKey } from '../../../preload/contract/calls.ts';
import { placedAtMs } from '../../domain/our-call-id.ts';
import { type DomainEvent, ourCallKey } from '../../domain/provider-event.ts';
import type { DialOrder, LookUp, PulledFact, Window } from '../provider.ts';
import { canonicalJson, fingerprint, timePart } from './canonical.ts';
import type { Client } from './client.ts';
import { type Conversation, conversation, eventsOf, isSettled } from './conversation.ts';
import { conversationIdsOf, conversationKey, isConversationId } from './ids.ts';

const conversationsPath = '/v1/convai/conversations';
const pageSize = 100;
/**
 * How many conversations are looked at each time that the one of an order is asked for, on how many pages: where the
 * filter is ignored everybody's come back. Those whose order is known by then are not asked for again.
 */
const maxCandidates = 60;
const maxSearchPages = 5;
const maxKnown = 10_000;

/** The callId that a conversation carries, by its id; it never changes. */
export type KnownOrders = Map<string, string>;

const page = z.object({
  conversations: z.array(z.unknown()).nullish().catch(null),
  next_cursor: z.string().nullish().catch(null),
  has_more: z.boolean().nullish().catch(null),
});
const summary = z.object({
  conversation_id: z.string().refine(isConversationId),
  start_time_unix_secs: z.number().nullish().catch(null),
  direction: z.string().nullish().catch(null),
  conversation_initiation_source: z.string().nullish().catch(null),
});
/** A workspace holds chats of web pages and apps, too; these are the telephone. */
const phoneSources = new Set(['twilio', 'sip_trunk', 'exotel', 'genesys', 'avaya', 'audiocodes', 'unknown']);

/** Everything known of the conversations that `keys` name. @returns not final while one of them is not settled */
export async function lookUp(
  client: Client,
  keys: readonly CallKey[],
  nowMs: number,
  signal: AbortSignal,
): Promise<LookUp> {
  const facts: PulledFact[] = [];
  let isFinal = true;
  for (const conversationId of conversationIdsOf(keys)) {
    const told = await ask(client, conversationId, signal);
    if (told !== null) facts.push(factOf(told, nowMs));
    if (told === null || !isSettled(told.read)) isFinal = false;
  }
  return { facts, isFinal };
}

interface Told {
  read: Conversation;
  json: unknown;
}

/** @returns null when ElevenLabs does not know it, or answers with another one */
async function ask(client: Client, conversationId: string, signal: AbortSignal): Promise<Told | null> {
  const json = await client.get(`${conversationsPath}/${conversationId}`, signal);
  const read = conversation.safeParse(json);
  return read.success && read.data.conversation_id === conversationId ? { read: read.data, json } : null;
}

function factOf({ read, json }: Told, nowMs: number, extraKeys: readonly CallKey[] = []): PulledFact {
  const canonical = canonicalJson(json);
  const startedAtMs = (read.metadata?.start_time_unix_secs ?? 0) * 1000;
  const id = read.conversation_id;
  const dedupeKey = `${timePart(startedAtMs)}:conversation:${id}:${fingerprint(canonical)}`;
  const events = eventsOf(read, { eventKey: dedupeKey, atMs: nowMs, noAudioIsFinal: true });
  return {
    outcome: 'applied',
    label: 'conversation',
    dedupeKey,
    events: events.map((event): DomainEvent => ({ ...event, keys: withKeys(event.keys, extraKeys) })),
    body: Buffer.from(canonical),
    path: `${conversationsPath}/${id}`,
  };
}

function withKeys(keys: readonly CallKey[], extra: readonly CallKey[]): CallKey[] {
  const isNew = ({ kind, value }: CallKey): boolean =>
    !keys.some((key) => key.kind === kind && key.value === value);
  return [...keys, ...extra.filter(isNew)];
}

/**
 * The conversation of an order, by the callId that it carried as chat_id and user_id. A call that was just placed may
 * be missing for a minute.
 * @returns null when none carries it (yet)
 */
export async function findDial(
  { client, known }: { client: Client; known: KnownOrders },
  order: DialOrder,
  nowMs: number,
  signal: AbortSignal,
): Promise<PulledFact | null> {
  // An hour of grace: the clocks may differ, and asking for too much only costs rows.
  const sinceSeconds = Math.floor(placedAtMs(order.callId) / 1000) - 3_600;
  const query = new URLSearchParams({
    page_size: String(pageSize),
    call_start_after_unix: String(Math.max(0, sinceSeconds)),
    user_id: order.callId,
    dynamic_variable_params: `chat_id:eq:${order.callId}`,
  });
  let left = maxCandidates;
  for (let pages = 0; pages < maxSearchPages; pages++) {
    const answer = await client.get(`${conversationsPath}?${query.toString()}`, signal);
    const { rows, nextCursor } = readPage(answer);
    for (const { conversation_id: id } of rows) {
      if ((known.get(id) ?? order.callId) !== order.callId) continue;
      if (left-- <= 0) return null;
      const told = await ask(client, id, signal);
      const variables = told?.read.conversation_initiation_client_data?.dynamic_variables;
      const chatId = variables?.['chat_id'];
      if (told !== null && chatId === order.callId) return factOf(told, nowMs, [ourCallKey(order.callId)]);
      if (variables !== null && variables !== undefined) remember(known, id, chatId);
    }
    if (nextCursor === null) return null;
    query.set('cursor', nextCursor);
  }
  return null;
}

function remember(known: KnownOrders, id: string, chatId: unknown): void {
  if (known.size >= maxKnown) known.clear();
  known.set(id, typeof chatId === 'string' ? chatId : '');
}

/** Telephone calls that began in a window, a page at a time; whoever wants more of one looks it up. */
export async function listCalls(
  client: Client,
  window: Window,
  signal: AbortSignal,
): Promise<{ facts: PulledFact[]; nextPage: string | null }> {
  const query = new URLSearchParams({
    page_size: String(pageSize),
    call_start_after_unix: String(Math.max(0, Math.floor(window.fromMs / 1000) - 1)),
    call_start_before_unix: String(Math.ceil(window.toMs / 1000) + 1),
  });
  if (window.page !== null) query.set('cursor', window.page);
  const json = await client.get(`${conversationsPath}?${query.toString()}`, signal);
  const { rows, nextCursor } = readPage(json);
  const startOf = (row: Row): number => (row.start_time_unix_secs ?? 0) * 1000;
  const inWindow = rows.filter(
    (row) => startOf(row) >= window.fromMs - 1000 && startOf(row) <= window.toMs + 1000,
  );
  // Newest first: a page of nothing but older calls means that the window was ignored, and there is no end to that.
  const isPast = rows.length > 0 && rows.every((row) => startOf(row) < window.fromMs - 1000);
  return {
    facts: inWindow.filter(isPhoneCall).map((row) => summaryFact(row)),
    nextPage: isPast ? null : nextCursor,
  };
}

type Row = z.infer<typeof summary> & { json: unknown };

function readPage(json: unknown): { rows: Row[]; nextCursor: string | null } {
  const read = page.safeParse(json);
  if (!read.success) return { rows: [], nextCursor: null };
  const rows = (read.data.conversations ?? []).flatMap((item): Row[] => {
    const row = summary.safeParse(item);
    return row.success ? [{ ...row.data, json: item }] : [];
  });
  const { next_cursor: cursor, has_more: hasMore } = read.data;
  return { rows, nextCursor: hasMore === true && cursor ? cursor : null };
}

function isPhoneCall({ direction, conversation_initiation_source: source }: Row): boolean {
  if (direction === 'inbound' || direction === 'outbound') return true;
  return source === null || source === undefined || phoneSources.has(source);
}

/** A summary names no numbers and no carrier: only that there was a call, when, and how it ended. */
function summaryFact({ json, ...row }: Row): PulledFact {
  const id = row.conversation_id;
  const canonical = canonicalJson(json);
  const told = { ...(typeof json === 'object' ? json : {}), conversation_id: id, metadata: json };
  const startedAtMs = (row.start_time_unix_secs ?? 0) * 1000;
  const dedupeKey = `${timePart(startedAtMs)}:listed:${id}:${fingerprint(canonical)}`;
  const events = eventsOf(conversation.parse(told), {
    eventKey: dedupeKey,
    atMs: startedAtMs,
    noAudioIsFinal: false,
  }).map((event): DomainEvent => ({ ...event, keys: [conversationKey(id)] }));
  return {
    outcome: 'applied',
    label: 'conversation listed',
    dedupeKey,
    events,
    body: Buffer.from(canonical),
    path: conversationsPath,
  };
}
