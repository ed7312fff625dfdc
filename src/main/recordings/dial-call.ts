// Use case of the job place-call: dial once, or find out what became of a dial. Before a request leaves, its claim is
// stored; whoever finds the claim there asks back and never dials. So no crash, time-out or second worker rings twice.
import type { CallRow } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import {
  askBackMs,
  dialClaimOf,
  dialStartedAtMs,
  longestPostponedMs,
  maxPostponed,
  nextTryOf,
  placedFacts,
} from '../domain/dialling.ts';
import { AppError } from '../domain/errors.ts';
import { followJob } from '../domain/follow-up.ts';
import type { ClaimedJob, NewJob } from '../domain/job.ts';
import {
  type CallKey,
  type DomainEvent,
  isRecordingEvent,
  ourCallKey,
  type PlacedFacts,
} from '../domain/provider-event.ts';
import type { DialAnswer, DialOrder, Provider, PulledFact } from '../providers/provider.ts';
import type { JobSettlement, Store } from '../store/store.ts';
import { askToDial, orderOf } from './ask-to-dial.ts';
import { findVia } from './find-provider.ts';
import { ackOf, createSettler, pauseIfRefused, type SettlerDeps } from './job-trouble.ts';
import type { JournalCommand } from './journal-command.ts';
import { pulledKey } from './journal-pulled-facts.ts';
import type { CallQueue } from './run-queue.ts';

export interface DialCallDeps extends SettlerDeps {
  store: Pick<Store, 'getCall' | 'appendEvents' | 'recordDelivery' | 'pauseProvider' | 'resumeProvider'>;
  providers: readonly Provider[];
  journalCommand: JournalCommand;
  /** Lets a queued call be claimed only when it is its turn. */
  queue: Pick<CallQueue, 'takeTurn'>;
  followUp: (events: readonly DomainEvent[]) => NewJob[];
  clock: Clock;
  newId: (prefix: string, nowMs: number) => string;
  publicUrl: () => string | null;
  /** Tests only: told of named moments, `dial:started|answered|stored|postponed`. */
  crashPoint?: ((name: string) => void) | undefined;
}

export type DialCall = (job: ClaimedJob, signal: AbortSignal) => Promise<JobSettlement>;

interface Dialling {
  job: ClaimedJob;
  call: CallRow;
  events: readonly DomainEvent[];
  placed: PlacedFacts;
  generation: number;
  /** Which request of this asking comes next. */
  tryNumber: number;
  provider: Provider;
  order: DialOrder;
  signal: AbortSignal;
}

