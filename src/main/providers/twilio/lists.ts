// Lists of the 2010 API, page by page. Twilio names the next page; it is followed only where it is of the same list.
// Source: https://www.twilio.com/docs/usage/twilios-response#pagination
import type twilio from 'twilio';
import { AppError } from '../../domain/errors.ts';
import type { Ask } from './client.ts';
import { type Json, listOf, textOf } from './json.ts';

export interface Page {
  items: Json[];
  /** Path and query; null after the last page. */
  nextPage: string | null;
}

export interface List {
  /** Name of the list in the answer. */
  name: 'calls' | 'recordings' | 'incoming_phone_numbers';
  /** Last part of its path. */
  file: 'Calls.json' | 'Recordings.json' | 'IncomingPhoneNumbers.json';
  first: (client: twilio.Twilio) => PromiseLike<unknown>;
  next: (client: twilio.Twilio, url: string) => PromiseLike<unknown>;
  accountSid: string;
}

/** The most items of a page that Twilio allows. */
export const pageSize = 1_000;
/** 50,000 items: more would be a list that never ends. */
const maxPages = 50;

/** @param page where the page before said to go on; null for the first. Errors: those of asking, bad_input (a foreign page) */
export async function listPage(
  ask: Ask,
  list: List,
  page: string | null,
  signal: AbortSignal,
): Promise<Page> {
  if (page !== null && !isOfList(page, list))
    throw new AppError('bad_input', 'This is no page of this list.');
  const { json } = await ask(signal, (client, baseUrl) =>
    page === null ? list.first(client) : list.next(client, baseUrl + page),
  );
  if (!Array.isArray(json[list.name])) {
    throw new AppError('network_failed', 'Twilio gave no list that can be read.', { retryable: true });
  }
  const next = textOf(json, 'next_page_uri');
  return {
    items: listOf(json, list.name),
    nextPage: next !== undefined && isOfList(next, list) ? next : null,
  };
}

/** Every item, of all pages. */
export async function listAll(ask: Ask, list: List, signal: AbortSignal): Promise<Json[]> {
  const items: Json[] = [];
  let page: string | null = null;
  for (let read = 0; read < maxPages; read++) {
    const answer: Page = await listPage(ask, list, page, signal);
    items.push(...answer.items);
    page = answer.nextPage;
    if (page === null) break;
  }
  return items;
}

function isOfList(page: string, { accountSid, file }: List): boolean {
  return page.startsWith(`/2010-04-01/Accounts/${accountSid}/${file}?`) && !page.includes('#');
}
