// The PRIVATE listener: the console's API, events, audio and, in headless mode, its pages. For this computer only and
// never given to a tunnel. Its locks are in locks.ts (where from) and session.ts (who); this file is the way through:
// locks, then authentication, then content type and size, then the contract (dispatch.ts).
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Dispatch } from '../../preload/contract/api.ts';
import type { PollAnswer } from '../../preload/contract/checks.ts';
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { Clock } from '../domain/clock.ts';
import { AppError } from '../domain/errors.ts';
import { listenError } from '../domain/listening.ts';
import type { Log } from '../log.ts';
import { internalMessage } from './dispatch.ts';
import type { EventBus } from './event-bus.ts';
import { createEventStreams, type EventStreams } from './event-stream.ts';
import { checkLocks } from './locks.ts';
import { readRendererFile } from './renderer-files.ts';
import { securityHeaders } from './security-headers.ts';
import type { ServeMedia } from './serve-media.ts';
import { createSessions, type Sessions } from './session.ts';
import { closedPage, goToConsolePage } from './pages.ts';

export interface ApiServerDeps {
  dispatch: Dispatch;
  bus: EventBus;
  media: { serve: ServeMedia };
  /** At least 16 characters; 256 random bits by default. */
  token: string;
  instanceId: string;
  /** The built console; null where another host shows it (Electron). */
  rendererDir: string | null;
  /** Checks now and waits for the end; the seed's debug endpoint. Errors: the use case's. */
  pollRecordings: () => Promise<PollAnswer>;
  /** The document that GET /api/openapi.json answers. */
  openapi: unknown;
  log: Log;
  clock: Clock;
}

export interface ApiServer {
  /**
   * @param port 0 picks a free one
   * @returns the port taken. Errors: port_taken, bad_config
   */
  listen(port: number): Promise<{ port: number; url: string }>;
  /** Ends event streams and closes every connection. */
  close(): Promise<void>;
  /** An address that signs a browser in, once, within ten minutes. */
  newCodeUrl(): string;
}

const maxBodyBytes = 1024 * 1024;

const statusOf: Partial<Record<ErrorCode, number>> = {
  bad_input: 400,
  unauthorized: 401,
  forbidden_origin: 403,
  not_found: 404,
  unknown_procedure: 404,
  conflict: 409,
  not_in_sample_mode: 409,
  too_large: 413,
  unavailable: 503,
};

function fail(response: Response, code: ErrorCode, message: string, status = statusOf[code] ?? 500): void {
  response.status(status).json({ ok: false, error: { code, message } });
}

