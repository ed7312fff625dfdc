// The list of conversations: filters and pages. https://elevenlabs.io/docs/api-reference/conversations/list
import { badRequest, invalidField } from './errors.ts';
import type { SimConversation } from './conversations.ts';
import { summaryView } from './views.ts';

/** What express parsed of a query: text, or a list of texts. */
export type Query = Readonly<Record<string, unknown>>;

/**
 * One page, newest first. A filter that the API does not know is ignored, as real list APIs do.
 * @param ignoreFilters none is known
 */
export function listView(
  all: readonly SimConversation[],
  query: Query,
  nowMs: number,
  ignoreFilters: boolean,
): Record<string, unknown> {
  const size = wholeNumber(query, 'page_size', 1, 100) ?? 30;
  const shown = all
    .filter((conversation) => conversation.listedFromMs <= nowMs)
    .filter((conversation) => ignoreFilters || passes(conversation, query))
    .sort((a, b) => b.createdAtMs - a.createdAtMs || (a.conversationId < b.conversationId ? 1 : -1));
  const cursor = text(query, 'cursor');
  // The cursor names the last item of the page before, so that new calls do not shift what follows.
  const after = cursor === null ? -1 : shown.findIndex((item) => cursorOf(item) === cursor);
  if (cursor !== null && after === -1) throw badRequest('invalid_cursor', 'The cursor is not valid');
  const page = shown.slice(after + 1, after + 1 + size);
  const last = page.at(-1);
  const hasMore = last !== undefined && shown.at(-1) !== last;
  return {
    conversations: page.map(summaryView),
    next_cursor: hasMore ? cursorOf(last) : null,
    has_more: hasMore,
  };
}

function cursorOf({ conversationId }: SimConversation): string {
  return Buffer.from(conversationId).toString('base64url');
}

function passes(conversation: SimConversation, query: Query): boolean {
  const startSeconds = Math.floor(conversation.createdAtMs / 1000);
  const after = wholeNumber(query, 'call_start_after_unix', 0, 4e9);
  const before = wholeNumber(query, 'call_start_before_unix', 0, 4e9);
  const agentId = text(query, 'agent_id');
  const userId = text(query, 'user_id');
  return (
    (after === null || startSeconds > after) &&
    (before === null || startSeconds < before) &&
    (agentId === null || conversation.agentId === agentId) &&
    (userId === null || conversation.userId === userId) &&
    texts(query, 'dynamic_variable_params').every((condition) => holds(conversation, condition))
  );
}

/** A condition `name:operation:value`. */
function holds({ dynamicVariables }: SimConversation, condition: string): boolean {
  const [name = '', operation = '', ...rest] = condition.split(':');
  const operations = ['eq', 'neq'];
  if (!operations.includes(operation)) throw badRequest('invalid_filter', `Unknown operation ${operation}`);
  const value = rest.join(':');
  const known = dynamicVariables[name];
  const isEqual = typeof known === 'string' ? known === value : JSON.stringify(known) === value;
  return isEqual === (operation === 'eq');
}

function texts(query: Query, name: string): string[] {
  const given = query[name];
  const list: unknown[] = Array.isArray(given) ? given : [given];
  return list.filter((item) => typeof item === 'string');
}

function text(query: Query, name: string): string | null {
  return texts(query, name)[0] ?? null;
}

function wholeNumber(query: Query, name: string, low: number, high: number): number | null {
  const given = text(query, name);
  if (given === null) return null;
  const value = Number(given);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw invalidField(['query', name], `Input should be a whole number from ${low} to ${high}`);
  }
  return value;
}
