// Sends webhooks the way LiveKit does: one after another for each room, the raw token in Authorization, a few tries.
// It connects to loopback addresses only.
// https://docs.livekit.io/intro/basics/rooms-participants-tracks/webhooks-events/
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxClock } from '../clock.ts';
import { createLetterbox, type Letterbox } from '../letterbox.ts';
import type { SandboxLog } from '../outbox.ts';
import type { WebhookWeather } from '../weather.ts';
import { type Keys, webhookToken } from './tokens.ts';
import { idOf } from './views.ts';

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);
const tries = 3;

/** What becomes of a webhook on its way, for tests of bad weather. */
export type Fate = 'send' | 'drop' | 'twice' | 'hold';

export interface Post {
  /** @param event with its facts, without id and moment */
  send(roomName: string, event: { event: string } & Record<string, unknown>, atMs: number): void;
  /** Sends what was held back, last first. Resolves when everything was delivered or given up. */
  flush(): Promise<void>;
  stop(): void;
}

interface PostDeps {
  clock: SandboxClock;
  keys: Keys;
  seed: string;
  /** Where webhooks go; null for nowhere. */
  target: () => string | null;
  switches: WebhookWeather & { clockSkewMs: number; fate: (event: string) => Fate };
  log: SandboxLog | null;
}

export function createPost({ clock, keys, seed, target, switches, log }: PostDeps): Post {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const stopped = new AbortController();
  const boxes = new Map<string, Letterbox>();
  const leaving = new Set<Promise<void>>();
  const held: (() => Promise<void>)[] = [];
  let sent = 0;
  let boxesMade = 0;

  const attempt = (url: string, body: string): Promise<number> =>
    new Promise((resolve) => {
      const headers = {
        Authorization: webhookToken(keys, body, clock.now() + switches.clockSkewMs),
        'Content-Type': 'application/webhook+json',
        'Content-Length': Buffer.byteLength(body),
        'User-Agent': 'Go-http-client/1.1',
      };
      const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(10_000)]);
      const outgoing = request(new URL(url), { agent, method: 'POST', signal, headers }, (reply) => {
        reply.resume();
        reply.once('close', () => resolve(reply.statusCode ?? 0));
      });
      outgoing.once('error', () => resolve(0));
      outgoing.end(body);
    });

  const deliver = async (url: string, body: string): Promise<void> => {
    for (let tried = 1; !stopped.signal.aborted; tried++) {
      const status = await attempt(url, body);
      if (status >= 200 && status < 300) return;
      // As its HTTP client does: no second try of what was refused.
      if (tried === tries || (status >= 400 && status < 500)) {
        log?.warn('sandbox webhook given up', { status, attempt: tried });
        return;
      }
      await delay(100 * 2 ** tried, null, { signal: stopped.signal }).catch(() => null);
    }
  };

  const boxOf = (roomName: string): Letterbox => {
    const known = boxes.get(roomName);
    if (known !== undefined) return known;
    const box = createLetterbox({
      seed: `${seed}/livekit-room/${boxesMade++}`,
      weather: switches,
      clock,
      signal: stopped.signal,
    });
    boxes.set(roomName, box);
    return box;
  };

  /** Nothing more comes of a room that is closed; one of the same name is another. */
  const close = (roomName: string): void => {
    const box = boxes.get(roomName);
    boxes.delete(roomName);
    if (box === undefined) return;
    const gone = box.flush().finally(() => leaving.delete(gone));
    leaving.add(gone);
  };

  return {
    send(roomName, event, atMs) {
      const id = idOf('EV', `${seed}/${sent++}`);
      const base = target();
      const what = switches.fate(event.event);
      if (base !== null && what !== 'drop') {
        const url = `${base}/webhooks/livekit`;
        const body = JSON.stringify({ ...event, id, createdAt: String(Math.floor(atMs / 1000)) });
        const go = (): Promise<void> => deliver(url, body);
        if (!loopback.has(new URL(url).hostname))
          log?.warn('sandbox webhook not sent: not a loopback address');
        else if (what === 'hold') held.push(go);
        else boxOf(roomName).put(what === 'twice' ? async () => go().then(go) : go);
      }
      if (event.event === 'room_finished') close(roomName);
    },
    async flush() {
      for (const roomName of boxes.keys()) close(roomName);
      await Promise.all(leaving);
      for (const go of held.splice(0).reverse()) await go();
    },
    stop() {
      stopped.abort();
      agent.destroy();
    },
  };
}
