// The Telnyx stand-in: a real HTTP server on loopback that answers as api.telnyx.com/v2 does, to whoever knows the
// made-up key. It is the outside world: nothing of the product is reached from here.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import { tellDate } from '../clock.ts';
import type { Random } from '../random.ts';
import { activeView, type ApiDeps, type Body, callOf, command, dial, dialView, stateView } from './calls.ts';
import { notFound, TelnyxError } from './errors.ts';
import {
  deliveryFilters,
  deliveryView,
  eventFilters,
  eventView,
  filtered,
  page,
  type Query,
  recordingFilters,
  recordingView,
} from './lists.ts';
import { bucket, type TelnyxMedia } from './media.ts';
import type { TelnyxRecording } from './world.ts';

export interface SeenTelnyxRequest {
  method: string;
  /** Without /v2 and the query. */
  path: string;
  queryNames: string[];
  bodyNames: string[];
}

interface Deps extends ApiDeps {
  apiKey: string;
  random: Random;
  media: TelnyxMedia;
  /** Told of every request that was let in. */
  onRequest: ((request: SeenTelnyxRequest) => void) | null;
}

/** @returns start resolves with the origin, e.g. `http://127.0.0.1:40123` */
export function createTelnyxServer(deps: Deps): { start(): Promise<string>; stop(): Promise<void> } {
  let server: Server | null = null;
  return {
    start() {
      const listening = createServer(createApplication(deps));
      server = listening;
      return new Promise((resolve, reject) => {
        listening.once('error', reject);
        listening.listen(0, '127.0.0.1', () => {
          const address = listening.address();
          const port = typeof address === 'object' && address !== null ? address.port : 0;
          resolve(`http://127.0.0.1:${port}`);
        });
      });
    },
    async stop() {
      const closing = server;
      server = null;
      if (closing === null) return;
      const closed = new Promise((resolve) => closing.close(resolve));
      closing.closeAllConnections();
      await closed;
    },
  };
}

function createApplication(deps: Deps): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(tellDate(() => deps.clock.now() + deps.switches.clockSkewMs));
  app.disable('etag');
  // `filter[call_leg_id]` stays one name.
  app.set('query parser', 'simple');
  app.get(`${bucket}/:id/:file`, (req, res) => deps.media.send(req, res));
  const api = express.Router();
  api.use(authenticate(deps.apiKey));
  api.use(express.json({ limit: '256kb' }));
  api.use((req, _res, next) => {
    const queryNames = Object.keys(queryOf(req));
    deps.onRequest?.({ method: req.method, path: req.path, queryNames, bodyNames: Object.keys(bodyOf(req)) });
    next();
  });
  api.use(makeTrouble(deps));
  addCalls(api, deps);
  addRecordings(api, deps);
  addLists(api, deps);
  app.use('/v2', api);
  app.use(() => {
    throw notFound();
  });
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const known =
      error instanceof TelnyxError
        ? error
        : new TelnyxError(500, '10007', 'Unexpected error', 'An unexpected error occured.');
    res.status(known.status).json(known.body());
  });
  return app;
}

/** A field that came twice counts as not sent. */
function queryOf(req: Request): Query {
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(req.query)) if (typeof value === 'string') query[name] = value;
  return query;
}

