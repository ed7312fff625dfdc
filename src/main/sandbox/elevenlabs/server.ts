// The ElevenLabs stand-in's API: a real HTTP server on loopback that answers as api.elevenlabs.io does, to whoever
// knows the made-up key.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import express, { type NextFunction, type Request, type Response } from 'express';
import { z } from 'zod';
import { type SandboxClock, tellDate } from '../clock.ts';
import type { SimConversation } from './conversations.ts';
import type { Course, PhoneNumber } from './course.ts';
import { badRequest, ElevenLabsRefusal, invalidField, notFound, unauthorized } from './errors.ts';
import { listView, type Query } from './lists.ts';
import type { ElevenLabsSwitches } from './switches.ts';
import { detailView } from './views.ts';
import { audioOf } from './webhook-bodies.ts';

export interface ServerDeps {
  clock: SandboxClock;
  apiKey: string;
  agentIds: readonly string[];
  numbers: readonly PhoneNumber[];
  conversations: ReadonlyMap<string, SimConversation>;
  course: Course;
  switches: ElevenLabsSwitches;
  /** What GET /v1/workspace/webhooks tells. */
  webhookUrl: () => string | null;
  onRequest:
    | ((seen: { method: string; path: string; queryNames: string[]; bodyNames: string[] }) => void)
    | null;
}

