// What a check finds is fetched by the same jobs as always. This makes them due at once and waits for their attempt, so
// that "saved" is true when it is said.
import type { Clock } from '../domain/clock.ts';
import type { Provider } from '../providers/provider.ts';
import type { CallWithEvents, JobRow, Store } from '../store/store.ts';
import type { JobName } from '../store/check-store.ts';

export interface SettleCalls {
  /**
   * @param hastens whether jobs that wait for a later moment are run now: only for somebody who asked, for every run
   *   uses an attempt up
   * @returns the calls as they are then, by their ids of then
   */
  (callIds: ReadonlySet<string>, hastens: boolean, signal: AbortSignal): Promise<Settled[]>;
}

export interface Settled {
  found: CallWithEvents;
  jobs: JobRow[];
}

/** A check does not wait for ever for one large file. */
const longestMs = 5 * 60_000;
const lookEveryMs = 400;

export function createSettleCalls(deps: {
  store: Pick<Store, 'getCall' | 'hastenJobs' | 'listJobsNamed'>;
  providers: readonly Provider[];
  jobs: { wake(): void };
  clock: Clock;
}): SettleCalls {
  const { store, jobs, clock } = deps;

  return async (callIds, hastens, signal) => {
    const beganMs = clock.now();
    const hastened = new Set<string>();
    for (;;) {
      const calls = await read(callIds);
      const fresh = hastens
        ? calls.flatMap(({ names }) => names).filter((name) => !hastened.has(textOf(name)) && !isListed(name))
        : [];
      for (const name of fresh) hastened.add(textOf(name));
      if (fresh.length > 0 && (await store.hastenJobs(fresh)) > 0) jobs.wake();
      const settled = await Promise.all(
        calls.map(async ({ found, names }) => ({ found, jobs: await store.listJobsNamed(names) })),
      );
      const open = settled.some((one) => one.jobs.some((job) => isUnderWay(job, clock.now())));
      if (!open || signal.aborted || clock.now() - beganMs > longestMs) return settled;
      await clock.delay(lookEveryMs, signal);
    }
  };

  /** The check has just read the list that tells the same of all calls at once. */
  function isListed({ kind, dedupe }: JobName): boolean {
    const api = deps.providers.find(({ providerId }) => dedupe.startsWith(`${providerId} `))?.api;
    if (kind === 'find-recordings') return api?.listRecordings !== undefined;
    return kind === 'follow-call' && api?.listCalls !== undefined;
  }

  async function read(callIds: ReadonlySet<string>): Promise<{ found: CallWithEvents; names: JobName[] }[]> {
    const calls = new Map<string, CallWithEvents>();
    // Two ids may have become one call meanwhile.
    for (const found of await Promise.all([...callIds].map((callId) => store.getCall(callId)))) {
      if (found !== null) calls.set(found.call.callId, found);
    }
    return [...calls.values()].map((found) => ({ found, names: namesOf(found) }));
  }
}

/** The jobs by which something may still come of a call (domain/follow-up gives them these names). */
export function namesOf({ call, keys, recordings }: CallWithEvents): JobName[] {
  const asking = (['follow-call', 'find-recordings'] as const).flatMap((kind) => [
    ...keys.map(({ providerId, kind: keyKind, value }) => ({
      kind,
      dedupe: `${providerId} ${keyKind} ${value}`,
    })),
    ...[...new Set(keys.map(({ providerId }) => providerId))].map((providerId) => ({
      kind,
      dedupe: `${providerId} ${call.callId}`,
    })),
  ]);
  return [
    ...recordings.map(({ recordingId }) => ({ kind: 'fetch-recording' as const, dedupe: recordingId })),
    ...asking,
  ];
}

/** Running, or about to; a call that goes on is asked after again and again, and nobody waits for its end. */
function isUnderWay({ state, runAtMs, kind, attempt }: JobRow, nowMs: number): boolean {
  if (kind === 'follow-call' && attempt > 0) return state === 'running';
  return state === 'running' || (state === 'ready' && runAtMs <= nowMs);
}

function textOf({ kind, dedupe }: JobName): string {
  return `${kind} ${dedupe}`;
}
