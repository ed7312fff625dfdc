// Rules of the job queue that need no database: what a job is, when it runs again, when it has given up.
import type { ErrorCode } from '../../preload/contract/errors.ts';

export type JobKind = 'fetch-recording' | 'make-peaks';

export interface NewJob {
  kind: JobKind;
  /** Unique per kind for ever: asking twice for the same work is one job. */
  dedupe: string;
  /** Our own ids only: no numbers, no names, no URLs. */
  payload: { recordingId: string };
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
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * Delays before attempt 2, 3, ...: a fast phase while a provider finishes its file (media can be a 404 for a moment
 * after `completed`), then the slow phase of reliability.md 2c.
 */
const fetchDelaysMs: readonly number[] = [
  2 * second,
  5 * second,
  15 * second,
  30 * second,
  minute,
  minute,
  2 * minute,
  5 * minute,
  15 * minute,
  hour,
  6 * hour,
  day,
];

/** After so many attempts a job is dead: about a month of trying for a fetch. */
const maxAttempts: Record<JobKind, number> = { 'fetch-recording': 40, 'make-peaks': 5 };

/** Upper bound of any wait. A due time further away than this can only come from a clock that jumped back. */
export const maxDelayMs: Record<JobKind, number> = { 'fetch-recording': day, 'make-peaks': hour };

/** Whether a recording fails when its job of this kind does. Without peaks a recording can still be played. */
export const decidesRecording: Record<JobKind, boolean> = { 'fetch-recording': true, 'make-peaks': false };

/** A job that took the process down this often is dead, whatever its attempts: it is poison. */
export const maxCrashes = 5;

/** How long a claim holds without a heartbeat. */
export const leaseMs = 60 * second;

export type NextStep = { step: 'retry'; delayMs: number } | { step: 'dead'; code: ErrorCode };

/**
 * What follows a failed attempt.
 * @param attempt the attempt that failed, 1 for the first
 * @param retryable false for failures that time cannot mend
 * @param retryAfterMs the provider's own wish, honoured when longer than our delay
 * @param random in [0, 1); spreads retries by up to 10 %
 */
export function nextStep(
  kind: JobKind,
  attempt: number,
  retryable: boolean,
  code: ErrorCode,
  retryAfterMs: number | undefined,
  random: number,
): NextStep {
  if (!retryable) return { step: 'dead', code };
  if (attempt >= maxAttempts[kind]) return { step: 'dead', code: 'gave_up' };
  const planned = fetchDelaysMs[Math.min(attempt, fetchDelaysMs.length) - 1] ?? day;
  const delayMs = Math.max(planned * (1 + random * 0.1), retryAfterMs ?? 0);
  return { step: 'retry', delayMs: Math.round(Math.min(delayMs, maxDelayMs[kind])) };
}

/** Upper bound of a provider's pause. */
export const maxPauseMs = hour;

/** How long a provider is left alone after it refused our credentials for the n-th time in a row (1 = first). */
export function pauseMs(refusals: number): number {
  return Math.min(5 * minute * 2 ** (refusals - 1), maxPauseMs);
}
