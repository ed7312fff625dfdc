// A small language for what happened to a call: events and what stands around them, folded as the store folds them.
import { foldCall } from '../../../../src/main/domain/call.ts';
import type {
  CallFacts,
  DomainEvent,
  PlacedFacts,
  RecordingFacts,
} from '../../../../src/main/domain/provider-event.ts';
import type { EventFact, JobFact, VerdictFacts } from '../../../../src/main/domain/verdict-facts.ts';
import type { DeliverySource, RefusalReason } from '../../../../src/preload/contract/activity.ts';
import type { OutageView } from '../../../../src/preload/contract/checks.ts';
import type { ErrorCode } from '../../../../src/preload/contract/errors.ts';

export const minute = 60_000;
/** When every made-up call begins, 11:00; it is answered 10 s later and ends at 11:03. */
export const beganMs = new Date(2026, 10, 21, 11, 0, 0).getTime();
export const endedMs = beganMs + 3 * minute;
export const recordingId = 'rec_1';

let counter = 0;
type Piece = (facts: VerdictFacts, providerId: string) => void;

function add(facts: VerdictFacts, event: DomainEvent, source: DeliverySource, recordedAtMs: number): void {
  const deliveryId = source === 'webhook' ? `del_${event.eventKey}` : null;
  (facts.events as EventFact[]).push({ event, deliveryId, source, recordedAtMs });
}

function head(providerId: string, atMs: number) {
  counter += 1;
  const keys = [{ providerId, kind: 'call_sid', value: 'CA1' }];
  return { eventKey: `event-${counter}`, providerId, occurredAtMs: atMs, sequence: 0, keys };
}

/** Folds the pieces and looks at them `afterMs` after the end of the call. */
export function history(providerId: string, afterMs: number, ...pieces: Piece[]): VerdictFacts {
  const facts = {
    nowMs: endedMs + afterMs,
    notYetMs: 10 * minute,
    recordings: [],
    events: [],
    jobs: [],
    checks: [],
    outages: [],
    refusals: [],
    pauses: [],
    providers: [{ providerId, isSetUp: true, canFind: providerId !== 'livekit' }],
    notices: [],
    lineRecords: null,
    candidates: 0,
  } as unknown as VerdictFacts;
  for (const piece of pieces) piece(facts, providerId);
  const { call, recordings } = foldCall(
    'call_1',
    facts.events.map(({ event }) => event),
    () => recordingId,
  );
  return Object.assign(facts, { call, recordings });
}

interface CallOptions {
  status?: CallFacts['status'];
  source?: DeliverySource;
  /** How late Tapedeck heard of it. */
  lateMs?: number;
  /** Rang only, or talks on. */
  until?: 'ringing' | 'talking' | 'end';
}

export const call =
  ({ status = 'completed', source = 'webhook', lateMs = 500, until = 'end' }: CallOptions = {}): Piece =>
  (facts, providerId) => {
    const say = (
      kind: 'call.started' | 'call.answered' | 'call.ended',
      atMs: number,
      data: CallFacts,
    ): void => add(facts, { ...head(providerId, atMs), kind, data }, source, atMs + lateMs);
    const wasAnswered = status === 'completed' || until === 'talking';
    say('call.started', beganMs, {
      status: 'ringing',
      startedAtMs: beganMs,
      from: '+14155550177',
      to: '+14155550100',
    });
    if (until === 'ringing') return;
    if (wasAnswered) {
      const answeredAtMs = beganMs + 10_000;
      say('call.answered', answeredAtMs, { status: 'in_progress', answeredAtMs });
    }
    if (until === 'end')
      say('call.ended', endedMs, { ...(status === undefined ? {} : { status }), endedAtMs: endedMs });
  };

type ProviderKind = 'started' | 'processing' | 'available' | 'absent' | 'external' | 'noted';

export const recording =
  (
    kind: ProviderKind,
    data: Partial<RecordingFacts> = {},
    source: DeliverySource = 'webhook',
    lateMs = 500,
  ): Piece =>
  (facts, providerId) => {
    const atMs = kind === 'started' ? beganMs + 10_000 : endedMs + 5_000;
    const about = { providerRecordingId: 'RE1', ...data };
    add(facts, { ...head(providerId, atMs), kind: `recording.${kind}`, data: about }, source, atMs + lateMs);
  };

type OwnKind = 'fetch_started' | 'fetch_postponed' | 'failed' | 'stored' | 'deleted';

