// Use case: why is there no recording of this call? Gathers what the store knows and lets domain/verdict judge. No
// provider is asked, so that every opening of a call can afford it.
import type { Verdict } from '../../preload/contract/verdicts.ts';
import type { CallRow } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import { judgeVerdict } from '../domain/verdict.ts';
import type { CheckFact, NoticeFact, ProviderFact, VerdictFacts } from '../domain/verdict-facts.ts';
import type { Provider } from '../providers/provider.ts';
import type { CallWithEvents, Store } from '../store/store.ts';

/** @returns null when a recording can be played and nothing needs explaining */
export type ExplainCall = (found: CallWithEvents) => Promise<Verdict | null>;

export interface ExplainCallDeps {
  store: Pick<
    Store,
    | 'listJobsOfCall'
    | 'listRefusalsAround'
    | 'listOutcomesOfCall'
    | 'getCheckRun'
    | 'listOutages'
    | 'listPauses'
    | 'listCandidates'
    | 'getSetting'
  >;
  providers: readonly Provider[];
  /** Whether calls of a number of the clinic are recorded by Tapedeck; null for a number without a line. */
  lineRecords: (number: string) => boolean | null;
  clock: Clock;
  /** For so long after its end a call without a recording means "not yet". */
  notYetMs: number;
}

/** A callback may come an hour after the end (ElevenLabs), and clocks differ. */
const aroundMs = 60 * 60_000;
const outcomesLooked = 5;
const refusalsLooked = 20;

export function createExplainCall(deps: ExplainCallDeps): ExplainCall {
  const { store, clock } = deps;

  const checksOf = async (callIds: readonly string[]): Promise<CheckFact[]> => {
    const lists = await Promise.all(
      callIds.map((callId) => store.listOutcomesOfCall(callId, outcomesLooked)),
    );
    const outcomes = lists.flat();
    const runIds = [...new Set(outcomes.map(({ runId }) => runId))];
    const runs = await Promise.all(runIds.map((runId) => store.getCheckRun(runId)));
    const startedAt = new Map(runs.flatMap((run) => (run === null ? [] : [[run.runId, run.startedAtMs]])));
    return outcomes.map(({ runId, providerId, status, code, providerCode }) => ({
      runId,
      atMs: startedAt.get(runId) ?? 0,
      providerId,
      status,
      code,
      providerCode,
    }));
  };

  const noticesOf = async (providerIds: readonly string[]): Promise<NoticeFact[]> => {
    const settings = await Promise.all(providerIds.map((id) => store.getSetting(noticeSetting(id))));
    return settings.flatMap((setting, i) => {
      const sinceMs = sinceOf(setting);
      const providerId = providerIds[i];
      return sinceMs === null || providerId === undefined
        ? []
        : [{ providerId, code: 'webhook_disabled', sinceMs }];
    });
  };

  const providerFacts = (providerIds: readonly string[]): ProviderFact[] =>
    deps.providers
      .filter(({ providerId }) => providerIds.includes(providerId))
      .map(({ providerId, missing, api }) => ({
        providerId,
        isSetUp: missing().length === 0,
        canFind: api.findRecordings !== undefined,
      }));

  const lineRecordsOf = ({ from, to }: CallRow): boolean | null => {
    const known = [from, to].flatMap((number) => (number === null ? [] : [deps.lineRecords(number)]));
    return known.includes(true) ? true : known.includes(false) ? false : null;
  };

  const gather = async (found: CallWithEvents): Promise<VerdictFacts> => {
    const { call, recordings, events, keys } = found;
    const minted = events.flatMap(({ event }) => (event.kind === 'call.minted' ? [event.data.callId] : []));
    const callIds = [...new Set([call.callId, ...minted])];
    const providerIds = [...new Set([call.providerId, ...keys.map((key) => key.providerId)])];
    const fromMs = call.startedAtMs - aroundMs;
    const toMs =
      Math.max(call.endedAtMs ?? 0, ...recordings.map(({ storedAtMs }) => storedAtMs ?? 0)) + aroundMs;
    const [jobs, checks, outages, refusals, pauses, notices, candidates] = await Promise.all([
      store.listJobsOfCall({
        callIds,
        recordingIds: recordings.map(({ recordingId }) => recordingId),
        keys,
        dialGeneration: call.dialGeneration,
      }),
      checksOf(callIds),
      store.listOutages(fromMs, Math.max(toMs, fromMs + 2 * aroundMs)),
      store.listRefusalsAround(providerIds, fromMs, Math.max(toMs, fromMs + 2 * aroundMs), refusalsLooked),
      store.listPauses(),
      noticesOf(providerIds),
      call.unmatched ? store.listCandidates(call.callId, 2) : [],
    ]);
    return {
      nowMs: clock.now(),
      notYetMs: deps.notYetMs,
      call,
      recordings,
      events,
      jobs,
      checks,
      outages,
      refusals,
      pauses,
      notices,
      providers: providerFacts(providerIds),
      lineRecords: lineRecordsOf(call),
      candidates: candidates.length,
    };
  };

  return async (found) => judgeVerdict(await gather(found));
}

/** Where it is kept that a provider has switched off its callbacks to us, and since when that is known. */
export function noticeSetting(providerId: string): string {
  return `webhookDisabled:${providerId}`;
}

function sinceOf(setting: unknown): number | null {
  if (typeof setting !== 'object' || setting === null || !('sinceMs' in setting)) return null;
  return typeof setting.sinceMs === 'number' ? setting.sinceMs : null;
}
