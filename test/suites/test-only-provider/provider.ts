// A whole provider in one folder, for the recipe "Adding a provider": the made-up phone service Bell. It signs its
// webhooks with an HMAC, dials, records, and gives its audio behind a bearer token.
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../../src/main/domain/errors.ts';
import { isOurCallId } from '../../../src/main/domain/our-call-id.ts';
import { type CallKey, type DomainEvent, ourCallKey } from '../../../src/main/domain/provider-event.ts';
import type { GuardedFetch } from '../../../src/main/net/net.ts';
import type { Provider, PulledFact, Understanding } from '../../../src/main/providers/provider.ts';

const providerId = 'bell';
const needed = ['BELL_API_KEY'];
const callPattern = /^bc_[0-9a-f]{16}$/;
const recordingPattern = /^br_[0-9a-f]{16}$/;
const momentMs = z.number().int().positive().max(4_102_444_800_000);

const webhook = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ringing'),
    call: z.string().regex(callPattern),
    atMs: momentMs,
    tag: z.unknown().optional(),
  }),
  z.object({
    type: z.literal('ended'),
    call: z.string().regex(callPattern),
    atMs: momentMs,
    tag: z.unknown().optional(),
  }),
  z.object({
    type: z.literal('recorded'),
    call: z.string().regex(callPattern),
    recording: z.string().regex(recordingPattern),
    atMs: momentMs,
    tag: z.unknown().optional(),
  }),
]);
const dialled = z.object({ call: z.string().regex(callPattern) });

/** Reads what the service says of a call, pushed or pulled. */
function understand(body: Uint8Array): Understanding {
  const print = hash('sha256', body, 'hex').slice(0, 24);
  const notUnderstood = {
    outcome: 'not_understood',
    label: 'not known',
    dedupeKey: print,
    events: [],
  } as const;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body).toString());
  } catch {
    return { ...notUnderstood, events: [] };
  }
  const read = webhook.safeParse(json);
  if (!read.success) return { ...notUnderstood, events: [] };
  const { type, call, atMs, tag } = read.data;
  const keys: CallKey[] = [{ providerId, kind: 'call', value: call }];
  if (isOurCallId(tag)) keys.push(ourCallKey(tag));
  const eventKey = `${type}:${call}:${print}`;
  const head = { eventKey, providerId, occurredAtMs: atMs, keys };
  const leg = { legId: call, parentLegId: null };
  let event: DomainEvent;
  if (type === 'ringing')
    event = {
      ...head,
      kind: 'call.started',
      sequence: 1,
      data: { leg, status: 'ringing', startedAtMs: atMs },
    };
  else if (type === 'ended')
    event = { ...head, kind: 'call.ended', sequence: 2, data: { leg, status: 'completed', endedAtMs: atMs } };
  else
    event = {
      ...head,
      kind: 'recording.available',
      sequence: 3,
      data: { providerRecordingId: read.data.recording },
    };
  return { outcome: 'applied', label: `call ${type}`, dedupeKey: eventKey, events: [event] };
}

