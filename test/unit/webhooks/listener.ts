// A public listener on a free port with a store in memory, and raw sockets to be rude to it.
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { createClock } from '../../../src/main/clock.ts';
import { newId } from '../../../src/main/ids.ts';
import { createLog } from '../../../src/main/log.ts';
import { createProviders } from '../../../src/main/providers/index.ts';
import { createApplyProviderEvent } from '../../../src/main/recordings/apply-provider-event.ts';
import type { NewDelivery, RefusalRow } from '../../../src/main/store/store.ts';
import { createWebhookServer, type WebhookServerDeps } from '../../../src/main/webhooks/server.ts';
import { accountSid, authToken } from '../../twilio-callback.ts';

export const publicUrl = 'https://tapedeck.example.com';
export const recordingPath = '/webhooks/twilio-recording';
export const callPath = '/webhooks/twilio-call-status';

export interface Listener {
  port: number;
  url: string;
  deliveries: NewDelivery[];
  refusals: RefusalRow[];
  logged: string[];
  close(): Promise<void>;
}

export interface ListenerOptions extends Partial<WebhookServerDeps> {
  token?: string | undefined;
  /** Runs before a delivery is held to be stored. */
  beforeStored?: (delivery: NewDelivery) => Promise<void>;
}

/** These tests take in no audio and ask nobody anything. */
async function noWay(): Promise<never> {
  throw new Error('not in these tests');
}

export async function startListener(options: ListenerOptions = {}): Promise<Listener> {
  const { beforeStored, token: _, ...overrides } = options;
  const token = 'token' in options ? options.token : authToken;
  const deliveries: NewDelivery[] = [];
  const refusals: RefusalRow[] = [];
  const logged: string[] = [];
  const clock = createClock();
  const settings: Record<string, string | undefined> = {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: token,
  };
  const server = createWebhookServer({
    providers: createProviders({ setting: (name) => settings[name], fetch: noWay }),
    audio: { storage: { create: noWay, freeBytes: noWay }, receive: noWay },
    tunnel: { acceptedUrls: () => [publicUrl], retiredUrls: () => [] },
    apply: createApplyProviderEvent({
      store: {
        async recordDelivery(delivery) {
          await beforeStored?.(delivery);
          deliveries.push(delivery);
          return { deliveryId: delivery.deliveryId, callId: null, repeat: false, isNewCall: false };
        },
      },
      newId,
      followUp: () => [],
    }),
    store: { recordRefusal: async (row) => void refusals.push(row) },
    clock,
    log: createLog('info', (line) => logged.push(line)),
    newId,
    keepRefusedUntilMs: () => null,
    ...overrides,
    limits: { checkEveryMs: 20, closeGraceMs: 200, drainMs: 200, ...overrides.limits },
  });
  const { port } = await server.listen(0, '127.0.0.1');
  onTestFinished(() => server.close());
  return { port, url: `http://127.0.0.1:${port}`, deliveries, refusals, logged, close: () => server.close() };
}

export interface RawSocket {
  socket: Socket;
  /** All that has come back so far. */
  text(): string;
  send(text: string | Buffer): void;
  /** Resolves once the answer matches, or with whatever came when the other side closed. */
  until(pattern: RegExp): Promise<string>;
  closed: Promise<void>;
}

/** A connection over which a test says exactly what it wants. */
export async function openSocket(port: number): Promise<RawSocket> {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  // A reset is one way of being hung up on.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  onTestFinished(() => void socket.destroy());
  return {
    socket,
    closed,
    text: () => received,
    send: (text) => void socket.write(text),
    until: (pattern) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (pattern.test(received)) resolve(received);
        };
        socket.on('data', look);
        socket.once('close', () => resolve(received));
        look();
      }),
  };
}

/** The lines of a request, with a body or the beginning of one. */
export function rawRequest(
  method: string,
  target: string,
  headers: Record<string, string | number>,
  body: string | Buffer = '',
): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`${method} ${target} HTTP/1.1\r\nHost: evil.example\r\n${lines.join('')}\r\n`),
    Buffer.from(body),
  ]);
}
