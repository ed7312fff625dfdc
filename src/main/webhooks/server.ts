// THE PUBLIC EDGE: the only listener that a tunnel may reach, on a port of its own. It answers providers' signed
// POSTs on the paths of the providers' own table, GET /healthz, and 404 to everything else before reading a body.
// Nothing of the console is served here, and nothing of a request is believed before its signature is proven: not the
// Host header, not X-Forwarded-*, not the Content-Length.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { performance } from 'node:perf_hooks';
import express, { type ErrorRequestHandler } from 'express';
import type { Clock } from '../domain/clock.ts';
import { listenError } from '../domain/listening.ts';
import type { Log } from '../log.ts';
import type { Provider, WebhookRoute } from '../providers/provider.ts';
import type { ApplyProviderEvent } from '../recordings/apply-provider-event.ts';
import type { Store } from '../store/store.ts';
import type { Tunnel } from '../tunnel/tunnel.ts';
import { type AudioIntake, createStreamReceive } from './audio-body.ts';
import { defaultLimits, type WebhookLimits } from './limits.ts';
import { createBodyReader } from './read-body.ts';
import { createReceive, type Receive, type ReceiveDeps } from './receive.ts';
import { createRefusalNotes } from './refusals.ts';
import { answer } from './replies.ts';
import { createSocketPool } from './sockets.ts';

export interface WebhookServerDeps {
  providers: readonly Provider[];
  /** The signature's URL comes from here and from nowhere else. */
  tunnel: Pick<Tunnel, 'acceptedUrls' | 'retiredUrls'>;
  apply: ApplyProviderEvent;
  /** For routes whose bodies stream to disk. */
  audio: AudioIntake;
  store: Pick<Store, 'recordRefusal'>;
  clock: Clock;
  log: Log;
  newId: (prefix: string, nowMs: number) => string;
  /** Refused bodies are kept while this is in the future, epoch milliseconds. */
  keepRefusedUntilMs: () => number | null;
  /** Told of each noted refusal of a provider's route. */
  onRefused?: (providerId: string) => void;
  /** Headers of GET /healthz: by them a probe from outside knows whose it is. */
  healthHeaders?: Readonly<Record<string, string>>;
  /** Only in fault tests: called at webhook:verified, webhook:before-2xx and webhook:after-2xx. */
  crashPoint?: (name: string) => void;
  /** Differences from the defaults of limits.ts. */
  limits?: Partial<WebhookLimits>;
  /** Monotonic milliseconds of the wall clock; sockets live in real time whatever `clock` says. */
  monotonicMs?: () => number;
}

export interface WebhookServer {
  /**
   * @param port 0 takes a free one
   * @returns the port that it listens on
   * Errors: port_taken, bad_config
   */
  listen(port: number, host: string): Promise<{ port: number }>;
  /** Takes no more connections, lets answers under way finish for a moment, then closes the rest. */
  close(): Promise<void>;
}

export function createWebhookServer(deps: WebhookServerDeps): WebhookServer {
  const limits: WebhookLimits = { ...defaultLimits, ...deps.limits };
  const now = deps.monotonicMs ?? (() => performance.now());
  const bodies = createBodyReader(limits, now);
  const refusals = createRefusalNotes(deps, now);
  const sockets = createSocketPool(limits.maxSockets, now);

  const app = createRoutes(deps.providers, { ...deps, bodies, refusals, sockets, limits, now });
  const server = createServer(
    {
      connectionsCheckingInterval: limits.checkEveryMs,
      headersTimeout: limits.headersTimeoutMs,
      // Node's rule knows one length for all routes. The rate rules see to every body, and audio may wait its turn.
      requestTimeout: 0,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      noDelay: true,
    },
    app,
  );
  // Without this Node says "100 Continue" before a route could refuse.
  server.on('checkContinue', app);
  server.on('connection', (socket) => sockets.add(socket));
  // While listening: no file descriptor left, and the like. The next connection may work.
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (server.listening) deps.log.error('webhook listener in trouble', { code: error.code });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Not HTTP, not in time, or too long: no more is said than that.
    if (socket.writable) socket.end(bareAnswer(error.code), () => socket.destroy());
    else socket.destroy();
  });

  return {
    listen: (port, host) => listen(server, port, host),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Kept-alive connections become idle one by one as their answers go out.
      const idle = setInterval(() => server.closeIdleConnections(), 20);
      const rest = setTimeout(() => server.closeAllConnections(), limits.closeGraceMs);
      server.closeIdleConnections();
      await closed;
      clearInterval(idle);
      clearTimeout(rest);
      bodies.close();
      await refusals.close();
    },
  };
}

function bareAnswer(code: string | undefined): string {
  const status =
    code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? '408 Request Timeout'
      : code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : '400 Bad Request';
  return `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}

interface RouteDeps extends ReceiveDeps {
  audio: AudioIntake;
  limits: WebhookLimits;
  healthHeaders?: Readonly<Record<string, string>>;
  now: () => number;
}

/**
 * Express with all routes, and in front of it a table of the same ones: its router, and the prototypes that it gives
 * every request and response, are a part of what a callback costs. Another spelling of a path is Express's to judge.
 */
function createRoutes(providers: readonly Provider[], deps: RouteDeps): RequestListener {
  const { bodies } = deps;
  const receivers = new Map<string, Receive>();
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  // Paths are exact: signatures cover them letter by letter.
  app.enable('case sensitive routing');
  app.enable('strict routing');
  for (const provider of providers) {
    for (const route of provider.routes) {
      const receive = receiveOf(deps, provider, route);
      receivers.set(route.path, receive);
      app.all(route.path, (request, response, next) => {
        // `POST http://elsewhere/webhooks/...` matches the path too, and is no request of a provider.
        if (request.url.startsWith('/')) receive(request, response);
        else next();
      });
    }
  }
  app.all('/healthz', (request, response) => {
    const asked = request.method === 'GET' || request.method === 'HEAD';
    answer(bodies, request, response, asked ? 200 : 405, asked ? deps.healthHeaders : { Allow: 'GET, HEAD' });
  });
  app.use((request, response) => answer(bodies, request, response, 404));
  const fail = (error: unknown, request: IncomingMessage, response: ServerResponse): void => {
    deps.log.error('webhook route failed', { stack: error instanceof Error ? (error.stack ?? '') : '' });
    answer(bodies, request, response, 503);
  };
  const onError: ErrorRequestHandler = (error: unknown, request, response, _next) =>
    fail(error, request, response);
  app.use(onError);

  return (request, response) => {
    const { url = '' } = request;
    const query = url.indexOf('?');
    const receive = receivers.get(query === -1 ? url : url.slice(0, query));
    if (receive === undefined) return void app(request, response);
    try {
      receive(request, response);
    } catch (error) {
      fail(error, request, response);
    }
  };
}

function receiveOf(deps: RouteDeps, provider: Provider, route: WebhookRoute): Receive {
  const { streamedAudio: streamed } = provider;
  if (route.streams !== true || streamed === undefined) return createReceive(deps, provider, route);
  const begin = provider.verifyStream?.bind(provider);
  if (begin === undefined)
    throw new TypeError(`${route.path} streams, and its signature cannot be checked so`);
  return createStreamReceive(deps, { provider, route, streamed, begin });
}

function listen(server: Server, port: number, host: string): Promise<{ port: number }> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void =>
      reject(listenError(cause, port, 'TAPEDECK_WEBHOOK_PORT'));
    server.once('error', onError);
    server.listen({ port, host }, () => {
      server.off('error', onError);
      const address = server.address();
      resolve({ port: typeof address === 'object' && address !== null ? address.port : port });
    });
  });
}
