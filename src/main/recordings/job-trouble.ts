// What follows when a provider could not be asked: shared by every job that asks one.
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { Clock } from '../domain/clock.ts';
import { AppError } from '../domain/errors.ts';
import { type ClaimedJob, type Kept, keptForMs, nextStep } from '../domain/job.ts';
import type { Log } from '../log.ts';
import type { Provider } from '../providers/provider.ts';
import type { JobSettlement, Store } from '../store/store.ts';

export type Ack = Pick<JobSettlement, 'jobId' | 'lease' | 'events' | 'jobs'>;

export function ackOf({ jobId, lease }: Pick<ClaimedJob, 'jobId' | 'lease'>): Ack {
  return { jobId, lease, events: [], jobs: [] };
}

/** How old a job is, and how long its provider has what it looks for. */
export function keptOf(job: ClaimedJob, providers: readonly Provider[], nowMs: number): Kept {
  const provider = providers.find(({ providerId }) => providerId === job.providerId);
  return {
    ageMs: nowMs - job.createdAtMs,
    keptMs: keptForMs(provider?.retention?.keptMs ?? null),
  };
}

/** Anything thrown as an AppError. What nobody expected is logged and worth another try: an update may mend it. */
export function asAppError(error: unknown, log: Log, jobId: string): AppError {
  const known =
    error instanceof AppError
      ? error
      : new AppError('internal', 'Something unexpected happened.', { cause: error, retryable: true });
  if (known.code === 'internal' && error instanceof Error) {
    log.error('a job failed unexpectedly', { jobId, stack: error.stack });
  }
  return known;
}

/**
 * Refused credentials are no fault of the job: the provider is left alone for a while.
 * @returns until when, epoch milliseconds; null when this error says nothing of the credentials
 */
export async function pauseIfRefused(
  store: Pick<Store, 'pauseProvider' | 'resumeProvider'>,
  providerId: string,
  code: ErrorCode,
): Promise<number | null> {
  if (code === 'provider_unauthorized' || code === 'secret_missing') {
    return (await store.pauseProvider(providerId, code)).untilMs;
  }
  // An answer about the thing itself proves that the credentials are good again.
  if (code === 'provider_not_found' || code === 'provider_refused') await store.resumeProvider(providerId);
  return null;
}

export interface Settler {
  /**
   * Look again later, as often as the kind's rhythm allows.
   * @param code null where nothing is wrong
   * @param retryAfterMs not sooner, by the provider's wish
   */
  again(job: ClaimedJob, code: ErrorCode | null, retryAfterMs?: number): JobSettlement;
  /** After `error`: pause and give the attempt back, try again, or end. */
  trouble(job: ClaimedJob, error: unknown, signal: AbortSignal): Promise<JobSettlement>;
}

export interface SettlerDeps {
  store: Pick<Store, 'pauseProvider' | 'resumeProvider'>;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  log: Log;
  providers: readonly Provider[];
}

export function createSettler({ store, clock, random, log, providers }: SettlerDeps): Settler {
  const later = (job: ClaimedJob, code: ErrorCode | null, retryAfterMs?: number): JobSettlement => {
    const kept = keptOf(job, providers, clock.now());
    const next = nextStep(job.kind, job.attempt, true, code ?? 'gave_up', retryAfterMs, random(), kept);
    return next.step === 'dead'
      ? { ...ackOf(job), result: 'dead', errorCode: next.code }
      : { ...ackOf(job), result: 'retry', runAtMs: clock.now() + next.delayMs, errorCode: code };
  };
  return {
    again: later,
    async trouble(job, error, signal) {
      // Whoever stopped us runs the job again, and until then nothing new is known.
      if (signal.aborted) return { ...ackOf(job), result: 'release', runAtMs: clock.now(), errorCode: null };
      const { code, retryable, retryAfterMs } = asAppError(error, log, job.jobId);
      const untilMs = job.providerId === null ? null : await pauseIfRefused(store, job.providerId, code);
      if (untilMs !== null) return { ...ackOf(job), result: 'release', runAtMs: untilMs, errorCode: code };
      log.info('job postponed or ended', { jobId: job.jobId, kind: job.kind, code, attempt: job.attempt });
      if (retryable) return later(job, code, retryAfterMs);
      return { ...ackOf(job), result: 'dead', errorCode: code };
    },
  };
}