export function createApiServer(deps: ApiServerDeps): ApiServer {
  let port = 0;
  const sessions = createSessions(deps.token, deps.instanceId, deps.clock);
  const streams = createEventStreams(deps.bus, deps.clock);
  const newCodeUrl = (): string => `http://127.0.0.1:${port}/?code=${sessions.newCode()}`;
  const app = createRoutes(deps, { sessions, streams, newCodeUrl, port: () => port });
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 60_000 },
    app,
  );

  return {
    newCodeUrl,
    listen: (wanted) =>
      new Promise((resolve, reject) => {
        const failed = (error: NodeJS.ErrnoException): void =>
          reject(listenError(error, wanted, 'TAPEDECK_API_PORT'));
        server.once('error', failed);
        server.listen({ host: '127.0.0.1', port: wanted, exclusive: true }, () => {
          server.off('error', failed);
          const address = server.address();
          port = typeof address === 'object' && address !== null ? address.port : wanted;
          resolve({ port, url: `http://127.0.0.1:${port}` });
        });
      }),
    close: () =>
      new Promise((resolve) => {
        streams.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Parts {
  sessions: Sessions;
  streams: EventStreams;
  newCodeUrl: () => string;
  port: () => number;
}

function createRoutes(deps: ApiServerDeps, { sessions, streams, newCodeUrl, port }: Parts): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple').enable('strict routing');

  app.use((request, response, next) => {
    response.set(securityHeaders).set('cache-control', 'no-store');
    const refusal = checkLocks(request, port());
    if (refusal !== null) {
      // What is refused here may be an attack: nothing more of it is read.
      response.set('connection', 'close');
      return fail(response, refusal.error.code, refusal.error.message, refusal.status);
    }
    // No OPTIONS: a preflight is only sent by foreign pages, and gets no permission.
    if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'POST') return next();
    response.set('allow', 'GET, HEAD, POST');
    fail(response, 'bad_input', 'This method does not exist here.', 405);
  });
  app.get('/', (request, response, next) => {
    if (!openConsole(request, response, sessions)) next();
  });
  app.use((request, response, next) => {
    const shown = sessions.authenticate(request.headers);
    if (shown === null)
      return fail(response, 'unauthorized', 'Sign in with npm run open, or send the token.');
    response.locals['shown'] = shown;
    next();
  });
  app.post('/session/code', (_request, response) => {
    // A browser session cannot make further sessions: whoever got hold of one would keep the door open.
    if (response.locals['shown'] === 'token') response.json({ url: newCodeUrl() });
    else fail(response, 'unauthorized', 'Only the token can ask for a new sign-in address.');
  });
  addApiRoutes(app, deps, streams);
  addFileRoutes(app, deps);
  app.use((_request, response) => fail(response, 'not_found', 'There is nothing at this address.'));
  app.use(createErrorAnswer(deps.log));
  return app;
}

/** @returns true when it has answered: with the way in, or with a page that says how to get in */
function openConsole(request: Request, response: Response, sessions: Sessions): boolean {
  const signedIn = sessions.authenticate(request.headers) !== null;
  const { code } = request.query;
  // Only GET uses a code up: link checkers send HEAD.
  if (typeof code === 'string' && request.method === 'GET') {
    const cookie = sessions.exchange(code);
    if (cookie !== null || signedIn) {
      if (cookie !== null) response.set('set-cookie', cookie);
      const site = request.headers['sec-fetch-site'];
      // After a link from a foreign page a redirect would come without the Strict cookie; a page of ours sends it.
      if (site === 'cross-site') response.type('html').send(goToConsolePage);
      else response.redirect(303, '/');
      return true;
    }
  }
  if (signedIn) return false;
  response.status(401).type('html').send(closedPage);
  return true;
}

function addApiRoutes(app: Express, deps: ApiServerDeps, streams: EventStreams): void {
  const { dispatch, openapi } = deps;
  app.get('/api/openapi.json', (_request, response) => void response.json(openapi));
  app.get('/api/events', (request, response) => {
    const { after } = request.query;
    if (streams.open(request, response, typeof after === 'string' ? after : undefined)) return;
    fail(response, 'unavailable', 'Too many consoles are open.');
  });
  // The seed's own endpoint: its scripts read exactly these two fields, without an envelope.
  app.post('/api/chats/poll-recordings', async (_request, response) => {
    try {
      response.json(await deps.pollRecordings());
    } catch (error) {
      const known = error instanceof AppError && error.code !== 'internal';
      if (!known)
        deps.log.error('a poll failed', { stack: error instanceof Error ? error.stack : undefined });
      if (known) fail(response, error.code, error.message);
      else fail(response, 'internal', internalMessage);
    }
  });
  app.post(
    '/api/:procedure',
    (request, response, next) => {
      // Anything else can be sent by a foreign page's form without asking first.
      if (/^application\/json(?:; ?charset=utf-8)?$/i.test(request.headers['content-type'] ?? ''))
        return next();
      fail(response, 'bad_input', 'Send JSON, as application/json.', 415);
    },
    express.json({ limit: maxBodyBytes, inflate: false, strict: false, type: () => true }),
    async (request, response) => {
      const reply = await dispatch(request.params['procedure'] ?? '', request.body);
      response.status(reply.ok ? 200 : (statusOf[reply.error.code] ?? 500)).json(reply);
    },
  );
  app.get('/api/:procedure', (_request, response) => {
    response.set('allow', 'POST');
    fail(response, 'bad_input', 'Procedures are called with POST.', 405);
  });
}

function addFileRoutes(app: Express, { media, rendererDir }: ApiServerDeps): void {
  app.get(['/media/:recordingId', '/media/:recordingId/peaks'], async (request, response) => {
    const { headers, method, params } = request;
    const recordingId = params['recordingId'];
    const served = await media.serve({
      recordingId: typeof recordingId === 'string' ? recordingId : '',
      part: request.path.endsWith('/peaks') ? 'peaks' : 'audio',
      method: method === 'HEAD' ? 'HEAD' : 'GET',
      headers: {
        range: headers.range,
        ifNoneMatch: headers['if-none-match'],
        ifRange: typeof headers['if-range'] === 'string' ? headers['if-range'] : undefined,
      },
      download: request.query['download'] === '1',
    });
    response.status(served.status).set(served.headers);
    if (served.body === null) return void response.end();
    // A player that seeks drops the connection in the middle; that is no failure.
    await pipeline(served.body, response).catch(() => response.destroy());
  });
  app.get(/^\//, async (request, response, next) => {
    const file = rendererDir === null ? null : await readRendererFile(rendererDir, request.path);
    if (file === null) return next();
    response.set('content-type', file.contentType).set('cache-control', file.cacheControl).send(file.bytes);
  });
}

/** Express and its JSON parser throw errors with a `type` and a `status`; anything else is a fault of ours. */
function createErrorAnswer(log: Log) {
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) return next(error);
    const status = error instanceof Error && 'status' in error ? error.status : undefined;
    if (status === 413) return fail(response, 'too_large', 'The request is larger than 1 MB.');
    if (status === 415) return fail(response, 'bad_input', 'Send JSON as UTF-8, not compressed.', 415);
    if (status === 400) return fail(response, 'bad_input', 'The request cannot be read.');
    log.error('a request failed', { stack: error instanceof Error ? error.stack : undefined });
    fail(response, 'internal', internalMessage);
  };
}
