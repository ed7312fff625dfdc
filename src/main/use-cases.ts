// The use cases of one application, put together with the ports that they work on, and the loops that run them.
import type { CheckTrigger } from '../preload/contract/checks.ts';
import { notYetMs } from '../preload/contract/verdict-words.ts';
import type { HandlerDeps } from './api/handlers.ts';
import type { Settings } from './api/settings.ts';
import { type FollowingRules, followUps } from './domain/follow-up.ts';
import type { NewJob } from './domain/job.ts';
import { planPolling } from './domain/polling-plan.ts';
import type { DomainEvent } from './domain/provider-event.ts';
import { newId, recordingIdOf } from './ids.ts';
import { createJobHandlers } from './jobs/handlers.ts';
import { createScheduler } from './jobs/scheduler.ts';
import { createJobWorker, type JobWorker } from './jobs/worker.ts';
import type { GuardedFetch } from './net/net.ts';
import type { Common } from './parts.ts';
import type { Provider } from './providers/provider.ts';
import { createCheckCall } from './recordings/check-call.ts';
import { createConnectNumber } from './recordings/connect-number.ts';
import { createDialCall } from './recordings/dial-call.ts';
import { createExplainCall } from './recordings/explain-call.ts';
import { createFetchRecording } from './recordings/fetch-recording.ts';
import { createFindRecordings } from './recordings/find-recordings.ts';
import { createBackfills } from './recordings/backfill.ts';
import { createChecks } from './recordings/checks.ts';
import { createRunCheck } from './recordings/run-check.ts';
import { createSettleCalls } from './recordings/settle-calls.ts';
import { createFollowCall } from './recordings/follow-call.ts';
import { createJournalCommand } from './recordings/journal-command.ts';
import { createLookLive } from './recordings/look-live.ts';
import { createJournalPulledFacts, type JournalPulledFacts } from './recordings/journal-pulled-facts.ts';
import { createMakePeaks } from './recordings/make-peaks.ts';
import { createMatchUnique } from './recordings/match-unique.ts';
import { createPlaceCall } from './recordings/place-call.ts';
import { createRegisterCall } from './recordings/register-call.ts';
import { createReopenDeadFetches, createRetryDeadJobs } from './recordings/retry-dead-jobs.ts';
import { type CallQueue, createCallQueue } from './recordings/run-queue.ts';
import { createStartRecording } from './recordings/start-recording.ts';
import { createSteerRecording } from './recordings/steer-recording.ts';
import type { LocalStorage } from './storage/storage.ts';
import type { Store } from './store/store.ts';
import type { WorkerClient } from './worker/worker.ts';

/** What the handlers of the console ask for. */
export type UseCases = Pick<
  HandlerDeps,
  | 'placing'
  | 'register'
  | 'steering'
  | 'numbers'
  | 'retryDeadJobs'
  | 'checks'
  | 'backfills'
  | 'polling'
  | 'explain'
  | 'checkCall'
> & {
  /** Something may have cost webhooks. */
  sweepSoon: (trigger: CheckTrigger) => void;
  queue: CallQueue;
  jobs: JobWorker;
};

export interface UseCaseDeps {
  store: Store;
  worker: WorkerClient;
  storage: LocalStorage;
  providers: readonly Provider[];
  fetch: GuardedFetch;
  settings: Settings;
  /** Where providers reach the webhook listener; null while they cannot. */
  publicUrl: () => string | null;
}

export type FollowUp = (events: readonly DomainEvent[]) => NewJob[];

const advanceEveryMs = 1_000;
const matchEveryMs = 30_000;
/** A call that is answered a moment before is recorded almost from its beginning. */
const lookLiveEveryMs = 10_000;

/** Which jobs events cause, by the rules of the providers that are set up. */
export function createFollowUp({ clock }: Pick<Common, 'clock'>, providers: readonly Provider[]): FollowUp {
  const byId = new Map(providers.map((provider) => [provider.providerId, provider]));
  const rules = (providerId: string): FollowingRules | null => {
    const provider = byId.get(providerId);
    return provider === undefined || provider.missing().length > 0 ? null : provider.following;
  };
  return (events) => followUps({ rules, recordingIdOf }, events, clock.now());
}

