// The loop that runs due jobs. It asks the database once a second of product time and after every commit (wake), and
// never sets a long timer: a laptop that slept, or a clock that was set, only makes jobs due earlier or later.
import type { Clock } from '../domain/clock.ts';
import { AppError } from '../domain/errors.ts';
import { type ClaimedJob, leaseMs, nextStep } from '../domain/job.ts';
import type { Log } from '../log.ts';
import type { JobSettlement, Store } from '../store/store.ts';
import type { JobHandlers } from './handlers.ts';

export interface JobWorker {
  start(): void;
  /** Looks for due jobs soon; call it after commits that may have added some. */
  wake(): void;
  /** Aborts the runs, gives their attempts back and waits for them. */
  stop(): Promise<void>;
}

export interface JobWorkerDeps {
  store: Pick<Store, 'claimJobs' | 'renewLease' | 'settleJob'>;
  clock: Clock;
  log: Log;
  handlers: JobHandlers;
  /** In [0, 1). */
  random: () => number;
  /** Jobs at once. Default 4. */
  concurrency?: number;
}

interface Running {
  job: ClaimedJob;
  controller: AbortController;
  renewedAtMs: number;
  ended: Promise<void>;
}

const tickMs = 1_000;

/** Makes the loop; nothing runs before start. */
export function createJobWorker(deps: JobWorkerDeps): JobWorker {
  const { store, clock, log, concurrency = 4 } = deps;
  const running = new Set<Running>();
  let stopTicking: (() => void) | null = null;
  let isStopping = false;
  let ticking: Promise<void> | null = null;
  let isTickWanted = false;

  function wake(): void {
    if (isStopping || stopTicking === null) return;
    isTickWanted = true;
    ticking ??= tickUntilQuiet();
  }

  async function tickUntilQuiet(): Promise<void> {
    while (isTickWanted && !isStopping) {
      isTickWanted = false;
      try {
        // Leases first: after a night of sleep our own runs must be renewed before claiming could take them over.
        await renewLeases();
        await claim();
      } catch (error) {
        // The next tick tries again; a store that cannot write must not end the loop.
        log.error('jobs could not be claimed', stackOf(error));
      }
    }
    // In the same turn as the last look at isTickWanted: a wake in between would find a loop that no longer looks.
    ticking = null;
  }

  async function renewLeases(): Promise<void> {
    const nowMs = clock.now();
    for (const run of running) {
      if (Math.abs(nowMs - run.renewedAtMs) < leaseMs / 3) continue;
      if (await store.renewLease(run.job.jobId, run.job.lease)) run.renewedAtMs = nowMs;
      else abandon(run);
    }
  }

  /** Somebody else owns the job now: whatever this run still does must have no effect. */
  function abandon(run: Running): void {
    log.warn('job lease lost', { jobId: run.job.jobId, kind: run.job.kind });
    run.controller.abort();
  }

  async function claim(): Promise<void> {
    const free = concurrency - running.size;
    if (free <= 0 || isStopping) return;
    for (const job of await store.claimJobs(free)) {
      const earlier = [...running].find((run) => run.job.jobId === job.jobId);
      if (earlier !== undefined) abandon(earlier);
      const controller = new AbortController();
      if (isStopping) controller.abort();
      const run: Running = { job, controller, renewedAtMs: clock.now(), ended: Promise.resolve() };
      running.add(run);
      run.ended = runToEnd(job, controller.signal).finally(() => {
        running.delete(run);
        wake();
      });
    }
  }

  async function runToEnd(job: ClaimedJob, signal: AbortSignal): Promise<void> {
    const fields = { jobId: job.jobId, kind: job.kind, attempt: job.attempt };
    let settlement: JobSettlement;
    try {
      settlement = await deps.handlers[job.kind](job, signal);
    } catch (error) {
      settlement = signal.aborted ? release(job) : settlementOf(job, error);
      log.warn('job failed', { ...fields, ...stackOf(error) });
    }
    try {
      if (!(await store.settleJob(settlement))) log.warn('job result dropped', fields);
    } catch (error) {
      // Nothing was written; the lease runs out and the job is run again.
      log.error('job result could not be written', { ...fields, ...stackOf(error) });
    }
  }

  function release({ jobId, lease }: ClaimedJob): JobSettlement {
    return { jobId, lease, events: [], jobs: [], result: 'release', runAtMs: clock.now(), errorCode: null };
  }

  function settlementOf(job: ClaimedJob, error: unknown): JobSettlement {
    // A bug may be gone after the next update, so what is not known is worth another try.
    const { code, retryable, retryAfterMs } =
      error instanceof AppError ? error : new AppError('internal', 'A job failed.', { retryable: true });
    const next = nextStep(job.kind, job.attempt, retryable, code, retryAfterMs, deps.random());
    const ack = { jobId: job.jobId, lease: job.lease, events: [], jobs: [] };
    return next.step === 'dead'
      ? { ...ack, result: 'dead', errorCode: next.code }
      : { ...ack, result: 'retry', runAtMs: clock.now() + next.delayMs, errorCode: code };
  }

  return {
    start() {
      if (stopTicking !== null) return;
      isStopping = false;
      stopTicking = clock.every(tickMs, wake);
      wake();
    },
    wake,
    async stop() {
      isStopping = true;
      stopTicking?.();
      stopTicking = null;
      await ticking;
      for (const { controller } of running) controller.abort();
      await Promise.all([...running].map(({ ended }) => ended));
    },
  };
}

function stackOf(error: unknown): { code?: string; stack?: string | undefined } {
  if (error instanceof AppError) return { code: error.code };
  return error instanceof Error ? { stack: error.stack } : {};
}
