// Use case: looking through a past range that a person chose, a few days at a time, so that it can be paused, survives
// a restart, and shows how far it has come.
import type { CheckProviderView } from '../../preload/contract/checks.ts';
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { Clock } from '../domain/clock.ts';
import { AppError, codeOf } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import type { Provider } from '../providers/provider.ts';
import type { CheckRun } from '../store/check-store.ts';
import type { Store } from '../store/store.ts';
import { freshPart } from './checks.ts';
import { hasLists } from './list-provider.ts';
import type { RunCheck } from './run-check.ts';

export interface BackfillRange {
  fromMs: number;
  toMs: number;
  providerIds?: readonly string[] | undefined;
}

export interface BackfillEstimate {
  fromMs: number;
  toMs: number;
  providers: {
    providerId: string;
    requests: number | null;
    recordings: number | null;
    code: ErrorCode | null;
  }[];
}

export interface Backfills {
  /** What it would cost: the first page of each list tells how full they are. */
  estimate(range: BackfillRange, signal: AbortSignal): Promise<BackfillEstimate>;
  /** Errors: bad_input (range), conflict (one is under way), not_set_up (nobody to ask). */
  start(range: BackfillRange): Promise<CheckRun>;
  /** Errors of these: not_found, conflict. */
  pause(runId: string): Promise<CheckRun>;
  resume(runId: string): Promise<CheckRun>;
  cancel(runId: string): Promise<CheckRun>;
  /** At start: goes on with what was running. */
  recover(): Promise<void>;
  /** Stops without a word: the next start goes on. */
  stop(): Promise<void>;
}

export interface BackfillDeps {
  store: Pick<Store, 'putCheckRun' | 'getCheckRun' | 'listOpenCheckRuns'>;
  providers: readonly Provider[];
  runCheck: RunCheck;
  newId: (prefix: string, nowMs: number) => string;
  clock: Clock;
  log: Log;
  /** Tests only: told of `backfill:stretch`, before it is written that a stretch was done. */
  crashPoint?: ((name: string) => void) | undefined;
}

const dayMs = 86_400_000;
/** A stretch that is done is never done again after a restart; a stretch is a page or two for a clinic. */
const stretchMs = 7 * dayMs;
const longestMs = 3 * 366 * dayMs;

