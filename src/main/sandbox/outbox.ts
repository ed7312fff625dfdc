// Sends signed callbacks the way Twilio does. This is the outside world: it connects to loopback addresses only and
// knows nothing of the product but the address it was given.
// https://www.twilio.com/docs/usage/webhooks/webhooks-security, .../webhooks-connection-overrides
import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from './random.ts';
import type { CallbackTarget } from './world.ts';

export interface SandboxLog {
  warn(
    message: string,
    fields?: Readonly<Record<string, string | number | boolean | null | undefined>>,
  ): void;
}

export type Params = readonly (readonly [name: string, value: string])[];

export interface Outbox {
  /**
   * Delivers one callback: within 15 s, and once more after a connection failure (Twilio's default).
   * @param token goes out as I-Twilio-Idempotency-Token and stays the same on a retry
   * @returns whether the other side answered 2xx
   */
  send(target: CallbackTarget, params: Params, token: string): Promise<boolean>;
  stop(): void;
}

/** All tries together, by the wall clock: the network does not run faster in sample mode. */
const totalMs = 15_000;
const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * `X-Twilio-Signature`: base64 of HMAC-SHA1 over the address and the sorted parameters, name and value run together.
 * @param url as configured; a fragment does not count
 */
export function signTwilio(authToken: string, url: string, params: Params): string {
  const sorted = [...params].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const signed = withoutFragment(url) + sorted.map(([name, value]) => name + value).join('');
  return createHmac('sha1', authToken).update(signed, 'utf8').digest('base64');
}

function withoutFragment(url: string): string {
  return url.split('#', 1)[0] ?? url;
}

/** Connection overrides of a callback address: `#rc=<retries>&rp=<policies>`. Default: one retry, on connection failure. */
function overridesOf(url: string): { retries: number; policy: ReadonlySet<string> } {
  const given = new URLSearchParams(url.split('#', 2)[1] ?? '');
  const retries = Number(given.get('rc') ?? 1);
  return {
    retries: Number.isInteger(retries) && retries >= 0 && retries <= 5 ? retries : 1,
    policy: new Set((given.get('rp') ?? 'ct').split(',')),
  };
}

/** @param random spreads the waits between tries */
export function createOutbox(deps: { authToken: string; random: Random; log: SandboxLog | null }): Outbox {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const stopped = new AbortController();

  const attempt = (
    target: CallbackTarget,
    params: Params,
    token: string,
    leftMs: number,
  ): Promise<string> => {
    const base = withoutFragment(target.url);
    const form = new URLSearchParams(
      params.map(([name, value]): [string, string] => [name, value]),
    ).toString();
    const isGet = target.method === 'GET';
    const url = isGet ? `${base}${base.includes('?') ? '&' : '?'}${form}` : base;
    const signature = signTwilio(deps.authToken, url, isGet ? [] : params);
    return new Promise((resolve) => {
      const outgoing = request(
        new URL(url),
        {
          agent,
          method: target.method,
          signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(leftMs)]),
          headers: {
            ...(isGet
              ? {}
              : {
                  'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
                  'Content-Length': Buffer.byteLength(form),
                }),
            'X-Twilio-Signature': signature,
            'I-Twilio-Idempotency-Token': token,
            Accept: '*/*',
            'X-Home-Region': 'us1',
            'User-Agent': 'TwilioProxy/1.1',
          },
        },
        (reply) => {
          reply.resume();
          reply.once('close', () => resolve(outcomeOf(reply.statusCode ?? 0)));
        },
      );
      outgoing.once('error', (error) =>
        resolve(error.name === 'AbortError' || error.name === 'TimeoutError' ? 'rt' : 'ct'),
      );
      outgoing.end(isGet ? undefined : form);
    });
  };

  return {
    async send(target, params, token) {
      if (!loopback.has(new URL(target.url).hostname)) {
        deps.log?.warn('sandbox callback not sent: not a loopback address');
        return false;
      }
      const { retries, policy } = overridesOf(target.url);
      const beganMs = Date.now();
      for (let tried = 0; ; tried++) {
        const result = await attempt(target, params, token, totalMs - (Date.now() - beganMs));
        if (result === 'ok') return true;
        const waitMs = deps.random.between(300, 900) * 2 ** tried;
        const inTime = Date.now() - beganMs + waitMs < totalMs;
        const wanted = policy.has('all') || policy.has(result);
        if (tried >= retries || !wanted || !inTime || stopped.signal.aborted) {
          deps.log?.warn('sandbox callback given up', { reason: result, attempt: tried + 1 });
          return false;
        }
        await delay(waitMs, null, { signal: stopped.signal }).catch(() => null);
        if (stopped.signal.aborted) return false;
      }
    },
    stop() {
      stopped.abort();
      agent.destroy();
    },
  };
}

/** Twilio's names for what can go wrong, as used in its retry policies. */
function outcomeOf(httpStatus: number): string {
  if (httpStatus >= 200 && httpStatus < 300) return 'ok';
  return httpStatus >= 500 ? '5xx' : '4xx';
}
