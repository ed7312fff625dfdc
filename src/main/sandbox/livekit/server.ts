// The LiveKit stand-in: a real HTTP server on loopback that answers as a LiveKit server's API does, to whoever knows
// the made-up key and secret. It is the outside world: nothing of the product is reached from here.
// https://docs.livekit.io/reference/telephony/sip-api/, https://docs.livekit.io/reference/other/roomservice-api/
import express, { type NextFunction, type Request, type Response } from 'express';
import type { Carrier } from '../carrier.ts';
import { type SandboxClock, tellDate } from '../clock.ts';
import { createLoopbackServer } from '../loopback-server.ts';
import type { SandboxLog } from '../outbox.ts';
import { createFates, fateOfRequest } from '../weather.ts';
import { methods, type MethodDeps } from './methods.ts';
import { createPost } from './post.ts';
import { createRooms, type DialledCall } from './rooms.ts';
import { calmLiveKit, type LiveKitSwitches, type Trouble } from './switches.ts';
import { claimsOf, isRecord, type Keys } from './tokens.ts';
import { TwirpError } from './twirp-error.ts';

export interface LiveKitOptions {
  /** The product's own clock: both run at the same speed. */
  clock: SandboxClock;
  seed: string;
  keys: Keys;
  /** The outbound trunk and its own number. */
  trunk: { trunkId: string; number: string };
  /** Where the trunk ends. */
  carrier: Carrier;
  log?: SandboxLog;
  /** Told of every request that was let in: its method, e.g. `SIP/CreateSIPParticipant`, and the names in its body. */
  onRequest?: (request: { method: string; fieldNames: string[] }) => void;
}

export interface LiveKitStandIn {
  /** @returns the base address, e.g. `http://127.0.0.1:40123` */
  start(): Promise<string>;
  /** Webhooks go to `<webhookBaseUrl>/webhooks/livekit` from now on. */
  connect(target: { webhookBaseUrl: string }): void;
  /** How many times a telephone was made to ring for a room. */
  dials(roomName: string): number;
  /** Every telephone call made for a room, in the order of dialling. */
  calls(): readonly DialledCall[];
  /** Resolves when every call has ended, every room is closed and every webhook was delivered or given up. */
  idle(): Promise<void>;
  stop(): Promise<void>;
  readonly switches: LiveKitSwitches;
}

export function createLiveKitStandIn(options: LiveKitOptions): LiveKitStandIn {
  const { clock, keys, seed, trunk, carrier } = options;
  const switches = calmLiveKit();
  let webhookBaseUrl: string | null = null;
  const post = createPost({
    clock,
    keys,
    seed,
    target: () => webhookBaseUrl,
    switches,
    log: options.log ?? null,
  });
  const rooms = createRooms({
    clock,
    seed,
    carrier,
    trunkId: trunk.trunkId,
    post,
    listLateMs: () => switches.listLateMs,
    wish: () => ({
      record: switches.record,
      ...(switches.outcome === null ? {} : { outcome: switches.outcome }),
      ...(switches.talkMs === null ? {} : { talkMs: switches.talkMs }),
    }),
  });
  const server = createLoopbackServer(createApplication({ clock, rooms, trunk }, options, switches));

  return {
    switches,
    start: server.start,
    connect(target) {
      webhookBaseUrl = target.webhookBaseUrl.replace(/\/+$/, '');
    },
    dials: rooms.dials,
    calls: rooms.calls,
    idle: rooms.idle,
    async stop() {
      await rooms.stop();
      await server.stop();
    },
  };
}

function createApplication(
  deps: MethodDeps,
  { keys, seed, onRequest }: LiveKitOptions,
  switches: LiveKitSwitches,
): express.Express {
  const fates = createFates(`${seed}/livekit-requests`);
  const troubleOf = (name: string): Trouble | null => {
    const { random } = fates.next(name);
    const fate = fateOfRequest(random, switches);
    const isLost = random.chance(switches.loseDialAnswers);
    if (fate === 'limited') return limited;
    if (fate === 'failed') return failed;
    return isLost && name.endsWith('/CreateSIPParticipant') ? lost : switches.trouble(name);
  };
  const app = express();
  app.disable('x-powered-by');
  app.use(tellDate(deps.clock.now));
  app.disable('etag');
  // Only LiveKit's cloud has regions; the SDKs ask for them after a failure.
  app.get('/settings/regions', (_req, res) => {
    res.status(404).type('text/plain').send('404 page not found\n');
  });
  app.use(express.json({ limit: '256kb' }));
  app.post('/twirp/livekit.:method/:name', async (req: Request<{ method: string; name: string }>, res) => {
    const name = `${req.params.method}/${req.params.name}`;
    const trouble = troubleOf(name);
    if (trouble !== null && !trouble.isDone) return spoil(trouble, res);
    const claims = claimsOf(keys, req.get('authorization'), deps.clock.now());
    if (claims === null) throw new TwirpError(401, 'unauthenticated', 'invalid token');
    const method = methods.get(name);
    if (method === undefined || !isRecord(req.body) || req.is('application/json') === false)
      throw new TwirpError(404, 'bad_route', `no handler for path "${req.path}"`);
    onRequest?.({ method: name, fieldNames: Object.keys(req.body) });
    const answer = await method(deps, req.body, claims);
    if (trouble !== null) return spoil(trouble, res);
    res.type('application/json').send(JSON.stringify(answer));
  });
  app.use((req: Request) => {
    throw new TwirpError(404, 'bad_route', `no handler for path "${req.path}"`);
  });
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const known = error instanceof TwirpError ? error : new TwirpError(400, 'malformed', 'malformed request');
    // The SDK reads a body as JSON only under exactly this type.
    res.status(known.status).setHeader('Content-Type', 'application/json');
    res.end(JSON.stringify(known.body()));
  });
  return app;
}

// https://github.com/twitchtv/twirp/blob/main/docs/spec_v7.md (codes and their statuses)
const limited: Trouble = {
  answer: { status: 429, code: 'resource_exhausted', retryAfterSeconds: 2 },
  isDone: false,
};
const failed: Trouble = { answer: { status: 503, code: 'unavailable' }, isDone: false };
const lost: Trouble = { answer: 'hang_up', isDone: true };

function spoil({ answer }: Trouble, res: Response): void {
  if (answer === 'hang_up') {
    res.socket?.destroy();
    return;
  }
  if (answer.retryAfterSeconds !== undefined) res.setHeader('Retry-After', String(answer.retryAfterSeconds));
  throw new TwirpError(answer.status, answer.code, 'trouble of the sandbox');
}
