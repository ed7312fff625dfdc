// Use case: one check, from its window to its end. A poll and a sweep are the same thing with another window: the
// providers' own lists go through the journal like a webhook, and then each call that was open gets its outcome.
import type { CheckProviderView, PollDetail } from '../../preload/contract/checks.ts';
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { Clock } from '../domain/clock.ts';
import { codeOf } from '../domain/errors.ts';
import { pollDetailOf, type Trouble } from '../domain/poll-outcome.ts';
import { finished } from '../domain/recording.ts';
import type { Log } from '../log.ts';
import type { Provider } from '../providers/provider.ts';
import type { CheckRun } from '../store/check-store.ts';
import type { Store } from '../store/store.ts';
import { pauseIfRefused } from './job-trouble.ts';
import { createListProvider, hasLists, type ListProgress, type ListProviderDeps } from './list-provider.ts';
import type { Settled, SettleCalls } from './settle-calls.ts';

export interface RunCheckDeps extends ListProviderDeps {
  store: Pick<
    Store,
    | 'getRecording'
    | 'putCheckRun'
    | 'addCheckOutcomes'
    | 'putCheckMark'
    | 'listOpenCalls'
    | 'listPauses'
    | 'pauseProvider'
    | 'resumeProvider'
  >;
  providers: readonly Provider[];
  settleCalls: SettleCalls;
  clock: Clock;
  /** In [0, 1); spreads requests. */
  random: () => number;
  log: Log;
  /** Tests only: told of `check:page` after each page and of `check:listed`. */
  crashPoint?: ((name: string) => void) | undefined;
}

export interface CheckOutcome {
  run: CheckRun;
  details: PollDetail[];
}

/**
 * Runs to its end or until `signal` aborts. Never rejects for what a provider does. Errors: the store's own.
 * @param put where the run is written as it goes on; by default its row
 */
export type RunCheck = (
  run: CheckRun,
  signal: AbortSignal,
  put?: (run: CheckRun) => Promise<void>,
) => Promise<CheckOutcome>;

/** More open calls than this are no clinic's; the rest is looked at by the next run. */
const maxOpenCalls = 2_000;
/** Between two pages of one provider: lists are in no hurry, and other programs use the account, too. */
const pageJitterMs = 250;

export function createRunCheck(deps: RunCheckDeps): RunCheck {
  const { store, clock, log, crashPoint = () => {} } = deps;
  const listProvider = createListProvider(deps);

  return async (begun, signal, put = store.putCheckRun) => {
    let run = begun;
    const troubles: Trouble[] = [];
    const open = await store.listOpenCalls(run.fromMs, run.toMs, maxOpenCalls);
    const callIds = new Set(open.map(({ callId }) => callId));
    const write = async (change: Partial<CheckRun>): Promise<void> => {
      run = { ...run, ...change };
      await put(run);
    };
    const paused = new Map((await store.listPauses()).map((pause) => [pause.providerId, pause.code]));
    await write({ providers: run.providers.map((one) => startOf(deps, one, paused)) });

    /** Providers side by side; each writes its own part of the run. */
    const listOne = async ({ providerId }: CheckProviderView): Promise<void> => {
      const update = async (change: Partial<CheckProviderView>, resume?: string | null): Promise<void> => {
        const providers = run.providers.map((one) =>
          one.providerId === providerId ? { ...one, ...change } : one,
        );
        await write({
          providers,
          ...(resume === undefined || run.resume === null
            ? {}
            : { resume: resumed(run.resume, providerId, resume) }),
        });
      };
      const trouble = await compare(run, providerId, signal, update, (found) => {
        for (const callId of found) callIds.add(callId);
      });
      if (trouble !== null) troubles.push(trouble);
    };
    const asked = run.providers.filter(({ state }) => state === 'waiting');
    await Promise.all(asked.map(listOne));
    crashPoint('check:listed');
    for (const [providerId, code] of paused) troubles.push({ providerId, code, providerCode: null });

    const details = run.kind === 'poll' ? await outcomes(callIds, troubles) : [];
    await write({ state: endOf(run, signal), finishedAtMs: clock.now(), ...counted(details) });
    log.info('check ended', { runId: run.runId, kind: run.kind, state: run.state, lookedAt: run.lookedAt });
    return { run, details: details.map(({ detail }) => detail) };

    async function outcomes(ids: ReadonlySet<string>, known: readonly Trouble[]) {
      const hastens = run.trigger === 'person' || run.trigger === 'program';
      const settled = await deps.settleCalls(ids, hastens, signal);
      const judged = settled.map((one) => judge(one, run.startedAtMs, known));
      await store.addCheckOutcomes(
        run.runId,
        judged.map(({ detail }) => detail),
      );
      return judged;
    }
  };

  /** @returns why the provider could not be asked to the end; null when it was */
  async function compare(
    { kind, fromMs, toMs, resume }: CheckRun,
    providerId: string,
    signal: AbortSignal,
    update: (change: Partial<CheckProviderView>, resume?: string | null) => Promise<void>,
    onCalls: (callIds: ReadonlySet<string>) => void,
  ): Promise<Trouble | null> {
    const provider = deps.providers.find((one) => one.providerId === providerId);
    if (provider === undefined) return null;
    const seen = new Set<string>();
    const sums = { requests: 0, calls: 0, recordings: 0, newCalls: 0, newRecordings: 0 };
    const onPage = async (page: ListProgress): Promise<void> => {
      for (const recordingId of page.recordingIds) seen.add(recordingId);
      sums.requests += page.requests;
      sums.calls += page.calls;
      sums.recordings = seen.size;
      sums.newCalls += page.newCalls;
      sums.newRecordings += page.newRecordings;
      if (page.newCalls + page.newRecordings > 0) onCalls(page.callIds);
      await update({ ...sums, state: 'running', doneToMs: toMs }, page.resume);
      crashPoint('check:page');
      if (page.resume !== null) await clock.delay(deps.random() * pageJitterMs, signal);
    };
    try {
      const source = kind === 'poll' ? 'poll' : 'sweep';
      const place = resume?.[providerId] ?? null;
      await listProvider({ provider, fromMs, toMs, source, resume: place, signal, onPage });
      await store.resumeProvider(providerId);
      await update({ state: 'done', code: null });
      if (kind === 'sweep') await mark(providerId, fromMs, toMs, [...seen]);
      return null;
    } catch (error) {
      if (signal.aborted) {
        await update({ state: 'canceled' });
        return null;
      }
      const code = codeOf(error);
      await pauseIfRefused(store, providerId, code);
      log.warn('a provider could not be compared', { providerId, code });
      await update({ state: 'failed', code });
      return { providerId, code, providerCode: null };
    }
  }

  async function mark(
    providerId: string,
    fromMs: number,
    toMs: number,
    recordingIds: readonly string[],
  ): Promise<void> {
    const rows = await Promise.all(recordingIds.map((recordingId) => store.getRecording(recordingId)));
    const lacking = rows.flatMap((row) =>
      row === null || finished.has(row.status) ? [] : [row.recordingId],
    );
    await store.putCheckMark({
      providerId,
      fromMs,
      upToMs: toMs,
      checkedAtMs: clock.now(),
      providerRecordings: recordingIds.length,
      lacking,
    });
  }
}

