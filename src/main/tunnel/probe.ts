// Asking ourselves from outside: a tunnel that says "connected" may be dead since the computer slept, and an address may
// lead to somebody else.
import { codeOf } from '../domain/errors.ts';
import type { GuardedFetch } from '../net/net.ts';

export interface ProbeAnswer {
  /** `elsewhere`: something answers there that is not this Tapedeck. `silent`: nobody, or only a gateway's error page. */
  found: 'ours' | 'elsewhere' | 'silent';
  /** Of a gateway that says why, e.g. ERR_NGROK_3200. */
  providerCode: string | null;
}

/** Asks the public address once. */
export type Probe = (publicUrl: string) => Promise<ProbeAnswer>;

/** The header by which GET /healthz proves whose it is: a random word of this run that says nothing else. */
export const healthHeader = 'x-tapedeck-health';

/** On the error pages of ngrok itself. Source: https://ngrok.com/docs/errors */
const ngrokErrorHeader = 'ngrok-error-code';

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
      if (answer.headers[healthHeader] === deps.healthId) return { found: 'ours', providerCode: null };
      const providerCode = ngrokCodeOf(answer.headers[ngrokErrorHeader]);
      // Gateways answer 5xx for a listener that is away, ngrok 404 for a session that is: nobody else is there.
      const isGateway = answer.status >= 500 || providerCode !== null;
      return { found: isGateway ? 'silent' : 'elsewhere', providerCode };
    } catch (error) {
      const isLedAstray = codeOf(error) === 'blocked_address';
      return { found: isLedAstray ? 'elsewhere' : 'silent', providerCode: null };
    }
  };
}

/** What stands in an answer is anybody's word: only a code in ngrok's own form is passed on. */
function ngrokCodeOf(text: string | undefined): string | null {
  return text !== undefined && /^ERR_NGROK_\d{1,6}$/.test(text) ? text : null;
}
