// A public listener with a real store and a real recordings folder, and senders of audio webhooks: slow, broken, many.
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createClock } from '../../../src/main/clock.ts';
import { newId, recordingIdOf } from '../../../src/main/ids.ts';
import { createLog } from '../../../src/main/log.ts';
import { createElevenLabs } from '../../../src/main/providers/elevenlabs/index.ts';
import { createApplyProviderEvent } from '../../../src/main/recordings/apply-provider-event.ts';
import { createReceiveAudio } from '../../../src/main/recordings/receive-audio.ts';
import { createLocalStorage } from '../../../src/main/storage/local.ts';
import type { LocalStorage } from '../../../src/main/storage/storage.ts';
import { createSqliteStore } from '../../../src/main/store/sqlite-store.ts';
import type { NewDelivery, RefusalRow, Store } from '../../../src/main/store/store.ts';
import type { WebhookLimits } from '../../../src/main/webhooks/limits.ts';
import { createWebhookServer } from '../../../src/main/webhooks/server.ts';
import { postCallPath, signature, webhookSecret } from '../../elevenlabs.ts';

export interface AudioListenerOptions {
  limits?: Partial<WebhookLimits>;
  /** Changes the recordings folder, e.g. to one that is full. */
  storage?: (real: LocalStorage) => LocalStorage;
  maxBodyBytes?: number;
  /** Throws in place of journaling. */
  failsToStore?: () => boolean;
}

export async function startAudioListener(options: AudioListenerOptions = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'tapedeck-audio-'));
  const clock = createClock();
  const store = await createSqliteStore({ dataDir: dir, clock, newId, recordingIdOf });
  const real = await createLocalStorage({ dir: join(dir, 'recordings') });
  const storage = options.storage?.(real) ?? real;
  const deliveries: NewDelivery[] = [];
  const refusals: RefusalRow[] = [];
  const log = createLog('silent');
  const journal: Pick<Store, 'recordDelivery' | 'getRecording'> = {
    getRecording: (recordingId) => store.getRecording(recordingId),
    async recordDelivery(delivery) {
      if (options.failsToStore?.() === true) throw new Error('the disk is gone');
      deliveries.push(delivery);
      return store.recordDelivery(delivery);
    },
  };
  const provider = createElevenLabs({
    setting: (name) => (name === 'ELEVENLABS_WEBHOOK_SECRET' ? webhookSecret : undefined),
    fetch: () => Promise.reject(new Error('these tests ask nobody')),
  });
  const { maxBodyBytes } = options;
  const routes = provider.routes.map((route) => (maxBodyBytes ? { ...route, maxBodyBytes } : route));
  const server = createWebhookServer({
    providers: [{ ...provider, routes }],
    tunnel: { acceptedUrls: () => ['https://tapedeck.example.com'], retiredUrls: () => [] },
    apply: createApplyProviderEvent({ store: journal, newId, followUp: () => [] }),
    audio: {
      storage,
      receive: createReceiveAudio({ store: journal, storage, newId, clock, recordingIdOf, log }),
      reserveBytes: 0,
    },
    store: { recordRefusal: async (row) => void refusals.push(row) },
    clock,
    log,
    newId,
    keepRefusedUntilMs: () => null,
    limits: { checkEveryMs: 20, closeGraceMs: 200, drainMs: 500, ...options.limits },
  });
  const { port } = await server.listen(0, '127.0.0.1');
  onTestFinished(async () => {
    await server.close();
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  /** Every file below the recordings folder. */
  const files = (): string[] =>
    readdirSync(join(dir, 'recordings'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  return { port, store, storage, deliveries, refusals, files, recordings: join(dir, 'recordings') };
}

export interface Sender {
  outgoing: ClientRequest;
  /** HTTP status; 0 when the connection broke. */
  status: Promise<number>;
}

/** Begins a request without Content-Length; the test writes the body. */
export function beginPost(port: number, headers: Record<string, string>): Sender {
  const outgoing = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: postCallPath,
    agent: false,
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked', ...headers },
  });
  const { promise: status, resolve } = Promise.withResolvers<number>();
  outgoing.once('response', (reply) => {
    reply.resume();
    resolve(reply.statusCode ?? 0);
  });
  outgoing.on('error', () => resolve(0));
  onTestFinished(() => void outgoing.destroy());
  return { outgoing, status };
}

/** Sends a signed body in pieces of `pieceBytes`. */
export async function post(
  port: number,
  body: Buffer,
  { pieceBytes = 16 * 1024, header = signature(body, Date.now()) } = {},
): Promise<number> {
  const { outgoing, status } = beginPost(port, { 'elevenlabs-signature': header });
  const write = async (): Promise<void> => {
    for (let at = 0; at < body.length && !outgoing.destroyed; at += pieceBytes) {
      if (!outgoing.write(body.subarray(at, at + pieceBytes))) await once(outgoing, 'drain');
    }
    outgoing.end();
  };
  // A refusal in the middle breaks the writing off.
  await Promise.race([write().catch(() => undefined), status]);
  return status;
}

export function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}