function startOf(
  { providers }: RunCheckDeps,
  one: CheckProviderView,
  paused: ReadonlyMap<string, ErrorCode>,
): CheckProviderView {
  const provider = providers.find(({ providerId }) => providerId === one.providerId);
  if (provider === undefined || !hasLists(provider)) return { ...one, state: 'unsupported' };
  const code = paused.get(one.providerId);
  if (code !== undefined) return { ...one, state: 'resting', code };
  // A backfill that goes on has done some of them already.
  return one.state === 'done' ? one : { ...one, state: 'waiting' };
}

function judge({ found, jobs }: Settled, runStartedAtMs: number, providerTroubles: readonly Trouble[]) {
  const { call, recordings, keys } = found;
  const fetch = jobs.find(
    ({ kind, recordingId }) => kind === 'fetch-recording' && recordingId === call.mainRecordingId,
  );
  return pollDetailOf({
    call,
    recordings,
    keys,
    runStartedAtMs,
    copies: () => 'none',
    fetchTrouble: fetch === undefined || fetch.state === 'done' ? null : fetch.lastErrorCode,
    providerTroubles,
  });
}

function counted(judged: readonly { detail: PollDetail; newlyStored: number }[]) {
  const has = (...statuses: string[]): number =>
    judged.filter(({ detail }) => statuses.includes(detail.status)).length;
  const problems = judged.filter(
    ({ detail: { status } }) =>
      status.endsWith('_error') || status === 'download_failed' || status === 'storage_failed',
  ).length;
  return {
    lookedAt: judged.length,
    processed: judged.reduce((sum, { newlyStored }) => sum + newlyStored, 0),
    waiting: has('no_recordings', 'call_in_progress', 'processing', 'storage_pending'),
    notRecorded: has('absent', 'external_storage'),
    problems,
  };
}

function endOf(run: CheckRun, signal: AbortSignal): CheckRun['state'] {
  if (signal.aborted) return 'canceled';
  const asked = run.providers.filter(({ state }) => state !== 'unsupported');
  return asked.length > 0 && asked.every(({ state }) => state === 'failed' || state === 'resting')
    ? 'failed'
    : 'done';
}

function resumed(
  resume: Record<string, string>,
  providerId: string,
  place: string | null,
): Record<string, string> {
  const { [providerId]: _done, ...others } = resume;
  return place === null ? others : { ...others, [providerId]: place };
}