/** @returns the stand-in's address while a test sets it, else the service's own */
export function createBell(deps: {
  setting: (name: string) => string | undefined;
  fetch: GuardedFetch;
}): Provider {
  const { setting } = deps;
  const base = (): string => setting('BELL_BASE_URL') || 'https://api.bell.example';
  const missing = (): string[] => needed.filter((name) => (setting(name) ?? '') === '');
  const authorization = (): string => `Bearer ${setting('BELL_API_KEY') ?? ''}`;

  /** Errors: the closed codes of the provider port. */
  const ask = async (method: 'GET' | 'POST', path: string, body: unknown, signal: AbortSignal) => {
    if (missing().length > 0) throw new AppError('secret_missing', 'Bell is not set up.');
    const answer = await deps.fetch({
      url: base() + path,
      method,
      headers: { authorization: authorization(), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: 10_000,
      maxBytes: 1_000_000,
      signal,
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    const { status } = answer;
    const retryAfterMs = Number(answer.headers['retry-after'] ?? 0) * 1000;
    if (status === 401 || status === 403)
      throw new AppError('provider_unauthorized', 'Bell refused the key.');
    if (status === 429)
      throw new AppError('provider_rate_limited', 'Bell asked to wait.', { retryable: true, retryAfterMs });
    if (status >= 500) throw new AppError('provider_unavailable', 'Bell is in trouble.', { retryable: true });
    if (status >= 400) throw new AppError('provider_refused', 'Bell refused.');
    return Buffer.concat(chunks);
  };

  const listOf = async (path: string, signal: AbortSignal): Promise<PulledFact[]> => {
    const text = (await ask('GET', path, undefined, signal)).toString();
    try {
      const items = z.object({ items: z.array(z.unknown()) }).parse(JSON.parse(text)).items;
      return items.map((item) => {
        const body = Buffer.from(JSON.stringify(item));
        return { ...understand(body), body, path };
      });
    } catch (cause) {
      throw new AppError('provider_unavailable', 'Something else answered for Bell.', {
        retryable: true,
        cause,
      });
    }
  };
  const callOf = (keys: readonly CallKey[]): string | undefined =>
    keys.find((key) => key.providerId === providerId && callPattern.test(key.value))?.value;

  return {
    providerId,
    name: 'Bell',
    routes: [{ path: '/webhooks/bell', contentTypes: ['application/json'], maxBodyBytes: 100_000 }],
    keptHeaders: ['x-bell-signature'],
    get hosts() {
      return [new URL(base()).hostname];
    },
    get overrides() {
      const override = setting('BELL_BASE_URL') ?? '';
      return override === '' ? [] : [override];
    },
    missing,
    verify({ headers, body }) {
      const secret = setting('BELL_API_KEY') ?? '';
      if (secret === '') return { ok: false, reason: 'secret_missing' };
      const signature = headers['x-bell-signature'];
      if (signature === undefined) return { ok: false, reason: 'signature_missing' };
      const expected = createHmac('sha256', secret).update(body).digest();
      const given = Buffer.from(typeof signature === 'string' ? signature : '', 'hex');
      return given.length === expected.length && timingSafeEqual(given, expected)
        ? { ok: true }
        : { ok: false, reason: 'bad_signature' };
    },
    understand: ({ body }) => understand(body),
    media: ({ providerRecordingId }) =>
      recordingPattern.test(providerRecordingId)
        ? [
            {
              url: `${base()}/recordings/${providerRecordingId}.wav`,
              headers: { authorization: authorization() },
            },
          ]
        : [],
    settings: [
      {
        name: 'BELL_API_KEY',
        label: 'API key',
        isSecret: true,
        isRequired: true,
        where: 'Bell, Account, API keys.',
      },
    ],
    vias: [{ via: 'bell', label: 'Bell', needsAgent: false, missing }],
    api: {
      async dial(order, signal) {
        try {
          const body = { to: order.to, tag: order.callId, once: order.attemptKey };
          const { call } = dialled.parse(JSON.parse((await ask('POST', '/calls', body, signal)).toString()));
          const told = Buffer.from(
            JSON.stringify({ type: 'ringing', call, atMs: 1_772_532_000_000, tag: order.callId }),
          );
          return { outcome: 'placed', fact: { ...understand(told), body: told, path: '/calls' } };
        } catch (error) {
          const code = error instanceof AppError ? error.code : 'provider_unavailable';
          if (error instanceof AppError && code === 'provider_rate_limited')
            return { outcome: 'not_processed', retryAfterMs: error.retryAfterMs ?? null };
          const isRefused = code === 'provider_refused' || code === 'provider_unauthorized';
          if (isRefused || code === 'secret_missing') return { outcome: 'refused', code, providerCode: null };
          return { outcome: 'unknown', code };
        }
      },
      findDial: async (order, signal) =>
        (await listOf(`/calls?once=${encodeURIComponent(order.attemptKey)}`, signal)).find(({ events }) =>
          events.some(({ keys }) => keys.some((key) => key.value === order.callId)),
        ) ?? null,
      async findRecordings(keys, signal) {
        const call = callOf(keys);
        const facts = call === undefined ? [] : await listOf(`/calls/${call}/recordings`, signal);
        const own = facts.filter(({ events }) => events.some((event) => callOf(event.keys) === call));
        return { facts: own, isFinal: own.length > 0 || call === undefined };
      },
    },
    following: { canStartRecording: false, needsFollowing: () => false, findsRecordings: true },
  };
}