/** What Tapedeck did about it, `afterMs` after the end. */
export const own =
  (kind: OwnKind, afterMs: number, data: object = {}, source: DeliverySource = 'job'): Piece =>
  (facts, providerId) => {
    const atMs = endedMs + afterMs;
    const about = { providerRecordingId: 'RE1', generation: 0, attempt: 1, ...data };
    add(
      facts,
      {
        ...head(providerId, atMs),
        keys: [],
        kind: `recording.${kind}`,
        data: about,
      } as unknown as DomainEvent,
      source,
      atMs,
    );
  };

export const stored = (flags: string[] = [], afterMs = 20_000): Piece =>
  own('stored', afterMs, {
    durationMs: 170_000,
    channels: 2,
    sizeBytes: 1,
    sha256: 'ab',
    contentType: 'audio/wav',
    fileName: 'a.wav',
    flags,
  });

/** A try that did not work and is tried again. */
export const postponed = (code: string, afterMs = minute): Piece =>
  own('fetch_postponed', afterMs, { code, nextAtMs: endedMs + afterMs + minute });

export const failed = (code: string, providerCode?: string): Piece =>
  own('failed', 2 * minute, { code, ...(providerCode === undefined ? {} : { providerCode }) });

export const told =
  (
    what: string,
    data: { code?: string; providerCode?: string } = {},
    afterMs = 0,
    source: DeliverySource = 'job',
  ): Piece =>
  (facts, providerId) => {
    const atMs = endedMs + afterMs;
    add(facts, { ...head(providerId, atMs), kind: 'call.told', data: { what, ...data } }, source, atMs + 100);
  };

export const placed =
  (data: Partial<PlacedFacts> = {}): Piece =>
  (facts, providerId) => {
    const about: PlacedFacts = {
      callId: 'call_1',
      callKind: 'voice-bot',
      via: 'telnyx',
      to: '+14155550177',
      priority: 0,
      record: true,
      ...data,
    };
    const event = {
      ...head(providerId, beganMs - 5_000),
      keys: [],
      kind: 'call.placed' as const,
      data: about,
    };
    add(facts, event, 'user', beganMs - 5_000);
  };

export const dial =
  (kind: 'dial_started' | 'dial_unknown' | 'dial_refused' | 'canceled', code?: string): Piece =>
  (facts, providerId) => {
    const data =
      kind === 'canceled' ? { reason: 'person' } : { generation: 0, ...(code === undefined ? {} : { code }) };
    add(
      facts,
      { ...head(providerId, beganMs), keys: [], kind: `call.${kind}`, data } as DomainEvent,
      'job',
      beganMs,
    );
  };

export const job =
  (kind: JobFact['kind'], state: JobFact['state'], change: Partial<JobFact> = {}): Piece =>
  (facts, providerId) => {
    counter += 1;
    (facts.jobs as JobFact[]).push({
      jobId: `job_${counter}`,
      kind,
      state,
      attempt: 1,
      runAtMs: facts.nowMs + 2 * minute,
      lastErrorCode: null,
      providerId,
      recordingId: kind === 'fetch-recording' ? recordingId : null,
      createdAtMs: endedMs,
      finishedAtMs: state === 'done' || state === 'dead' ? endedMs + 3 * minute : null,
      ...change,
    });
  };

export const check =
  (status: string, code?: string, afterMs = 12 * minute): Piece =>
  (facts, providerId) => {
    counter += 1;
    (facts.checks as object[]).push({
      runId: `run_${counter}`,
      atMs: endedMs + afterMs,
      providerId,
      status,
      code,
    });
  };

export const outage =
  (kind: OutageView['kind'], fromMs: number, toMs: number | null): Piece =>
  (facts) => {
    counter += 1;
    (facts.outages as object[]).push({ outageId: `out_${counter}`, kind, fromMs, toMs, code: null });
  };

export const refusal =
  (reason: RefusalReason, atMs: number): Piece =>
  (facts, providerId) => {
    counter += 1;
    (facts.refusals as object[]).push({ refusalId: `ref_${counter}`, atMs, providerId, reason });
  };

export const pause =
  (code: ErrorCode, sinceMs: number): Piece =>
  (facts, providerId) => {
    (facts.pauses as object[]).push({ providerId, code, sinceMs, untilMs: facts.nowMs + 5 * minute });
  };

/** Any of the plain facts. */
export const given =
  (change: Partial<VerdictFacts>): Piece =>
  (facts) =>
    void Object.assign(facts, change);

export const notSetUp: Piece = (facts, providerId) =>
  void Object.assign(facts, { providers: [{ providerId, isSetUp: false, canFind: true }] });

export const switchedOff: Piece = (facts, providerId) =>
  void Object.assign(facts, {
    notices: [{ providerId, code: 'webhook_disabled', sinceMs: beganMs - 60 * minute }],
  });