/** Makes the use cases and starts the job worker and the loops of queue and matching. */
export async function startUseCases(common: Common, deps: UseCaseDeps): Promise<UseCases> {
  const { clock, log, onStop } = common;
  const { store, providers, settings } = deps;
  const random = Math.random;
  const basics = { store, providers, clock, newId, log, random, publicUrl: deps.publicUrl };
  const followUp = createFollowUp(common, providers);
  const journalCommand = createJournalCommand(basics);
  const journalPulledFacts = createJournalPulledFacts({ ...basics, followUp });
  const queue = createCallQueue(basics);
  const asking = { ...basics, journalPulledFacts };
  const jobs = startJobs(common, {
    store,
    handlers: createJobHandlers({
      ...createMediaJobs(common, deps),
      dialCall: createDialCall({ ...basics, journalCommand, queue, followUp, crashPoint: common.crashPoint }),
      startRecording: createStartRecording({
        ...asking,
        recordsLine: (number) =>
          settings.current().lines.some((line) => line.record === true && line.number === number),
      }),
      followCall: createFollowCall(asking),
      findRecordings: createFindRecordings(asking),
    }),
  });
  const matchUnique = createMatchUnique({
    store,
    clock,
    log,
    isOn: () => settings.current().matching === 'auto_unique',
  });
  onStop(every(common, advanceEveryMs, 'queue could not go on', () => queue.advance()));
  onStop(every(common, matchEveryMs, 'matching failed', matchUnique));
  const stopping = new AbortController();
  const lookLive = createLookLive(asking);
  const isAnyLineRecorded = (): boolean => settings.current().lines.some(({ record }) => record === true);
  onStop(
    every(common, lookLiveEveryMs, 'live calls could not be looked at', async () => {
      if (isAnyLineRecorded()) await lookLive(stopping.signal);
    }),
  );
  onStop(() => stopping.abort());
  const checking = await startChecks(common, deps, { jobs, journalPulledFacts });
  return {
    ...checking,
    jobs,
    queue,
    placing: createPlaceCall({ ...basics, journalCommand, homeCountry: common.config.homeCountry }),
    register: createRegisterCall({ ...basics, journalCommand }),
    steering: createSteerRecording(asking),
    numbers: createConnectNumber(basics),
    retryDeadJobs: createRetryDeadJobs(basics),
    checkCall: createCheckCall(basics),
    explain: createExplainCall({
      ...basics,
      notYetMs,
      lineRecords(number) {
        const line = settings.current().lines.find((one) => one.number === number);
        return line === undefined ? null : line.record === true;
      },
    }),
  };
}

function createMediaJobs(
  { clock, log, bus, crashPoint }: Common,
  { store, worker, storage, providers, fetch }: UseCaseDeps,
) {
  return {
    fetchRecording: createFetchRecording({
      store,
      storage,
      fetch,
      providers,
      clock,
      log,
      random: Math.random,
      crashPoint,
      onProgress: (recordingId, callId, receivedBytes, totalBytes) =>
        bus.publish('recording.progress', { recordingId, callId, receivedBytes, totalBytes }),
    }),
    makePeaks: createMakePeaks({ store, storage, worker }),
  };
}

/** Checks, and the clock work that begins them. What a crash left is taken up first. */
async function startChecks(
  { config, clock, log, crashPoint, onStop }: Common,
  { store, providers, settings, publicUrl }: UseCaseDeps,
  { jobs, journalPulledFacts }: { jobs: JobWorker; journalPulledFacts: JournalPulledFacts },
) {
  const basics = { store, providers, clock, log, newId, crashPoint };
  const runCheck = createRunCheck({
    ...basics,
    journalPulledFacts,
    recordingIdOf,
    settleCalls: createSettleCalls({ store, providers, jobs, clock }),
    random: Math.random,
  });
  const checks = createChecks({ ...basics, runCheck, reopenDeadFetches: createReopenDeadFetches(basics) });
  const backfills = createBackfills({ ...basics, runCheck });
  const plan = () => planPolling(settings.current().checks, config.polling, publicUrl() !== null);
  const scheduler = createScheduler({ checks, clock, log, plan });
  const nightly = (await store.listCheckRuns({ kind: 'sweep' }, 200, null)).items.find(
    ({ trigger }) => trigger === 'nightly',
  );
  await checks.recover();
  await backfills.recover();
  onStop(() => Promise.all([checks.stop(), backfills.stop()]));
  onStop(() => scheduler.stop());
  scheduler.start(nightly?.startedAtMs ?? 0);
  return {
    checks,
    backfills,
    polling: { plan, nextPollAtMs: () => scheduler.nextPollAtMs() },
    sweepSoon: (trigger: CheckTrigger) => scheduler.trigger(trigger),
  };
}

function startJobs(
  { clock, log, onStop }: Common,
  { store, handlers }: { store: Store; handlers: ReturnType<typeof createJobHandlers> },
): JobWorker {
  const jobs = createJobWorker({ store, clock, log, random: Math.random, handlers });
  onStop(() => jobs.stop());
  onStop(
    store.onChange(({ jobIds }) => {
      if (jobIds.size > 0) jobs.wake();
    }),
  );
  jobs.start();
  return jobs;
}

/** Runs `run` again and again, never twice at once. @returns stops it and waits for the run that is under way */
function every(
  { clock, log }: Common,
  everyMs: number,
  trouble: string,
  run: () => Promise<void>,
): () => Promise<void> {
  let running: Promise<void> | null = null;
  const stop = clock.every(everyMs, () => {
    running ??= run()
      // The next round tries again; there is nobody to tell but the log.
      .catch((error: unknown) =>
        log.error(trouble, { stack: error instanceof Error ? error.stack : undefined }),
      )
      .finally(() => {
        running = null;
      });
  });
  return async () => {
    stop();
    await running;
  };
}