/** @returns start resolves with the base address, e.g. `http://127.0.0.1:40123` */
export function createElevenLabsServer(deps: ServerDeps): {
  start(): Promise<string>;
  stop(): Promise<void>;
} {
  let server: Server | null = null;
  return {
    start() {
      const listening = createServer(createApplication(deps));
      server = listening;
      return new Promise((resolve, reject) => {
        listening.once('error', reject);
        listening.listen(0, '127.0.0.1', () => {
          const address = listening.address();
          resolve(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
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

function createApplication(deps: ServerDeps): express.Express {
  const { switches, conversations } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.use(tellDate(deps.clock.now));
  app.disable('etag');
  app.use(limitConcurrency(switches));
  app.use(authenticate(deps.apiKey));
  app.use(express.json({ limit: '64kb' }));
  app.use((req, _res, next) => {
    const names = (given: unknown): string[] =>
      typeof given === 'object' && given !== null ? Object.keys(given) : [];
    const { method, path } = req;
    deps.onRequest?.({ method, path, queryNames: names(req.query), bodyNames: names(req.body) });
    if (switches.failsWith !== null) throw new ElevenLabsRefusal(switches.failsWith, { status: 'trouble' });
    next();
  });
  addAccount(app, deps);
  addDialling(app, deps);
  const find = (id: string): SimConversation => {
    const found = conversations.get(id);
    if (found !== undefined) return found;
    throw notFound('conversation_not_found', `Conversation with ID ${id} was not found`);
  };
  app.get('/v1/convai/conversations', (req, res) => {
    const query: Query = req.query;
    res.json(listView([...conversations.values()], query, deps.clock.now(), switches.ignoresFilters));
  });
  app.get('/v1/convai/conversations/:id', (req, res) => {
    res.json(detailView(find(req.params.id)));
  });
  app.get('/v1/convai/conversations/:id/audio', (req, res) => sendAudio(deps, find(req.params.id), res));
  app.use(() => {
    throw notFound('not_found', 'Not Found');
  });
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const known =
      error instanceof ElevenLabsRefusal ? error : new ElevenLabsRefusal(500, 'Internal Server Error');
    if (known.status === 429) res.setHeader('Retry-After', '1');
    res.status(known.status).json({ detail: known.detail });
  });
  return app;
}

function limitConcurrency(switches: ElevenLabsSwitches) {
  let open = 0;
  return (_req: Request, res: Response, next: NextFunction): void => {
    open += 1;
    res.once('close', () => {
      open -= 1;
    });
    if (switches.maxConcurrent !== null && open > switches.maxConcurrent) {
      throw new ElevenLabsRefusal(429, {
        status: 'too_many_concurrent_requests',
        message: 'Too many requests',
      });
    }
    next();
  };
}

function authenticate(apiKey: string) {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(apiKey);
  return (req: Request, _res: Response, next: NextFunction): void => {
    if (!timingSafeEqual(digest(req.get('xi-api-key') ?? ''), expected)) throw unauthorized();
    next();
  };
}

const outboundCall = z.object({
  agent_id: z.string(),
  agent_phone_number_id: z.string(),
  to_number: z.string(),
  call_recording_enabled: z.boolean().nullish(),
  conversation_initiation_client_data: z
    .object({
      user_id: z.string().nullish(),
      dynamic_variables: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
});

function addDialling(app: express.Express, deps: ServerDeps): void {
  const { course, switches, numbers, agentIds } = deps;
  const place = (type: PhoneNumber['type']) => (req: Request, res: Response) => {
    const read = outboundCall.safeParse(req.body);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw invalidField(
        ['body', ...(issue?.path ?? []).map(String)],
        'field required',
        'value_error.missing',
      );
    }
    const { data } = read;
    const number = numbers.find(({ phoneNumberId }) => phoneNumberId === data.agent_phone_number_id);
    if (!agentIds.includes(data.agent_id)) throw notFound('agent_not_found', 'No such agent');
    if (number === undefined) throw notFound('phone_number_not_found', 'No such phone number');
    if (number.type !== type) throw badRequest('invalid_phone_number', 'The number is of another kind');
    if (!/^\+[1-9]\d{4,14}$/.test(data.to_number)) throw badRequest('invalid_to_number', 'Not a number');
    if (switches.refusesDials) {
      res.json({
        success: false,
        message: 'The call could not be placed',
        conversation_id: null,
        callSid: null,
      });
      return;
    }
    const { conversationId, phone } = course.place({
      agentId: data.agent_id,
      number,
      to: data.to_number,
      userId: data.conversation_initiation_client_data?.user_id ?? null,
      dynamicVariables: data.conversation_initiation_client_data?.dynamic_variables ?? {},
      record: data.call_recording_enabled === true,
    });
    if (switches.losesAnswers) {
      res.destroy();
      return;
    }
    const ids = type === 'twilio' ? { callSid: phone.callSid } : { sip_call_id: phone.callId };
    res.json({ success: true, message: 'Success', conversation_id: conversationId, ...ids });
  };
  app.post('/v1/convai/twilio/outbound-call', place('twilio'));
  app.post('/v1/convai/sip-trunk/outbound-call', place('sip_trunking'));
}

function addAccount(app: express.Express, deps: ServerDeps): void {
  app.get('/v1/user/subscription', (_req, res) => {
    res.json({
      tier: 'creator',
      character_count: 0,
      character_limit: 100_000,
      max_character_limit_extension: null,
      can_extend_character_limit: false,
      allowed_to_extend_character_limit: false,
      voice_slots_used: 0,
      professional_voice_slots_used: 0,
      voice_limit: 10,
      voice_add_edit_counter: 0,
      professional_voice_limit: 1,
      can_extend_voice_limit: false,
      can_use_instant_voice_cloning: true,
      can_use_professional_voice_cloning: false,
      status: 'active',
      has_open_invoices: false,
      open_invoices: [],
      next_invoice: null,
      pending_change: null,
    });
  });
  app.get('/v1/convai/phone-numbers', (_req, res) => {
    res.json(
      deps.numbers.map(({ phoneNumberId, number, label, type }) => ({
        phone_number: number,
        label,
        supports_inbound: true,
        supports_outbound: true,
        phone_number_id: phoneNumberId,
        assigned_agent: null,
        provider: type === 'twilio' ? 'twilio' : 'sip_trunk',
      })),
    );
  });
  app.get('/v1/workspace/webhooks', (_req, res) => {
    const url = deps.webhookUrl();
    const webhook = {
      name: 'Post-call',
      webhook_id: 'whk_sandbox',
      webhook_url: url,
      is_disabled: false,
      is_auto_disabled: false,
      created_at_unix: 1_700_000_000,
      auth_type: 'hmac',
      usage: null,
      most_recent_failure_error_code: null,
      most_recent_failure_timestamp: null,
    };
    res.json({ webhooks: url === null ? [] : [webhook] });
  });
}

async function sendAudio(
  { switches }: ServerDeps,
  conversation: SimConversation,
  res: Response,
): Promise<void> {
  if (conversation.status !== 'done' || !conversation.hasAudio) {
    throw notFound('conversation_audio_not_found', 'There is no audio of this conversation');
  }
  const { sizeBytes, chunks } = audioOf(conversation, switches.audioBytes);
  res.setHeader('Content-Type', 'audio/mpeg');
  if (switches.sendsErrorPage) {
    res.end('<!doctype html><title>Something went wrong</title>');
    return;
  }
  if (!switches.cutsAudio) res.setHeader('Content-Length', sizeBytes);
  const limit = switches.cutsAudio ? sizeBytes - 7 : sizeBytes;
  await pipeline(Readable.from(politely(chunks, limit)), res).catch(() => res.destroy());
}

/** Up to `limit` bytes; between two pieces everything else in this process gets its turn. */
async function* politely(chunks: Iterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let left = limit;
  for (const chunk of chunks) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
    await nextTurn();
  }
}
