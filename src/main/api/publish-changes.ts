// Commits -> pushed events. Works beside the commits, never in them: a commit only notes which rows it changed;
// rows are read and published a moment later, each once, however often they changed in between.
import type { Log } from '../log.ts';
import type { Changes, Store } from '../store/store.ts';
import type { EventBus } from './event-bus.ts';
import { checkRunView, deliveryView, jobView, recordingView, refusalView, type Views } from './views.ts';

export interface ChangePublisher {
  /** Publishes what is noted now (tests, shutting down). */
  flush(): Promise<void>;
  stop(): void;
}

export interface ChangePublisherDeps {
  store: Pick<
    Store,
    | 'onChange'
    | 'getCallRow'
    | 'getRecording'
    | 'listDeliveries'
    | 'getDelivery'
    | 'getRefusal'
    | 'getJob'
    | 'getCheckRun'
  >;
  bus: EventBus;
  views: Pick<Views, 'call'>;
  log: Log;
}

/** Wall time between two rounds: about three frames of a screen. */
const roundMs = 50;
/** After a round of n events the next one waits 2n ms, up to this: at most some 500 events a second reach a client. */
const maxRoundMs = 500;
/** More changes than this in one round (a rebuild, a flood) are told as one `reset`: asking anew is cheaper. */
const maxPerRound = 400;
const newestDeliveries = 200;

interface Noted {
  calls: Set<string>;
  merged: Map<string, string>;
  recordings: Set<string>;
  deliveries: Set<string>;
  refusals: Set<string>;
  jobs: Set<string>;
  runs: Set<string>;
  system: boolean;
}

const nothingNoted = (): Noted => ({
  calls: new Set(),
  merged: new Map(),
  recordings: new Set(),
  deliveries: new Set(),
  refusals: new Set(),
  jobs: new Set(),
  runs: new Set(),
  system: false,
});

const sizeOf = ({ calls, merged, recordings, deliveries, refusals, jobs, runs }: Noted): number =>
  calls.size + merged.size + recordings.size + deliveries.size + refusals.size + jobs.size + runs.size;

export function publishChanges(deps: ChangePublisherDeps): ChangePublisher {
  const { store, bus, log } = deps;
  let noted = nothingNoted();
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  const note = (changes: Changes): void => {
    for (const id of changes.callIds) noted.calls.add(id);
    for (const { callId, intoCallId } of changes.merged) noted.merged.set(callId, intoCallId);
    for (const id of changes.recordingIds) noted.recordings.add(id);
    for (const id of changes.deliveryIds) noted.deliveries.add(id);
    for (const id of changes.refusalIds) noted.refusals.add(id);
    for (const id of changes.jobIds) noted.jobs.add(id);
    for (const id of changes.runIds) noted.runs.add(id);
    noted.system ||= changes.system;
    schedule(roundMs);
  };
  const schedule = (delayMs: number): void => {
    if (stopped || timer !== null) return;
    timer = setTimeout(() => void round(), delayMs);
    timer.unref();
  };
  const round = async (): Promise<void> => {
    // The timer stays "set" while rows are read, so that rounds never overlap.
    const beforeSeq = bus.lastSeq();
    await flush();
    timer = null;
    if (sizeOf(noted) > 0 || noted.system) {
      schedule(Math.min(maxRoundMs, Math.max(roundMs, 2 * (bus.lastSeq() - beforeSeq))));
    }
  };
  const flush = (): Promise<void> => {
    running = running.then(async () => {
      const due = noted;
      noted = nothingNoted();
      try {
        await publish(deps, due);
      } catch (error) {
        // Whoever listens would otherwise go on showing old rows without knowing it.
        log.error('changes could not be published', {
          stack: error instanceof Error ? error.stack : undefined,
        });
        bus.publish('reset', {});
      }
    });
    return running;
  };

  const unsubscribe = store.onChange(note);
  return {
    flush,
    stop() {
      stopped = true;
      unsubscribe();
      if (timer !== null) clearTimeout(timer);
    },
  };
}

async function publish(deps: ChangePublisherDeps, due: Noted): Promise<void> {
  const { store, bus, views } = deps;
  if (sizeOf(due) === 0 && !due.system) return;
  // With nobody listening the rows are not even read; whoever comes back asks anew.
  if (bus.subscriberCount() === 0 || sizeOf(due) > maxPerRound) return bus.publish('reset', {});
  for (const [callId, intoCallId] of due.merged) bus.publish('call.merged', { callId, intoCallId });
  await eachFound(due.calls, store.getCallRow, (row) =>
    bus.publish('call.changed', { call: views.call(row) }),
  );
  await eachFound(due.recordings, store.getRecording, (row) =>
    bus.publish('recording.changed', { recording: recordingView(row) }),
  );
  await publishDeliveries(deps, due.deliveries);
  await eachFound(due.refusals, store.getRefusal, (row) =>
    bus.publish('delivery.refused', { refusal: refusalView(row) }),
  );
  await eachFound(due.jobs, store.getJob, (row) => bus.publish('job.changed', { job: jobView(row) }));
  await eachFound(due.runs, store.getCheckRun, (row) =>
    bus.publish('check.changed', { run: checkRunView(row) }),
  );
  if (due.system) bus.publish('system.changed', {});
}

async function eachFound<Row>(
  ids: ReadonlySet<string>,
  get: (id: string) => Promise<Row | null>,
  tell: (row: Row) => void,
): Promise<void> {
  for (const id of ids) {
    const row = await get(id);
    if (row !== null) tell(row);
  }
}

/** New ones are the newest and come in one page without their bodies; only a repeat of an old one is read alone. */
async function publishDeliveries(
  { store, bus }: ChangePublisherDeps,
  ids: ReadonlySet<string>,
): Promise<void> {
  if (ids.size === 0) return;
  const left = new Set(ids);
  const { items } = await store.listDeliveries({}, Math.min(newestDeliveries, ids.size + 20), null);
  for (const row of items.toReversed()) {
    if (left.delete(row.deliveryId)) bus.publish('delivery.added', { delivery: deliveryView(row) });
  }
  await eachFound(left, store.getDelivery, (row) =>
    bus.publish('delivery.added', { delivery: deliveryView(row) }),
  );
}
