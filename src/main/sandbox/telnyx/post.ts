// Sends signed webhooks the way Telnyx does: 2xx is taken as received; 408, 429, 5xx and silence are tried again with
// the same data.id and a greater meta.attempt, other refusals are not. Connects to loopback addresses only.
// https://developers.telnyx.com/development/api-fundamentals/webhooks/receiving-webhooks
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxClock } from '../clock.ts';
import { createLetterbox } from '../letterbox.ts';
import type { SandboxLog } from '../outbox.ts';
import { createRandom, type Random, uuidOf } from '../random.ts';
import type { Payload } from './payloads.ts';
import type { TelnyxSwitches } from './switches.ts';
import { toIso } from './world.ts';

/** What stands before the 32 bytes of an Ed25519 private key in PKCS #8. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The account's signing key, made from the seed, and its public half as the portal shows it. */
export function signingKey(seed: string): { privateKey: KeyObject; publicKey: string } {
  const bytes = createHash('sha256').update(`telnyx-signing/${seed}`).digest();
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, bytes]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { privateKey, publicKey: spki.subarray(-32).toString('base64') };
}

/** The two headers of a signed body. @param atMs Telnyx's time */
export function signedHeaders(privateKey: KeyObject, body: string, atMs: number): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  return {
    'telnyx-timestamp': timestamp,
    'telnyx-signature-ed25519': sign(null, Buffer.from(`${timestamp}|${body}`), privateKey).toString(
      'base64',
    ),
  };
}

/** What is sent again is sent so often, with growing waits of the wall clock: the network is not faster in sample mode. */
const maxAttempts = 4;
const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

export interface Webhook {
  type: string;
  atMs: number;
  payload: Payload;
}

export interface CallPost {
  /** Without trouble a call's webhooks leave one after another. @returns the event's data, as it is logged */
  /** @param onTaken told when the other side has answered 2xx */
  post(webhook: Webhook, onTaken: () => void): Payload;
  /** Resolves when all were delivered or given up. To be called after the last one. */
  flush(): Promise<void>;
}

export interface TelnyxPost {
  /** @param seed of the event ids */
  ofCall(seed: string, url: () => string | null): CallPost;
  stop(): void;
}

interface Deps {
  clock: SandboxClock;
  seed: string;
  privateKey: KeyObject;
  switches: TelnyxSwitches;
  log: SandboxLog | null;
}

export function createTelnyxPost(deps: Deps): TelnyxPost {
  const { clock, switches } = deps;
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const stopped = new AbortController();

  const attempt = (url: string, data: Payload, tries: number): Promise<number> => {
    const body = JSON.stringify({ data, meta: { attempt: tries, delivered_to: url } });
    const headers = signedHeaders(deps.privateKey, body, clock.now() + switches.clockSkewMs);
    return new Promise((resolve) => {
      const outgoing = request(
        new URL(url),
        {
          agent,
          method: 'POST',
          signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(10_000)]),
          headers: {
            ...headers,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            'user-agent': 'telnyx-webhooks',
          },
        },
        (reply) => {
          reply.resume();
          reply.once('close', () => resolve(reply.statusCode ?? 0));
        },
      );
      outgoing.once('error', () => resolve(0));
      outgoing.end(body);
    });
  };

  /** @returns whether it was answered 2xx */
  const deliver = async (url: string, data: Payload, random: Random): Promise<boolean> => {
    for (let tries = 1; !stopped.signal.aborted; tries++) {
      if (switches.webhookOutage) return false;
      const status = await attempt(url, data, tries);
      const again = status === 0 || status === 408 || status === 429 || status >= 500;
      if (!again) return status >= 200 && status < 300;
      if (tries === maxAttempts) {
        deps.log?.warn('sandbox webhook given up', { status, attempt: tries });
        return false;
      }
      await delay(random.between(150, 400) * 2 ** tries, null, { signal: stopped.signal }).catch(() => null);
    }
    return false;
  };

  return {
    ofCall(callSeed, urlOf) {
      const seed = `${deps.seed}/telnyx-post/${callSeed}`;
      const random = createRandom(`${seed}/waits`);
      const box = createLetterbox({ seed, weather: switches, clock, signal: stopped.signal });
      let count = 0;
      return {
        post({ type, atMs, payload }, onTaken) {
          const id = uuidOf(`${deps.seed}/telnyx-event/${callSeed}/${count++}`);
          const occurred_at = toIso(atMs + switches.clockSkewMs);
          const data = { record_type: 'event', event_type: type, id, occurred_at, payload };
          const url = urlOf();
          if (url !== null && !loopback.has(new URL(url).hostname)) {
            deps.log?.warn('sandbox webhook not sent: not a loopback address');
          } else if (url !== null) {
            box.put(async () => {
              if (await deliver(url, data, random)) onTaken();
            });
          }
          return data;
        },
        flush: box.flush,
      };
    },
    stop() {
      stopped.abort();
      agent.destroy();
    },
  };
}
