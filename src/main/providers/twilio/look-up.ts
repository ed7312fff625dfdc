// How a call stands, asked for: for calls whose status callbacks go to somebody else (ElevenLabs owns those of the
// calls that it places) or never came.
import type { CallKey } from '../../domain/provider-event.ts';
import type { LookUp, PulledFact, Window } from '../provider.ts';
import type { Ask } from './client.ts';
import { callSidPattern, callSidsOf } from './ids.ts';
import { type Json, textOf } from './json.ts';
import { type List, listAll, listPage, pageSize } from './lists.ts';
import { callFact, isOver, momentOf } from './pulled.ts';
import { TwilioRefusal } from './refusals.ts';
import { daysAround, isWithin } from './windows.ts';

/** A family of legs larger than this is no call of a clinic. */
const maxCalls = 30;

/**
 * One call.
 * Source: https://www.twilio.com/docs/voice/api/call-resource#fetch-a-call-resource
 * @returns null for a call that this account (in this region) does not have
 */
export async function fetchCall(ask: Ask, callSid: string, signal: AbortSignal): Promise<Json | null> {
  try {
    const { json } = await ask(signal, (client) => client.calls(callSid).fetch());
    return textOf(json, 'sid') === callSid ? json : null;
  } catch (error) {
    if (error instanceof TwilioRefusal && error.httpStatus === 404) return null;
    throw error;
  }
}

/**
 * Fetches every leg that is known, the leg above it, and the legs below (transfers, <Dial>).
 * Source: https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources (ParentCallSid)
 * @returns final when every leg has ended; no facts when Twilio knows none of the ids
 */
export async function lookUpCall(
  { ask, accountSid }: { ask: Ask; accountSid: () => string },
  keys: readonly CallKey[],
  signal: AbortSignal,
): Promise<LookUp> {
  const found = new Map<string, Json>();
  const asked = new Set<string>();
  const waiting = callSidsOf(keys);
  for (let sid = waiting.shift(); sid !== undefined && asked.size < maxCalls; sid = waiting.shift()) {
    if (asked.has(sid)) continue;
    asked.add(sid);
    const call = found.get(sid) ?? (await fetchCall(ask, sid, signal));
    if (call === null) continue;
    found.set(sid, call);
    const parentSid = textOf(call, 'parent_call_sid');
    if (parentSid !== undefined) {
      if (callSidPattern.test(parentSid)) waiting.push(parentSid);
      continue;
    }
    for (const child of await childrenOf({ ask, accountSid }, sid, signal)) {
      const childSid = textOf(child, 'sid') ?? '';
      if (callSidPattern.test(childSid)) found.set(childSid, child);
    }
  }
  const calls = [...found.values()];
  return { facts: calls.map(callFact), isFinal: calls.length > 0 && calls.every(isOver) };
}

async function childrenOf(
  { ask, accountSid }: { ask: Ask; accountSid: () => string },
  parentCallSid: string,
  signal: AbortSignal,
): Promise<Json[]> {
  const list: List = {
    name: 'calls',
    file: 'Calls.json',
    accountSid: accountSid(),
    first: (client) => client.calls.page({ parentCallSid, pageSize }),
    next: (client, url) => client.calls.getPage(url),
  };
  const rows = await listAll(ask, list, signal);
  return rows.filter((row) => textOf(row, 'parent_call_sid') === parentCallSid);
}

/** One page of all calls that began in a stretch of time, newest first; live ones among them. */
export async function listCalls(
  { ask, accountSid }: { ask: Ask; accountSid: () => string },
  window: Window,
  signal: AbortSignal,
): Promise<{ facts: PulledFact[]; nextPage: string | null }> {
  const { after, before } = daysAround(window);
  const list: List = {
    name: 'calls',
    file: 'Calls.json',
    accountSid: accountSid(),
    first: (client) => client.calls.page({ startTimeAfter: after, startTimeBefore: before, pageSize }),
    next: (client, url) => client.calls.getPage(url),
  };
  const { items, nextPage } = await listPage(ask, list, window.page, signal);
  const inside = items.filter((item) => isWithin(window, momentOf(item, 'start_time')));
  return { facts: inside.map(callFact), nextPage };
}

/** In this order, so that a call which goes on to the next status while the lists are read is met at the latest there. */
const liveStatuses = ['queued', 'ringing', 'in-progress'] as const;

/**
 * Every call of the account that is live now: one list per status, because Twilio filters by one at a time. Callbacks
 * of a number tell of a call's end only, so this is how an incoming call is first heard of.
 * Source: https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources (Status)
 */
export async function listLiveCalls(
  { ask, accountSid }: { ask: Ask; accountSid: () => string },
  signal: AbortSignal,
): Promise<PulledFact[]> {
  const bySid = new Map<string, Json>();
  for (const status of liveStatuses) {
    const list: List = {
      name: 'calls',
      file: 'Calls.json',
      accountSid: accountSid(),
      first: (client) => client.calls.page({ status, pageSize }),
      next: (client, url) => client.calls.getPage(url),
    };
    const rows = await listAll(ask, list, signal);
    // Rows of another status: the filter was ignored, and the whole account is no live call.
    for (const row of rows) if (textOf(row, 'status') === status) bySid.set(textOf(row, 'sid') ?? '', row);
  }
  return [...bySid.values()].map(callFact);
}
