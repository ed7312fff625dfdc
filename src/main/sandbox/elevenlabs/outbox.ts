// Sends ElevenLabs' webhooks: signed, once, success being exactly 200. Connects to loopback addresses only.
// https://elevenlabs.io/docs/agents-platform/workflows/post-call-webhooks
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { SandboxLog } from '../outbox.ts';
import type { Body } from './webhook-bodies.ts';

/** All of one delivery, by the wall clock. Real audio takes minutes over a slow line. */
const totalMs = 180_000;
const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** `ElevenLabs-Signature`: the time in seconds and the hex HMAC-SHA256 of `<time>.<body>`. */
export function signElevenLabs(secret: string, atSeconds: number, body: Body): string {
  const hmac = createHmac('sha256', secret).update(`${atSeconds}.`);
  for (const piece of body) hmac.update(piece);
  return `t=${atSeconds},v0=${hmac.digest('hex')}`;
}

export interface ElevenLabsOutbox {
  /** @returns whether it was answered 200 */
  send(url: string, body: Body, atMs: number): Promise<boolean>;
  stop(): void;
}

export function createElevenLabsOutbox(deps: { secret: string; log: SandboxLog | null }): ElevenLabsOutbox {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const stopped = new AbortController();

  const attempt = (url: string, body: Body, signature: string): Promise<number> => {
    const { promise, resolve } = Promise.withResolvers<number>();
    // No Content-Length: bodies go out in chunks, audio and all.
    const outgoing = request(new URL(url), {
      agent,
      method: 'POST',
      signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(totalMs)]),
      headers: {
        'Content-Type': 'application/json',
        'Transfer-Encoding': 'chunked',
        'ElevenLabs-Signature': signature,
        'User-Agent': 'ElevenLabs-Webhook/1.0',
      },
    });
    outgoing.once('response', (reply) => {
      reply.resume();
      reply.once('close', () => resolve(reply.statusCode ?? 0));
    });
    outgoing.once('error', () => resolve(0));
    const write = async (): Promise<void> => {
      for (const piece of body) {
        if (outgoing.destroyed) return;
        if (!outgoing.write(piece)) await once(outgoing, 'drain', { signal: stopped.signal });
      }
      outgoing.end();
    };
    // A side that refuses hangs up in the middle: its answer, or the broken connection, is what counts.
    void write().catch(() => outgoing.destroy());
    return promise;
  };

  return {
    async send(url, body, atMs) {
      if (!loopback.has(new URL(url).hostname)) {
        deps.log?.warn('sandbox webhook not sent: not a loopback address');
        return false;
      }
      const signature = signElevenLabs(deps.secret, Math.floor(atMs / 1000), body);
      const httpStatus = await attempt(url, body, signature);
      if (httpStatus === 200) return true;
      deps.log?.warn('sandbox webhook given up', { httpStatus });
      return false;
    },
    stop() {
      stopped.abort();
      agent.destroy();
    },
  };
}
