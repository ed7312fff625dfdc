// Twilio's ids. They become part of URLs, so only exactly these shapes are ever used.
// Source: https://www.twilio.com/docs/glossary/what-is-a-sid
import type { CallKey } from '../../domain/provider-event.ts';

/** The callbacks' providerId and the first part of every stored row. */
export const providerId = 'twilio';

export const accountSidPattern = /^AC[0-9a-f]{32}$/;
export const callSidPattern = /^CA[0-9a-f]{32}$/;
export const recordingSidPattern = /^RE[0-9a-f]{32}$/;
export const numberSidPattern = /^PN[0-9a-f]{32}$/;

/** A call that was transferred has a SID for each of its legs; one with more than this is no call of a clinic. */
const maxLegs = 20;

/** The CallSids among the keys of a call: its own and those of its legs, each once. */
export function callSidsOf(keys: readonly CallKey[]): string[] {
  const sids = keys
    .filter((key) => key.providerId === providerId && key.kind === 'call_sid')
    .map(({ value }) => value)
    .filter((value) => callSidPattern.test(value));
  return [...new Set(sids)].slice(0, maxLegs);
}