function bodyOf(req: Request): Body {
  const body: unknown = req.body;
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

/** Errors: 401 without the right key. */
function authenticate(apiKey: string) {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${apiKey}`);
  return (req: Request, _res: Response, next: NextFunction): void => {
    if (!timingSafeEqual(digest(req.get('authorization') ?? ''), expected)) {
      throw new TelnyxError(
        401,
        '10009',
        'Authentication failed',
        'Could not understand the provided credentials.',
      );
    }
    next();
  };
}

/** Trouble that comes before anything was done. */
function makeTrouble({ random, switches }: Deps) {
  return (_req: Request, res: Response, next: NextFunction): void => {
    const [limited, failed] = [random.chance(switches.rateLimit), random.chance(switches.failRequests)];
    if (limited) {
      res.setHeader('Retry-After', '2');
      throw new TelnyxError(
        429,
        '10011',
        'Too many requests',
        'You have exceeded the maximum number of requests.',
      );
    }
    if (failed) throw new TelnyxError(503, '10016', 'Service unavailable', 'The service is unavailable.');
    next();
  };
}

function addCalls(api: express.Router, deps: Deps): void {
  api.post('/calls', (req, res) => {
    const call = dial(deps, bodyOf(req));
    if (deps.random.chance(deps.switches.loseDialAnswers)) res.destroy();
    else res.json({ data: dialView(call) });
  });
  api.get('/calls/:id', (req, res) => {
    res.json({ data: stateView(deps, callOf(deps, req.params.id)) });
  });
  api.post('/calls/:id/actions/:action', (req, res) => {
    command(deps, callOf(deps, req.params.id), req.params.action, bodyOf(req));
    res.json({ data: { result: 'ok' } });
  });
}

function addRecordings(api: express.Router, deps: Deps): void {
  const view = (recording: TelnyxRecording) => recordingView(recording, deps.media.linkOf(recording));
  const isListed = ({ state, listedFromMs }: TelnyxRecording): boolean =>
    state === 'saved' && listedFromMs !== null && listedFromMs <= deps.clock.now();
  const recordingOf = (id: string): TelnyxRecording => {
    const recording = deps.world.recordings.get(id);
    if (recording === undefined || !isListed(recording)) throw notFound();
    return recording;
  };
  api.get('/recordings', (req, res) => {
    const query = queryOf(req);
    const listed = [...deps.world.recordings.values()]
      .filter(isListed)
      .sort((a, b) => (b.listedFromMs ?? 0) - (a.listedFromMs ?? 0));
    const { shown, meta } = page(
      filtered(listed, query, recordingFilters, deps.switches.ignoreFilters),
      query,
    );
    res.json({ data: shown.map(view), meta });
  });
  api.get('/recordings/:id', (req, res) => {
    res.json({ data: view(recordingOf(req.params.id)) });
  });
  api.delete('/recordings/:id', (req, res) => {
    const recording = recordingOf(req.params.id);
    const data = view(recording);
    recording.state = 'deleted';
    res.json({ data });
  });
}

function addLists(api: express.Router, deps: Deps): void {
  const { world, clock } = deps;
  api.get('/call_events', (req, res) => {
    const query = queryOf(req);
    const names = Object.keys(query);
    const isOfCall = names.includes('filter[leg_id]') || names.includes('filter[application_session_id]');
    const sinceMs = isOfCall ? 0 : clock.now() - 86_400_000;
    const listed = world.events
      .filter(({ call, atMs }) => call.listedFromMs <= clock.now() && atMs >= sinceMs)
      .sort((a, b) => a.atMs - b.atMs);
    const { shown, meta } = page(filtered(listed, query, eventFilters, deps.switches.ignoreFilters), query);
    res.json({ data: shown.map(eventView), meta });
  });
  api.get('/webhook_deliveries', (req, res) => {
    const query = queryOf(req);
    const sent = world.events
      .filter(({ type, call }) => type === 'webhook' && call.webhookUrl !== null)
      .sort((a, b) => b.atMs - a.atMs);
    const { shown, meta } = page(filtered(sent, query, deliveryFilters, deps.switches.ignoreFilters), query);
    res.json({ data: shown.map(deliveryView), meta });
  });
  api.get('/connections/:id/active_calls', (req, res) => {
    if (req.params.id !== deps.connectionId) throw notFound();
    const live = [...world.calls.values()].filter(
      (call) => call.endedAtMs === null && call.listedFromMs <= clock.now(),
    );
    const { shown } = page(live, queryOf(req));
    const meta = { cursors: { after: '', before: '' }, next: '', previous: '', total_items: live.length };
    res.json({ data: shown.map((call) => activeView(deps, call)), meta });
  });
  api.get('/call_control_applications/:id', (req, res) => {
    if (req.params.id !== deps.connectionId) throw notFound();
    res.json({
      data: {
        record_type: 'call_control_application',
        id: deps.connectionId,
        active: true,
        application_name: 'The made-up clinic',
        webhook_api_version: '2',
        webhook_event_url: deps.webhookUrl() ?? 'https://nowhere.example',
      },
    });
  });
}
