// The Telnyx stand-in with the product's own provider and the official SDK pointed at it, and a receiver of webhooks.
import { createServer } from 'node:http';
import Telnyx from 'telnyx';
import { afterEach } from 'vitest';
import { createClock } from '../../../../src/main/clock.ts';
import { createAudioScanner } from '../../../../src/main/domain/audio.ts';
import type { CallKey } from '../../../../src/main/domain/provider-event.ts';
import { foldRecording, type RecordingRow } from '../../../../src/main/domain/recording.ts';
import { isRecordingEvent } from '../../../../src/main/domain/provider-event.ts';
import { createGuardedFetch } from '../../../../src/main/net/guarded-fetch.ts';
import type { GuardedFetch } from '../../../../src/main/net/net.ts';
import { createTelnyx } from '../../../../src/main/providers/telnyx/index.ts';
import type { DialOrder, LookUp, PulledFact, RawRequest } from '../../../../src/main/providers/provider.ts';
import {
  createTelnyxStandIn,
  type TelnyxStandInOptions,
} from '../../../../src/main/sandbox/telnyx/telnyx.ts';
import { callId } from './telnyx-fixtures.ts';
import { anOrder as orderOf } from '../../../standins/samples.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export const apiKey = 'KEY-of-the-sandbox';
export const connectionId = '2790000000000000101';
export const { signal } = new AbortController();

export interface Heard extends RawRequest {
  data: { id: string; event_type: string; payload: Record<string, unknown> };
  attempt: number;
}

async function listen(answer: (heard: Heard) => number) {
  const heard: Heard[] = [];
  const server = createServer((req, res) => {
    const pieces: Buffer[] = [];
    req.on('data', (piece: Buffer) => pieces.push(piece));
    req.on('end', () => {
      const body = Buffer.concat(pieces);
      const { data, meta } = JSON.parse(body.toString());
      const path = req.url ?? '';
      const one = { path, pathAndQuery: path, headers: req.headers, body, data, attempt: meta.attempt };
      heard.push(one);
      const status = answer(one);
      if (status === 0) req.socket.destroy();
      else res.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  cleanups.push(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  return { heard, url: `http://127.0.0.1:${port}` };
}

export async function startTelnyx(
  options: {
    scale?: number;
    seed?: string;
    answer?: (heard: Heard) => number;
    onRequest?: TelnyxStandInOptions['onRequest'];
  } = {},
) {
  const clock = createClock(options.scale ?? 300);
  const receiver = await listen(options.answer ?? (() => 200));
  const standIn = createTelnyxStandIn({
    clock,
    seed: options.seed ?? '1',
    apiKey,
    connectionId,
    ...(options.onRequest === undefined ? {} : { onRequest: options.onRequest }),
  });
  const { baseUrl, publicKey } = await standIn.start();
  standIn.connect({ webhookBaseUrl: receiver.url });
  cleanups.push(() => standIn.stop());
  const settings: Record<string, string> = {
    TELNYX_API_KEY: apiKey,
    TELNYX_PUBLIC_KEY: publicKey,
    TELNYX_CONNECTION_ID: connectionId,
    TELNYX_FROM_NUMBER: '+14155550100',
    TELNYX_BASE_URL: baseUrl,
  };
  let foreign = 0;
  const fetch: GuardedFetch = createGuardedFetch({
    allowedHosts: () => provider.hosts,
    overrides: () => provider.overrides,
  });
  const provider = createTelnyx({
    setting: (name) => settings[name],
    fetch,
    now: () => clock.now(),
    onForeignRows: (count) => {
      foreign += count;
    },
  });
  const sdk = new Telnyx({ apiKey, baseURL: baseUrl, publicKey, maxRetries: 0, logLevel: 'off' });
  return { clock, receiver, standIn, provider, settings, fetch, sdk, baseUrl, foreignRows: () => foreign };
}

export function anOrder(fields: Partial<DialOrder> = {}): DialOrder {
  return orderOf('telnyx', callId, fields);
}

export function keysIn(facts: readonly PulledFact[]): CallKey[] {
  return facts.flatMap(({ events }) => events.flatMap(({ keys }) => keys));
}

export function rowOf(facts: readonly PulledFact[]): RecordingRow {
  const events = facts.flatMap((fact) => fact.events).filter(isRecordingEvent);
  return foldRecording('rec_00000000000000000000000000', callId, events);
}

export async function until(check: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 5));
}

export type World = Awaited<ReturnType<typeof startTelnyx>>;

export const key = (kind: string, value: string): CallKey => ({ providerId: 'telnyx', kind, value });

export async function dial({ provider }: World, fields = {}) {
  const answer = await provider.api.dial?.(anOrder(fields), signal);
  if (answer?.outcome !== 'placed') throw new Error(`not placed: ${JSON.stringify(answer)}`);
  return answer.fact;
}

export const find = ({ provider }: World, keys: readonly CallKey[]): Promise<LookUp> => {
  const { findRecordings } = provider.api;
  if (findRecordings === undefined) throw new Error('cannot find recordings');
  return findRecordings(keys, signal);
};

/** Asks for the sound of what was found, and listens to it. */
export async function hear(world: World, facts: Parameters<typeof rowOf>[0]) {
  const requests = await world.provider.media(rowOf(facts), signal);
  const [request] = requests;
  if (request === undefined) throw new Error('no media');
  const answer = await world.fetch({ ...request, timeoutMs: 5_000, maxBytes: 2 ** 26 });
  const scanner = createAudioScanner();
  for await (const piece of answer.body) scanner.feed(piece);
  return { requests, verdict: scanner.finish() };
}

export function rowFor(providerRecordingId: string) {
  const facts = {
    kind: 'recording.available' as const,
    eventKey: 'made-up',
    providerId: 'telnyx',
    occurredAtMs: 1,
    sequence: 0,
    keys: [],
    data: { providerRecordingId },
  };
  return rowOf([
    { outcome: 'applied', label: '', dedupeKey: '', path: '', body: Buffer.alloc(0), events: [facts] },
  ]);
}
