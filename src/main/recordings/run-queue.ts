// Use case: the queue of calls to place, one at a time, by priority, then age. Everything it knows is in the rows, the
// jobs and one setting, so a restart changes nothing; `advance` is asked often and does nothing most of the time.
import type { CallRow } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import { isHolding, longestCallMs } from '../domain/dialling.ts';
import type { Provider } from '../providers/provider.ts';
import type { Store } from '../store/store.ts';
import { findVia } from './find-provider.ts';

export interface QueueState {
  paused: boolean;
  /** The call that is being dialled or talked to, or whose dial nobody knows the outcome of: the next one waits for it. */
  current: CallRow | null;
  /** In the order in which they will be called. */
  waiting: CallRow[];
}

export interface CallQueue {
  view(): Promise<QueueState>;
  /** Pausing leaves the call alone that is dialled already. */
  pause(paused: boolean): Promise<void>;
  /** Gives the next call its turn when there is none under way. */
  advance(): Promise<void>;
  /**
   * Runs `claim` if it is this call's turn now; no two run at once.
   * @returns what `claim` returned; null when it is not its turn
   */
  takeTurn(callId: string, claim: () => Promise<boolean>): Promise<boolean | null>;
}

const settingName = 'callQueue';

export function createCallQueue(deps: {
  store: Pick<
    Store,
    'listQueue' | 'getCall' | 'getSetting' | 'putSetting' | 'listPauses' | 'findJob' | 'appendEvents'
  >;
  providers: readonly Provider[];
  clock: Clock;
  newId: (prefix: string, nowMs: number) => string;
}): CallQueue {
  const { store, providers, clock, newId } = deps;
  /** The turn that was given last. Lost with the process: then the same call is given another, which harms nothing. */
  let turn: { callId: string; dedupe: string } | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const oneAtATime = <T>(run: () => Promise<T>): Promise<T> => {
    const next = last.then(run, run);
    last = next.catch(() => undefined);
    return next;
  };

  const view = async (): Promise<QueueState> => {
    const rows = await store.listQueue();
    let current: CallRow | null = null;
    for (const row of rows) {
      if (current === null && isHolding(row) && !(await isForgotten(row))) current = row;
    }
    const setting = await store.getSetting(settingName);
    return {
      paused: isPaused(setting),
      current,
      waiting: rows.filter(({ dialState }) => dialState === 'waiting'),
    };
  };

  /** A call that its provider stopped telling of; a person may still find it in the log. */
  const isForgotten = async ({ callId, dialState }: CallRow): Promise<boolean> => {
    if (dialState !== 'dialed') return false;
    const told = (await store.getCall(callId))?.events.map(({ recordedAtMs }) => recordedAtMs) ?? [];
    return clock.now() - Math.max(...told) > longestCallMs;
  };

  const findNext = async (): Promise<CallRow | null> => {
    const { paused, current, waiting } = await view();
    if (paused || current !== null || waiting.length === 0) return null;
    const resting = new Set((await store.listPauses()).map(({ providerId }) => providerId));
    // One that cannot be dialled now must not keep the others waiting, and is not refused for it either.
    return waiting.find(({ via }) => isUsable(via ?? '', resting)) ?? null;
  };

  const isUsable = (name: string, resting: ReadonlySet<string>): boolean => {
    const way = findVia(providers, name);
    return way !== null && way.missing.length === 0 && !resting.has(way.provider.providerId);
  };

  return {
    view,
    async pause(paused) {
      await store.putSetting(settingName, { paused });
    },
    advance: () =>
      oneAtATime(async () => {
        const next = await findNext();
        if (next === null) return;
        const { callId, via } = next;
        if (turn?.callId === callId) {
          // A dead one was told to people; they run it again, and not the clock.
          const job = await store.findJob('place-call', turn.dedupe);
          if (job !== null && job.state !== 'done') return;
        }
        const nowMs = clock.now();
        turn = { callId, dedupe: newId('turn', nowMs) };
        const providerId = findVia(providers, via ?? '')?.provider.providerId ?? null;
        const { dedupe } = turn;
        await store.appendEvents([], 'job', [
          { kind: 'place-call', dedupe, payload: { callId }, providerId, runAtMs: nowMs },
        ]);
      }),
    takeTurn: (callId, claim) =>
      oneAtATime(async () => ((await findNext())?.callId === callId ? claim() : null)),
  };
}

function isPaused(setting: unknown): boolean {
  return typeof setting === 'object' && setting !== null && 'paused' in setting && setting.paused === true;
}
