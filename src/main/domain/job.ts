// Rules of the job queue that need no database: what a job is, when it runs again, when it has given up.
import type { CallKey } from '../../preload/contract/calls.ts';
import type { ErrorCode } from '../../preload/contract/errors.ts';

export type JobKind =
  | 'fetch-recording'
  | 'make-peaks'
  /** Dial a placed call, or ask back what became of a dial whose outcome nobody heard. */
  | 'place-call'
  | 'start-recording'
  /** Ask the provider how a call stands until it has ended: for calls whose callbacks are not ours. */
  | 'follow-call'
  /** List what the provider has recorded of one call, by its exact ids, until something is there or nothing will be. */
  | 'find-recordings';

/** Whom a job is about. A call is named by a provider's key where our own id was not known yet when the job was made. */
export interface JobPayload {
  recordingId?: string;
  callId?: string;
  callKey?: CallKey;
  /** A person asked for it: done whatever the settings say. */
  isAsked?: boolean;
}

export interface NewJob {
  kind: JobKind;
  /** Unique per kind for ever: asking twice for the same work is one job. */
  dedupe: string;
  /** Ids only: no numbers, no names, no URLs. */
  payload: JobPayload;
  providerId: string | null;
  /** When it is first due, epoch milliseconds; in the past means now. */
  runAtMs: number;
}

