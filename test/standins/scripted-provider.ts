// A provider that exists only in memory and does what a test tells it to: the port without a network. It remembers
// every phone that it rang, so that a test can say how often.
import type { CallKey } from '../../src/preload/contract/calls.ts';
import type { ProviderNumber } from '../../src/preload/contract/system.ts';
import { AppError } from '../../src/main/domain/errors.ts';
import { type CallFacts, type DomainEvent, ourCallKey } from '../../src/main/domain/provider-event.ts';
import type {
  DialAnswer,
  DialOrder,
  LookUp,
  Provider,
  PulledFact,
  StartAnswer,
} from '../../src/main/providers/provider.ts';

/** What becomes of one request to dial. `lost_...`: nobody hears the answer; the call was made or was not. */
export type DialScript =
  | 'placed'
  /** Too busy (429): not processed. */
  | 'busy'
  | 'refused'
  | 'lost_made'
  | 'lost_not_made'
  | 'throws_made'
  | 'unauthorized';

export interface RungPhone {
  order: DialOrder;
  providerCallId: string;
  atMs: number;
  /** From then on the provider's list has it. */
  listedAtMs: number;
}

export interface ScriptedOptions {
  now: () => number;
  providerId?: string;
  /** For each request to dial in turn; the last one repeats. */
  dials?: DialScript[];
  /** What a provider that is too busy asks for. */
  retryAfterMs?: number;
  /** How late a placed call is listed. */
  listedAfterMs?: number;
  /** Called at every asking back: may throw. */
  onFindDial?: () => void;
  start?: StartAnswer[];
  lookUps?: LookUp[];
  finds?: LookUp[];
  numbers?: ProviderNumber[];
}

export function createScriptedProvider(options: ScriptedOptions) {
  const { now, providerId = 'scripted', listedAfterMs = 0 } = options;
  const rung: RungPhone[] = [];
  /** Requests to dial that were processed, or may have been. */
  const requests: DialOrder[] = [];
  const turnedAway: DialOrder[] = [];
  const asked = { start: 0, lookUp: 0, find: 0, check: 0 };
  const settings = { missing: [] as string[] };
  const numbers = options.numbers ?? [];

  const take = <T>(script: readonly T[] | undefined, at: number, otherwise: T): T =>
    script?.[Math.min(at, script.length - 1)] ?? otherwise;
  const ring = (order: DialOrder): RungPhone => {
    const phone = {
      order,
      providerCallId: `pc-${order.attemptKey}`,
      atMs: now(),
      listedAtMs: now() + listedAfterMs,
    };
    rung.push(phone);
    return phone;
  };
  const factOf = ({ order, providerCallId, atMs }: RungPhone): PulledFact =>
    factWith(`${providerId}:call:${providerCallId}`, [
      {
        kind: 'call.started',
        eventKey: `${providerId}:call:${providerCallId}:0`,
        providerId,
        occurredAtMs: atMs,
        sequence: 0,
        keys: [ourCallKey(order.callId), { providerId, kind: 'call', value: providerCallId }],
        data: { status: 'ringing', to: order.to },
      },
    ]);

  const provider: Provider = {
    providerId,
    name: 'Scripted',
    routes: [],
    hosts: [],
    overrides: [],
    missing: () => settings.missing,
    verify: () => ({ ok: true }),
    understand: () => ({ outcome: 'ignored', label: '', dedupeKey: '', events: [] }),
    media: () => [],
    settings: [],
    vias: [{ via: providerId, label: 'Scripted', needsAgent: false, missing: () => [] }],
    following: { canStartRecording: true, needsFollowing: () => false, findsRecordings: true },
    api: {
      async dial(order): Promise<DialAnswer> {
        const script = take(options.dials, requests.length + turnedAway.length, 'placed');
        if (script === 'busy') {
          turnedAway.push(order);
          return { outcome: 'not_processed', retryAfterMs: options.retryAfterMs ?? null };
        }
        requests.push(order);
        if (script === 'refused') return { outcome: 'refused', code: 'dial_refused', providerCode: '13224' };
        if (script === 'unauthorized') throw new AppError('provider_unauthorized', 'No.');
        if (script === 'lost_not_made') return { outcome: 'unknown', code: 'timed_out' };
        const phone = ring(order);
        if (script === 'lost_made') return { outcome: 'unknown', code: 'timed_out' };
        if (script === 'throws_made') throw new AppError('network_failed', 'Cut.', { retryable: true });
        return { outcome: 'placed', fact: factOf(phone) };
      },
      async findDial(order) {
        options.onFindDial?.();
        const phone = rung.find(
          (one) => one.order.attemptKey === order.attemptKey && one.listedAtMs <= now(),
        );
        return phone === undefined ? null : factOf(phone);
      },
      async startRecording() {
        return take(options.start, asked.start++, { outcome: 'not_yet' });
      },
      async lookUpCall() {
        return take(options.lookUps, asked.lookUp++, { facts: [], isFinal: false });
      },
      async findRecordings() {
        return take(options.finds, asked.find++, { facts: [], isFinal: true });
      },
      async check() {
        asked.check++;
        return { ok: true, findings: [{ ok: true, text: 'The keys work.' }] };
      },
      async listNumbers() {
        return numbers.map((number) => ({ ...number }));
      },
      async setNumberCallback(numberId, url) {
        const number = numbers.find((one) => one.numberId === numberId);
        if (number === undefined) throw new AppError('provider_not_found', 'No such number.');
        number.currentUrl = url;
        number.state = url === null ? 'nowhere' : url === number.wantedUrl ? 'connected' : 'elsewhere';
        return { ...number };
      },
    },
  };
  return { provider, rung, requests, turnedAway, asked, numbers, settings };
}

export type ScriptedProvider = ReturnType<typeof createScriptedProvider>;

/** A fact that was asked for; its body is its content. */
export function factWith(dedupeKey: string, events: DomainEvent[]): PulledFact {
  return {
    outcome: 'applied',
    label: 'asked',
    dedupeKey,
    events,
    body: Buffer.from(JSON.stringify(events)),
    path: '/calls',
  };
}

/** An event of a call at the scripted provider. */
export function scriptedEvent(
  keys: CallKey[],
  kind: 'call.started' | 'call.answered' | 'call.ended',
  atMs: number,
  data: CallFacts,
): DomainEvent {
  const [key] = keys;
  return {
    kind,
    eventKey: `${key?.value ?? ''}:${kind}:${atMs}`,
    providerId: 'scripted',
    occurredAtMs: atMs,
    sequence: kind === 'call.started' ? 0 : kind === 'call.answered' ? 1 : 2,
    keys,
    data,
  };
}
