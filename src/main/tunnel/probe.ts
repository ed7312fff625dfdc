// Asking ourselves from outside: a tunnel that says "connected" may be dead since the computer slept, and an address may
// lead to somebody else.
import { codeOf } from '../domain/errors.ts';
import type { GuardedFetch } from '../net/net.ts';

/** `elsewhere`: something answers there that is not this Tapedeck. */
export type ProbeAnswer = 'ours' | 'elsewhere' | 'silent';

/** Asks the public address once. */
export type Probe = (publicUrl: string) => Promise<ProbeAnswer>;

/** The header by which GET /healthz proves whose it is: a random word of this run that says nothing else. */
export const healthHeader = 'x-tapedeck-health';

const timeoutMs = 10_000;
const maxBytes = 64 * 1024;

/** @param healthId what /healthz of this very process answers in its header */
export function createProbe(deps: { fetch: GuardedFetch; healthId: string }): Probe {
  return async (publicUrl) => {
    try {
      const answer = await deps.fetch({
        url: `${publicUrl}/healthz`,
        // ngrok's free plan shows browsers a page in between; nobody is browsing here.
        headers: { 'ngrok-skip-browser-warning': '1' },
        timeoutMs,
        maxBytes,
      });
      await answer.drain();
      if (answer.headers[healthHeader] === deps.healthId) return 'ours';
      // Gateways answer 5xx for a listener that is away: nobody else is there.
      return answer.status >= 500 ? 'silent' : 'elsewhere';
    } catch (error) {
      return codeOf(error) === 'blocked_address' ? 'elsewhere' : 'silent';
    }
  };
}