export interface ClaimedJob extends NewJob {
  jobId: string;
  /** 1 for the first try. */
  attempt: number;
  /** Grows when a person retries a dead job. */
  generation: number;
  /** Proves that this run still owns the job; every write of the run is fenced by it. */
  lease: string;
  leaseUntilMs: number;
  /** When the work was first asked for: how long a provider still has what it looks for is counted from here. */
  createdAtMs: number;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * How each kind of job is tried again: the delays before attempt 2, 3, ... (the last one repeats), after how many
 * attempts it is dead, and the longest wait (a due time further away can only come from a clock that jumped back).
 */
interface Rhythm {
  delaysMs: readonly number[];
  /** `kept`: until the provider no longer has what is looked for, see keptForMs. */
  maxAttempts: number | 'kept';
  maxDelayMs: number;
}

const rhythms: Record<JobKind, Rhythm> = {
  // A fast phase while a provider finishes its file (media can be a 404 for a moment after `completed`), then the slow
  // phase, then daily for as long as the provider has it.
  'fetch-recording': {
    delaysMs: [2, 5, 15, 30, 60, 60, 120, 300, 900, 3_600, 21_600, 86_400].map((seconds) => seconds * second),
    maxAttempts: 'kept',
    maxDelayMs: day,
  },
  'make-peaks': {
    delaysMs: [2 * second, 5 * second, 15 * second, 30 * second],
    maxAttempts: 5,
    maxDelayMs: hour,
  },
  // Asking back what became of a dial: a provider may list a call a minute late.
  'place-call': {
    delaysMs: [2, 5, 10, 15, 20, 30].map((seconds) => seconds * second),
    maxAttempts: 14,
    maxDelayMs: hour,
  },
  // The call may still be ringing (Twilio 21220): close together while it rings, then no longer than a call lasts.
  'start-recording': {
    delaysMs: [1, 1, 2, 2, 3, 5, 5, 10].map((seconds) => seconds * second),
    maxAttempts: 60,
    maxDelayMs: hour,
  },
  'follow-call': {
    delaysMs: [3, 5, 10, 15].map((seconds) => seconds * second),
    maxAttempts: 6_000,
    maxDelayMs: hour,
  },
  // Soon, then the seed's rhythm (2 minutes, then every minute), then longer.
  'find-recordings': {
    delaysMs: [5, 15, 100, 60, 60, 60, 60, 60, 300, 900, 3_600, 21_600, 86_400].map(
      (seconds) => seconds * second,
    ),
    maxAttempts: 'kept',
    maxDelayMs: day,
  },
};

export const jobKinds: readonly JobKind[] = [
  'fetch-recording',
  'make-peaks',
  'place-call',
  'start-recording',
  'follow-call',
  'find-recordings',
];

/** Upper bound of any wait of a job of this kind. */
export function maxDelayMs(kind: JobKind): number {
  return rhythms[kind].maxDelayMs;
}

/** Whether a recording fails when its job of this kind does. Without peaks a recording can still be played. */
export function decidesRecording(kind: JobKind): boolean {
  return kind === 'fetch-recording';
}

/** A job that took the process down this often is dead, whatever its attempts: it is poison. */
export const maxCrashes = 5;

/**
 * How long a job that went down with the process waits after the n-th time (1 = first): the first start takes it up at
 * once. After that the others run first, so that a computer that is switched off again and again blames none of them.
 */
export function crashDelayMs(crashes: number): number {
  return 2 * second * (crashes - 1) ** 2;
}

/** How long a claim holds without a heartbeat. */
export const leaseMs = 60 * second;

/** Nobody waits longer for a recording, even where a provider keeps it for years. */
export const longestKeptMs = 90 * day;

/**
 * How long a job for something at a provider goes on: for as long as the provider says that it keeps it, at most 90 days.
 * @param retentionMs of the provider; null where it keeps things until they are deleted, or does not say
 */
export function keptForMs(retentionMs: number | null): number {
  return Math.min(retentionMs ?? longestKeptMs, longestKeptMs);
}

/** How old the work is and how long the provider has what it is about; milliseconds. */
export interface Kept {
  ageMs: number;
  keptMs: number;
}

/** How often a job can be tried before its daily phase alone has used up `keptMs`: holds whatever the clock says. */
function attemptsFor({ delaysMs, maxAttempts }: Rhythm, keptMs: number): number {
  return maxAttempts === 'kept' ? delaysMs.length + Math.ceil(keptMs / day) : maxAttempts;
}

/** For how long after it was first asked for a dead fetch is opened again by itself, once a day. */
export const reopenForMs = 30 * day;
export const reopenEveryMs = day;

/** What no other day mends by itself: a job that takes the process down, and one that is about nothing. */
export const hopelessCodes: readonly ErrorCode[] = ['crashed_repeatedly', 'not_found', 'bad_input'];

/** Whether a dead job is opened again without anybody asking: only fetches, because only they end with audio. */
export function isReopened(
  job: { kind: JobKind; lastErrorCode: ErrorCode | null; createdAtMs: number; finishedAtMs: number | null },
  nowMs: number,
): boolean {
  return (
    job.kind === 'fetch-recording' &&
    !hopelessCodes.some((code) => code === job.lastErrorCode) &&
    nowMs - job.createdAtMs <= reopenForMs &&
    nowMs - (job.finishedAtMs ?? 0) >= reopenEveryMs
  );
}

export type NextStep = { step: 'retry'; delayMs: number } | { step: 'dead'; code: ErrorCode };

/**
 * What follows a failed attempt.
 * @param attempt the attempt that failed, 1 for the first
 * @param retryable false for failures that time cannot mend
 * @param retryAfterMs the provider's own wish, honoured when longer than our delay
 * @param random in [0, 1); spreads retries by up to 10 %
 * @param kept what bounds a job that is tried daily; without it the longest time there is
 */
export function nextStep(
  kind: JobKind,
  attempt: number,
  retryable: boolean,
  code: ErrorCode,
  retryAfterMs: number | undefined,
  random: number,
  kept: Kept = { ageMs: 0, keptMs: longestKeptMs },
): NextStep {
  if (!retryable) return { step: 'dead', code };
  const rhythm = rhythms[kind];
  const { delaysMs, maxDelayMs: longestMs } = rhythm;
  const isPast = rhythm.maxAttempts === 'kept' && kept.ageMs >= kept.keptMs;
  if (isPast || attempt >= attemptsFor(rhythm, kept.keptMs)) return { step: 'dead', code: 'gave_up' };
  const planned = delaysMs[Math.min(attempt, delaysMs.length) - 1] ?? longestMs;
  const delayMs = Math.max(planned * (1 + random * 0.1), retryAfterMs ?? 0);
  return { step: 'retry', delayMs: Math.round(Math.min(delayMs, longestMs)) };
}

/** Upper bound of a provider's pause. */
export const maxPauseMs = hour;

/** How long a provider is left alone after it refused our credentials for the n-th time in a row (1 = first). */
export function pauseMs(refusals: number): number {
  return Math.min(5 * minute * 2 ** (refusals - 1), maxPauseMs);
}