export function createBackfills(deps: BackfillDeps): Backfills {
  const { store, clock, log, crashPoint = () => {} } = deps;
  const under = new Map<string, { controller: AbortController; ended: Promise<void> }>();

  const askable = (providerIds?: readonly string[]): Provider[] =>
    deps.providers.filter(
      (provider) =>
        provider.missing().length === 0 &&
        hasLists(provider) &&
        (providerIds === undefined || providerIds.includes(provider.providerId)),
    );

  /** Every provider at its own pace; the row says how far each has come. */
  const goOn = async (first: CheckRun, signal: AbortSignal): Promise<void> => {
    let run = first;
    const update = async (
      providerId: string,
      change: (part: CheckProviderView) => CheckProviderView,
    ): Promise<void> => {
      const providers = run.providers.map((one) => (one.providerId === providerId ? change(one) : one));
      run = { ...run, providers };
      if (!signal.aborted) await store.putCheckRun(run);
    };
    await Promise.all(run.providers.map(({ providerId }) => goThrough(run, providerId, signal, update)));
    if (signal.aborted) return;
    const isDone = run.providers.every(({ state }) => state === 'done');
    // What a provider refused is not skipped: a person says when to go on.
    await store.putCheckRun({
      ...run,
      state: isDone ? 'done' : 'paused',
      finishedAtMs: isDone ? clock.now() : null,
    });
  };

  /** One provider, oldest first, one stretch after the other. */
  const goThrough = async (
    run: CheckRun,
    providerId: string,
    signal: AbortSignal,
    update: (providerId: string, change: (part: CheckProviderView) => CheckProviderView) => Promise<void>,
  ): Promise<void> => {
    let fromMs = run.providers.find((one) => one.providerId === providerId)?.doneToMs ?? run.fromMs;
    await update(providerId, (one) => ({ ...one, state: 'running', code: null }));
    while (fromMs < run.toMs) {
      const toMs = Math.min(run.toMs, fromMs + stretchMs);
      const stretch = { ...run, fromMs, toMs, providers: [freshPart(providerId)] };
      // The row is the whole range's: a stretch writes nothing of its own.
      const { run: compared } = await deps.runCheck(stretch, signal, async () => undefined);
      if (signal.aborted) return;
      const part = compared.providers[0] ?? freshPart(providerId);
      crashPoint('backfill:stretch');
      await update(providerId, (one) => addUp(one, part, toMs));
      if (part.state !== 'done') return;
      fromMs = toMs;
    }
    await update(providerId, (one) => ({ ...one, state: 'done' }));
  };

  const begin = (run: CheckRun): void => {
    const controller = new AbortController();
    const ended = goOn(run, controller.signal)
      .catch((error: unknown) => {
        // The row still says that it runs: the next start goes on.
        log.error('a backfill failed', {
          runId: run.runId,
          stack: error instanceof Error ? error.stack : undefined,
        });
      })
      .finally(() => under.delete(run.runId));
    under.set(run.runId, { controller, ended });
  };
  const halt = async (runId: string): Promise<void> => {
    const running = under.get(runId);
    running?.controller.abort();
    await running?.ended;
  };

  const find = async (runId: string, states: readonly CheckRun['state'][]): Promise<CheckRun> => {
    const run = await store.getCheckRun(runId);
    if (run === null || run.kind !== 'backfill') {
      throw new AppError('not_found', 'There is no such look through older calls.');
    }
    if (!states.includes(run.state)) throw new AppError('conflict', 'It is not in that state any more.');
    return run;
  };

  /** What a stretch under way has done is done again later, and known facts write nothing. */
  const stopAs = async (
    runId: string,
    states: readonly CheckRun['state'][],
    state: 'paused' | 'canceled',
  ) => {
    await find(runId, states);
    await halt(runId);
    // It may have come to its end in this moment.
    const run = await find(runId, states);
    const stopped: CheckRun = { ...run, state, finishedAtMs: state === 'canceled' ? clock.now() : null };
    await store.putCheckRun(stopped);
    return stopped;
  };

  return {
    async estimate({ fromMs, toMs, providerIds }, signal) {
      checkRange(fromMs, toMs);
      const providers = await Promise.all(
        askable(providerIds).map((provider) => estimateOne(provider, fromMs, toMs, signal)),
      );
      return { fromMs, toMs, providers };
    },
    async start({ fromMs, toMs, providerIds }) {
      checkRange(fromMs, toMs);
      const open = await store.listOpenCheckRuns();
      if (open.some(({ kind }) => kind === 'backfill')) {
        throw new AppError('conflict', 'Older calls are being looked through already.');
      }
      const providers = askable(providerIds);
      if (providers.length === 0)
        throw new AppError('not_set_up', 'No phone service can be asked for its past.');
      const nowMs = clock.now();
      const run: CheckRun = {
        runId: deps.newId('run', nowMs),
        kind: 'backfill',
        trigger: 'person',
        state: 'running',
        fromMs,
        toMs: Math.min(toMs, nowMs),
        startedAtMs: nowMs,
        finishedAtMs: null,
        providers: providers.map(({ providerId }) => ({ ...freshPart(providerId), state: 'running' })),
        lookedAt: 0,
        processed: 0,
        waiting: 0,
        notRecorded: 0,
        problems: 0,
        resume: null,
      };
      await store.putCheckRun(run);
      begin(run);
      return run;
    },
    pause: (runId) => stopAs(runId, ['running'], 'paused'),
    cancel: (runId) => stopAs(runId, ['running', 'paused'], 'canceled'),
    async resume(runId) {
      const run: CheckRun = { ...(await find(runId, ['paused'])), state: 'running' };
      await store.putCheckRun(run);
      begin(run);
      return run;
    },
    async recover() {
      for (const run of await store.listOpenCheckRuns()) {
        if (run.kind === 'backfill' && run.state === 'running') begin(run);
      }
    },
    async stop() {
      await Promise.all([...under.keys()].map(halt));
    },
  };

  async function estimateOne(provider: Provider, fromMs: number, toMs: number, signal: AbortSignal) {
    const { providerId, api } = provider;
    try {
      let requests = 0;
      let recordings = 0;
      for (const name of ['listCalls', 'listRecordings'] as const) {
        const first = await api[name]?.({ fromMs, toMs, page: null }, signal);
        if (first === undefined) continue;
        // A full first page tells that there are more, not how many: then at least two requests.
        requests += first.nextPage === null ? 1 : 2;
        if (name === 'listRecordings' || api.listRecordings === undefined) recordings += first.facts.length;
      }
      return { providerId, requests, recordings, code: null };
    } catch (error) {
      signal.throwIfAborted();
      return { providerId, requests: null, recordings: null, code: codeOf(error) };
    }
  }

  function checkRange(fromMs: number, toMs: number): void {
    if (!(fromMs < toMs)) throw new AppError('bad_input', 'The range has to begin before it ends.');
    if (toMs - fromMs > longestMs) throw new AppError('bad_input', 'Choose a range of at most three years.');
    if (fromMs > clock.now()) throw new AppError('bad_input', 'The range lies in the future.');
  }
}

/** @param doneToMs end of the stretch that the part is of */
function addUp(one: CheckProviderView, part: CheckProviderView, doneToMs: number): CheckProviderView {
  const failed = part.state === 'failed' || part.state === 'resting';
  return {
    ...one,
    state: failed ? part.state : one.state,
    code: part.code,
    requests: one.requests + part.requests,
    calls: one.calls + part.calls,
    recordings: one.recordings + part.recordings,
    newCalls: one.newCalls + part.newCalls,
    newRecordings: one.newRecordings + part.newRecordings,
    doneToMs: failed ? one.doneToMs : doneToMs,
  };
}