export function createDialCall(deps: DialCallDeps): DialCall {
  const { store, clock, log, journalCommand, crashPoint = () => {} } = deps;
  const settler = createSettler(deps);

  return async (job, signal) => {
    const callId = job.payload.callId ?? '';
    const found = await store.getCall(callId);
    const events = (found?.events ?? []).map(({ event }) => event);
    const placed = placedFacts(events, callId);
    if (found === null || placed === null) return { ...ackOf(job), result: 'dead', errorCode: 'not_found' };
    const { call } = found;
    if (call.dialState !== 'waiting' && call.dialState !== 'dialing')
      return { ...ackOf(job), result: 'done' };
    const generation = call.dialGeneration ?? 0;
    const way = findVia(deps.providers, placed.via);
    if (way === null || (call.dialState === 'waiting' && way.missing.length > 0)) {
      await append(call.providerId, placed, generation, 'call.dial_refused', { code: 'not_set_up' });
      return { ...ackOf(job), result: 'done' };
    }
    const { provider } = way;
    const order = orderOf(placed, generation, deps.publicUrl());
    const tryNumber = nextTryOf(events, generation);
    const dialling = { job, call, events, placed, generation, tryNumber, provider, order, signal };
    return call.dialState === 'waiting' ? dial(dialling) : askBack(dialling);
  };

  async function dial(dialling: Dialling): Promise<JobSettlement> {
    const { job, call, placed, provider, order, signal } = dialling;
    const isQueued = placed.callKind === 'priority-queue';
    const claimed = isQueued
      ? await deps.queue.takeTurn(call.callId, () => claim(dialling))
      : await claim(dialling);
    // Not its turn (any more): the queue comes back to it.
    if (claimed === null) return { ...ackOf(job), result: 'done' };
    // Somebody dialled or canceled it a moment ago; the next run sees which.
    if (!claimed) return settler.again(job, null);
    crashPoint('dial:started');
    const answer = await askToDial(provider, order, signal);
    crashPoint('dial:answered');
    if (answer.outcome === 'placed') return keep(dialling, answer.fact);
    if (answer.outcome === 'refused') return refuse(dialling, answer);
    if (answer.outcome === 'not_processed') return postpone(dialling, answer.retryAfterMs);
    log.warn('dial outcome unknown', { callId: call.callId, code: answer.code });
    return settler.again(job, answer.code);
  }

  /** @returns false when this asking was claimed before */
  async function claim({ placed, generation, tryNumber, provider }: Dialling): Promise<boolean> {
    const { callId } = placed;
    const { repeat } = await journalCommand({
      label: 'dial started',
      dedupeKey: dialClaimOf(callId, generation, tryNumber),
      source: 'job',
      input: { callId, generation, tryNumber },
      events: [
        {
          ...headOf(provider.providerId, placed, generation, tryMark('started', tryNumber)),
          kind: 'call.dial_started',
          data: { generation, tryNumber },
        },
      ],
    });
    return !repeat;
  }

  async function askBack(dialling: Dialling): Promise<JobSettlement> {
    const { job, call, events, generation, provider, order, signal } = dialling;
    let fact: PulledFact | null = null;
    try {
      fact = (await provider.api.findDial?.(order, signal)) ?? null;
    } catch (error) {
      const isUnlisted = error instanceof AppError && error.code === 'provider_not_found';
      if (!isUnlisted) {
        const settlement = await settler.trouble(job, error, signal);
        return settlement.result === 'dead' ? giveUp(dialling) : settlement;
      }
    }
    if (fact !== null) return keep(dialling, fact);
    const startedAtMs = dialStartedAtMs(events, generation) ?? clock.now();
    if (provider.api.findDial === undefined || clock.now() - startedAtMs >= askBackMs)
      return giveUp(dialling);
    log.info('dial not listed yet', { callId: call.callId, attempt: job.attempt });
    const settlement = settler.again(job, null);
    return settlement.result === 'dead' ? giveUp(dialling) : settlement;
  }

  /** The provider's ids and that it has dialled, in one commit, before anything else happens. */
  async function keep(dialling: Dialling, fact: PulledFact): Promise<JobSettlement> {
    const { job, placed, generation, provider } = dialling;
    const { providerId } = provider;
    const nowMs = clock.now();
    const keys = keysOf(fact, placed.callId);
    const dialed: DomainEvent = {
      ...headOf(providerId, placed, generation, 'dialed'),
      keys,
      kind: 'call.dialed',
      data: { generation },
    };
    const events = [dialed, ...fact.events];
    await store.recordDelivery({
      deliveryId: deps.newId('dlv', nowMs),
      providerId,
      receivedAtMs: nowMs,
      source: 'job',
      verification: 'own',
      outcome: 'applied',
      label: fact.label,
      dedupeKey: `dialed:${placed.callId}:${generation} ${pulledKey(fact)}`,
      method: 'POST',
      path: fact.path,
      headers: [],
      body: fact.body,
      events,
      jobs: [...deps.followUp(events), ...followJobs(provider, keys, nowMs)],
    });
    crashPoint('dial:stored');
    await store.resumeProvider(providerId);
    return { ...ackOf(job), result: 'done' };
  }

  async function refuse(
    { job, placed, generation, provider }: Dialling,
    { code, providerCode }: Extract<DialAnswer, { outcome: 'refused' }>,
  ): Promise<JobSettlement> {
    await append(provider.providerId, placed, generation, 'call.dial_refused', {
      code,
      ...(providerCode === null ? {} : { providerCode }),
    });
    await pauseIfRefused(store, provider.providerId, code);
    return { ...ackOf(job), result: 'done' };
  }

  /** Nothing was done at the provider: the same asking is made again when it wishes, until nobody expects it any more. */
  async function postpone(dialling: Dialling, retryAfterMs: number | null): Promise<JobSettlement> {
    const { job, placed, generation, tryNumber, provider } = dialling;
    const code = 'provider_rate_limited';
    if (tryNumber >= maxPostponed || (retryAfterMs ?? 0) > longestPostponedMs) {
      return refuse(dialling, { outcome: 'refused', code, providerCode: null });
    }
    await store.appendEvents([
      {
        ...headOf(provider.providerId, placed, generation, tryMark('postponed', tryNumber)),
        kind: 'call.dial_postponed',
        data: { generation, tryNumber, code },
      },
    ]);
    crashPoint('dial:postponed');
    return settler.again(job, code, retryAfterMs ?? undefined);
  }

  async function giveUp({ job, placed, generation, provider }: Dialling): Promise<JobSettlement> {
    log.warn('dial outcome never found out', { callId: placed.callId });
    await append(provider.providerId, placed, generation, 'call.dial_unknown', {});
    return { ...ackOf(job), result: 'done' };
  }

  async function append(
    providerId: string,
    placed: PlacedFacts,
    generation: number,
    kind: 'call.dial_refused' | 'call.dial_unknown',
    { code = 'dial_refused', providerCode }: { code?: string; providerCode?: string },
  ): Promise<void> {
    const head = headOf(providerId, placed, generation, kind === 'call.dial_refused' ? 'refused' : 'unknown');
    const why = { code, ...(providerCode === undefined ? {} : { providerCode }) };
    // By itself and not with the settlement: it is true whoever owns the job by now.
    await store.appendEvents([
      kind === 'call.dial_refused'
        ? { ...head, kind, data: { generation, ...why } }
        : { ...head, kind, data: { generation } },
    ]);
  }

  function headOf(
    providerId: string,
    { callId }: PlacedFacts,
    generation: number,
    what: string,
  ): Omit<DomainEvent, 'kind' | 'data'> {
    return {
      eventKey: `dial:${callId}:${generation}:${what}`,
      providerId,
      occurredAtMs: clock.now(),
      sequence: 0,
      keys: [ourCallKey(callId)],
    };
  }
}

/** The first try's events keep the keys that they had before there were others. */
function tryMark(what: 'started' | 'postponed', tryNumber: number): string {
  return tryNumber === 0 ? what : `${what}:${tryNumber}`;
}

/** Our own id and every exact id of the call that the answer names: the answer is about the call that we asked for. */
function keysOf(fact: PulledFact, callId: string): CallKey[] {
  const own = fact.events.filter((event) => !isRecordingEvent(event));
  const all = [ourCallKey(callId), ...own.flatMap(({ keys }) => keys)];
  return [...new Map(all.map((key) => [`${key.providerId} ${key.kind} ${key.value}`, key])).values()];
}

/** A call that we placed is followed by asking, too: no callback is certain to come. */
function followJobs({ providerId, api }: Provider, keys: readonly CallKey[], nowMs: number): NewJob[] {
  const own = keys.find((key) => key.providerId === providerId);
  return own === undefined || api.lookUpCall === undefined ? [] : [followJob(own, nowMs)];
}
