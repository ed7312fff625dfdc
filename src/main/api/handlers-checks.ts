// Handlers of checks: polls with their debug results, sweeps, looks through older calls.
import type { Handlers, ProcedureName } from '../../preload/contract/api.ts';
import type { CheckMarkView, ChecksView } from '../../preload/contract/checks.ts';
import { AppError } from '../domain/errors.ts';
import type { PollingPlan } from '../domain/polling-plan.ts';
import type { Backfills } from '../recordings/backfill.ts';
import type { Checks } from '../recordings/checks.ts';
import { finished } from '../domain/recording.ts';
import type { CheckMark } from '../store/check-store.ts';
import type { Store } from '../store/store.ts';
import { checkRunView } from './views.ts';

export interface CheckHandlerDeps {
  store: Store;
  checks: Checks;
  backfills: Backfills;
  polling: { plan: () => PollingPlan; nextPollAtMs: () => number | null };
}

type CheckProcedure = Extract<ProcedureName, `${'polls' | 'checks' | 'sweeps' | 'backfills'}.${string}`>;

/** An estimate asks several services; a person does not wait longer for one. */
const estimateTimeoutMs = 30_000;

/** Errors: not_found, conflict, bad_input, not_set_up. */
export function createCheckHandlers(deps: CheckHandlerDeps): Pick<Handlers, CheckProcedure> {
  const { store, checks, backfills } = deps;
  return {
    async 'polls.run'({ wait }) {
      const poll = checks.poll('person');
      const run = wait ? (await poll.ended).run : await poll.begun;
      return { run: checkRunView(run) };
    },
    async 'polls.list'({ limit, cursor, kind }) {
      const { items, nextCursor } = await store.listCheckRuns({ kind }, limit, cursor ?? null);
      return { items: items.map(checkRunView), nextCursor };
    },
    async 'polls.get'({ runId, offset, limit }) {
      const run = await store.getCheckRun(runId);
      if (run === null) throw new AppError('not_found', 'There is no check with this id.');
      const details = await store.listCheckOutcomes(runId, offset, limit);
      const json = JSON.stringify({ processed: run.processed, details }, null, 2);
      return { run: checkRunView(run), details, json };
    },
    'checks.status': () => viewChecks(deps),
    'checks.cancel': async ({ runId }) => ({ run: checkRunView(await checks.cancel(runId)) }),
    async 'sweeps.run'({ fromMs, toMs, providerIds }) {
      if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
        throw new AppError('bad_input', 'The range has to begin before it ends.');
      }
      return { run: checkRunView(await checks.sweep({ trigger: 'person', fromMs, toMs, providerIds })) };
    },
    'backfills.estimate': (range) => backfills.estimate(range, AbortSignal.timeout(estimateTimeoutMs)),
    'backfills.start': async (range) => ({ run: checkRunView(await backfills.start(range)) }),
    'backfills.pause': async ({ runId }) => ({ run: checkRunView(await backfills.pause(runId)) }),
    'backfills.resume': async ({ runId }) => ({ run: checkRunView(await backfills.resume(runId)) }),
    'backfills.cancel': async ({ runId }) => ({ run: checkRunView(await backfills.cancel(runId)) }),
  };
}

async function viewChecks({ store, polling }: CheckHandlerDeps): Promise<ChecksView> {
  const [polls, open, marks] = await Promise.all([
    store.listCheckRuns({ kind: 'poll' }, 2, null),
    store.listOpenCheckRuns(),
    store.listCheckMarks(),
  ]);
  const { isPolling, intervalMinutes, decidedBy } = polling.plan();
  const last = polls.items.find(({ state }) => state !== 'running');
  const running = open.find(({ state }) => state === 'running');
  return {
    isPolling,
    intervalMinutes,
    decidedBy,
    nextPollAtMs: polling.nextPollAtMs(),
    lastPoll: last === undefined ? null : checkRunView(last),
    running: running === undefined ? null : checkRunView(running),
    marks: await Promise.all(marks.map((mark) => viewMark(store, mark))),
  };
}

/** What was lacking when it was compared may have arrived since. */
async function viewMark(store: Store, { lacking, ...mark }: CheckMark): Promise<CheckMarkView> {
  const rows = await Promise.all(lacking.map((recordingId) => store.getRecording(recordingId)));
  const stillLacking = rows.filter((row) => row === null || !finished.has(row.status)).length;
  return { ...mark, ourRecordings: mark.providerRecordings - stillLacking };
}
