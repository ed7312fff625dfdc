// The LiveKit stand-in: a real HTTP server on loopback that answers as a LiveKit server's API does, to whoever knows
// the made-up key and secret. It is the outside world: nothing of the product is reached from here.
// https://docs.livekit.io/reference/telephony/sip-api/, https://docs.livekit.io/reference/other/roomservice-api/
import { createServer, type Server } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { Carrier } from '../carrier.ts';
import { type SandboxClock, tellDate } from '../clock.ts';
import type { SandboxLog } from '../outbox.ts';
import { methods, type MethodDeps } from './methods.ts';
import { createPost, type Fate } from './post.ts';
import { createRooms } from './rooms.ts';
import { claimsOf, isRecord, type Keys } from './tokens.ts';
import { TwirpError } from './twirp-error.ts';

/** Something that goes wrong with a request: before it is carried out, or only its answer. */
export interface Trouble {
  /** `hang_up` closes the connection without an answer. */
  answer: 'hang_up' | { status: number; code: string; retryAfterSeconds?: number };
  /** The request is carried out all the same. */
  isDone: boolean;
}

/** Behaviour that tests switch on and off while the stand-in runs. */
export interface LiveKitSwitches {
  /** Participants are listed so late after they were dialled; up to 60,000 ms in life. */
  listLateMs: number;
  /** Whether the carrier records calls from their answer (a setting of its trunk or number). */
  record: boolean;
  /** What becomes of the calls dialled from now on; null lets the seed decide. */
  outcome: 'answered' | 'busy' | 'no_answer' | 'too_short' | null;
  talkMs: number | null;
  /** Asked for every request, by the name of the method. */
  trouble: (method: string) => Trouble | null;
  /** Asked for every webhook, by the name of the event. */
  fate: (event: string) => Fate;
}

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
  /** Resolves when every call has ended, every room is closed and every webhook was delivered or given up. */
  idle(): Promise<void>;
  stop(): Promise<void>;
  readonly switches: LiveKitSwitches;
}

export function createLiveKitStandIn(options: LiveKitOptions): LiveKitStandIn {
  const { clock, keys, seed, trunk, carrier } = options;
  const switches: LiveKitSwitches = {
    listLateMs: 0,
    record: true,
    outcome: null,
    talkMs: null,
    trouble: () => null,
    fate: () => 'send',
  };
  let webhookBaseUrl: string | null = null;
  const post = createPost({
    clock,
    keys,
    seed,
    target: () => webhookBaseUrl,
    fate: (event) => switches.fate(event),
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
  const app = createApplication({ clock, rooms, trunk }, options, switches);
  let server: Server | null = null;

  return {
    switches,
    start() {
      const listening = createServer(app);
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
    connect(target) {
      webhookBaseUrl = target.webhookBaseUrl.replace(/\/+$/, '');
    },
    dials: rooms.dials,
    idle: rooms.idle,
    async stop() {
      await rooms.stop();
      const closing = server;
      server = null;
      if (closing === null) return;
      const closed = new Promise((resolve) => closing.close(resolve));
      closing.closeAllConnections();
      await closed;
    },
  };
}

function createApplication(
  deps: MethodDeps,
  { keys, onRequest }: LiveKitOptions,
  switches: LiveKitSwitches,
): express.Express {
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
    const trouble = switches.trouble(name);
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

function spoil({ answer }: Trouble, res: Response): void {
  if (answer === 'hang_up') {
    res.socket?.destroy();
    return;
  }
  if (answer.retryAfterSeconds !== undefined) res.setHeader('Retry-After', String(answer.retryAfterSeconds));
  throw new TwirpError(answer.status, answer.code, 'trouble of the sandbox');
}
