// The facts of a verdict put in order, with what every rule asks of them.
import type { VerdictAction, VerdictCause, VerdictEvidence } from '../../preload/contract/verdicts.ts';
import { isOver } from './dialling.ts';
import { compareEvents, type DomainEvent, isRecordingEvent } from './provider-event.ts';
import type { RecordingRow } from './recording.ts';
import type { EventFact, JobFact, PauseFact, VerdictFacts } from './verdict-facts.ts';

/** What a rule answers; judgeVerdict fills in the rest. */
export interface Draft {
  cause: VerdictCause;
  action: VerdictAction;
  evidence: VerdictEvidence[];
  /** Nothing will change by itself. Taken back while a job of the call is still to run, unless `isSaid`. */
  isFinal: boolean;
  /** The provider itself (or a person) said so: no job of ours can change it. */
  isSaid?: boolean;
  isSafe?: boolean;
  sinceMs?: number;
  nextLookAtMs?: number | null;
  providerId?: string;
}

export type Rule = (known: Known) => Draft | null;

export interface Known extends VerdictFacts {
  /** The recording that the call is judged by. */
  main: RecordingRow | null;
  isOver: boolean;
  /** When the talk ended as far as is known, else when the call began. */
  endedAtMs: number;
  /** The jobs that may still bring a recording, earliest first. */
  liveJobs: JobFact[];
}

/** Kinds that can bring or start a recording; without peaks one can be played all the same. */
const bringing: ReadonlySet<string> = new Set([
  'fetch-recording',
  'find-recordings',
  'follow-call',
  'start-recording',
  'place-call',
]);

export function isLiveJob({ kind, state }: JobFact): boolean {
  return bringing.has(kind) && (state === 'ready' || state === 'running');
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Sorted by total orders, so that the order in which facts were gathered cannot matter. */
export function toKnown(facts: VerdictFacts): Known {
  const { call } = facts;
  const jobs = [...facts.jobs].sort((a, b) => a.runAtMs - b.runAtMs || byText(a.jobId, b.jobId));
  const recordings = [...facts.recordings].sort((a, b) => byText(a.recordingId, b.recordingId));
  return {
    ...facts,
    jobs,
    recordings,
    events: [...facts.events].sort(
      (a, b) =>
        compareEvents(a.event, b.event) ||
        byText(a.source, b.source) ||
        a.recordedAtMs - b.recordedAtMs ||
        byText(a.deliveryId ?? '', b.deliveryId ?? ''),
    ),
    checks: [...facts.checks].sort(
      (a, b) =>
        a.atMs - b.atMs ||
        byText(`${a.runId} ${a.providerId} ${a.status}`, `${b.runId} ${b.providerId} ${b.status}`),
    ),
    outages: [...facts.outages].sort((a, b) => a.fromMs - b.fromMs || byText(a.outageId, b.outageId)),
    refusals: [...facts.refusals].sort((a, b) => a.atMs - b.atMs || byText(a.refusalId, b.refusalId)),
    pauses: [...facts.pauses].sort((a, b) => byText(a.providerId, b.providerId)),
    providers: [...facts.providers].sort((a, b) => byText(a.providerId, b.providerId)),
    notices: [...facts.notices].sort((a, b) => byText(a.providerId, b.providerId) || a.sinceMs - b.sinceMs),
    main: recordings.find(({ recordingId }) => recordingId === call.mainRecordingId) ?? null,
    isOver: isOver(call.status),
    endedAtMs: call.endedAtMs ?? call.startedAtMs,
    liveJobs: jobs.filter(isLiveJob),
  };
}

/** Events about one recording, oldest first. */
export function eventsOf({ events }: Known, recording: RecordingRow): EventFact[] {
  return events.filter(
    ({ event }) =>
      isRecordingEvent(event) &&
      event.providerId === recording.providerId &&
      event.data.providerRecordingId === recording.providerRecordingId,
  );
}

export type Told = Extract<DomainEvent, { kind: 'call.told' }>;

/** What was told beside the call's stages, the newest of these words. */
export function lastTold(
  { events }: Known,
  ...whats: readonly string[]
): (EventFact & { event: Told }) | null {
  for (const fact of [...events].reverse()) {
    const { event } = fact;
    if (event.kind === 'call.told' && whats.includes(event.data.what)) return { ...fact, event };
  }
  return null;
}

/** The pause of a provider that refuses our credentials, while it lasts. */
export function pauseOf({ pauses }: Known, providerId: string): PauseFact | null {
  return pauses.find((pause) => pause.providerId === providerId) ?? null;
}

/** When Tapedeck looks again by itself: its earliest job, not before the provider's pause is over. */
export function nextLook(known: Known, jobs: readonly JobFact[] = known.liveJobs): number | null {
  const moments = jobs.map(({ runAtMs, providerId }) =>
    Math.max(runAtMs, known.nowMs, providerId === null ? 0 : (pauseOf(known, providerId)?.untilMs ?? 0)),
  );
  return moments.length === 0 ? null : Math.min(...moments);
}

export function eventEvidence({ event, deliveryId }: EventFact): VerdictEvidence {
  // Which of these an event has depends on its kind; all are words, never content.
  const data = { ...event.data } as { code?: string; reason?: string; providerCode?: string };
  const code = data.code ?? data.reason ?? (event.kind === 'call.told' ? event.data.what : event.kind);
  return {
    kind: deliveryId === null ? 'event' : 'delivery',
    id: deliveryId ?? event.eventKey,
    atMs: event.occurredAtMs,
    code,
    ...(data.providerCode === undefined ? {} : { providerCode: data.providerCode }),
  };
}

export function jobEvidence({
  jobId,
  lastErrorCode,
  runAtMs,
  attempt,
  kind,
  finishedAtMs,
}: JobFact): VerdictEvidence {
  return {
    kind: 'job',
    id: jobId,
    atMs: finishedAtMs ?? runAtMs,
    code: lastErrorCode ?? kind,
    attempts: attempt,
  };
}
