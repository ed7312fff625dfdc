// The main loop's end of the store's thread: the store port, every method a message. Listeners stay here.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../domain/errors.ts';
import type { Changes, Store } from '../store.ts';
import { type DeliveryCall, packDeliveries } from './pack-deliveries.ts';
import {
  receiveError,
  type StoreAnswer,
  type StoreCall,
  type StoreMethod,
  type StoreReply,
  type StoreRequest,
  type StoreThreadSettings,
} from './protocol.ts';

export interface ThreadedStoreDeps {
  /** The thread's entry: `store/thread/index.ts` from source, `store.js` once built. */
  threadUrl: URL;
  settings: StoreThreadSettings;
  /** Told what a change listener threw; other listeners and the commit are not disturbed. */
  onListenerError?: ((error: unknown) => void) | undefined;
  /** Told once when the thread ended by itself. Every call is refused from then on. */
  onDied?: ((cause: unknown) => void) | undefined;
}

type WaitingCall = StoreCall | DeliveryCall;

interface Open {
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

/**
 * Starts the thread and opens the store of a data folder in it. The process lives until it is closed.
 * Errors: database_newer, database_damaged, disk_full, disk_failed, unavailable. Of every call, beside its own:
 * unavailable, when the thread ended; what it was working on may be stored or not, as after a crash.
 */
export async function createThreadedStore(deps: ThreadedStoreDeps): Promise<Store> {
  const thread = new Worker(deps.threadUrl, { workerData: deps.settings });
  const open = new Map<number, Open>();
  const listeners = new Set<(changes: Changes) => void>();
  let nextId = 1;
  let calls: WaitingCall[] = [];
  let refused: AppError | null = null;

  /** Messages whose answers are not all here yet. */
  let underWay = 0;

  const send = (together: readonly WaitingCall[]): void => {
    const bodies: ArrayBuffer[] = [];
    const request: StoreRequest = runsOf(together).map((run) => {
      if (!Array.isArray(run)) return run;
      const packed = packDeliveries(run);
      bodies.push(packed.bodies.buffer);
      return packed;
    });
    thread.postMessage(request, bodies);
  };
  const flush = (): void => {
    const together = calls;
    calls = [];
    underWay += 1;
    try {
      send(together);
    } catch {
      // Something in it is no plain data. Its neighbours are no part of that.
      for (const call of together) sendAlone(call);
    }
  };
  const sendAlone = (call: WaitingCall): void => {
    try {
      send([call]);
    } catch (error) {
      open.get(call.id)?.reject(error);
      open.delete(call.id);
    }
  };
  const post = <Value>(callOf: (id: number) => WaitingCall): Promise<Value> =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      open.set(id, { resolve, reject });
      // A message costs as much as the work on ten calls, so a turn of the loop sends one; but a thread that has
      // nothing to do begins at once, while this loop still reads the requests that came with this one.
      if (calls.length === 0) {
        if (underWay === 0) process.nextTick(flush);
        else setImmediate(flush);
      }
      calls.push(callOf(id));
    });

  const tell = (changes: Changes): void => {
    for (const listener of listeners) {
      try {
        listener(changes);
      } catch (error) {
        deps.onListenerError?.(error);
      }
    }
  };
  const settle = (answer: StoreAnswer): void => {
    const waiting = open.get(answer.id);
    open.delete(answer.id);
    // The id ties the value to the call that `forward` typed.
    if (answer.ok) waiting?.resolve(answer.value as never);
    else waiting?.reject(receiveError(answer.error));
  };
  const take = (reply: StoreReply): void => {
    if (reply.kind !== 'done') return;
    underWay = Math.max(0, underWay - 1);
    for (const changes of reply.changes) tell(changes);
    for (const answer of reply.answers) settle(answer);
  };
  await opened(thread);
  thread.on('message', take);

  const ended = (cause: unknown): void => {
    if (closing === null && refused === null) deps.onDied?.(cause);
    // Not started again: nobody knows what the thread left behind. The next start looks.
    refused ??= new AppError('unavailable', 'The database stopped. Start Tapedeck again.', { cause });
    const failed = [...open.values()];
    open.clear();
    calls = [];
    for (const { reject } of failed) reject(refused);
  };
  const gone = new Promise<void>((resolve) => {
    thread.on('error', ended);
    thread.on('exit', (code) => {
      ended(code);
      resolve();
    });
  });

  const forward =
    <Name extends StoreMethod>(method: Name) =>
    (...args: Parameters<Store[Name]>): Promise<Awaited<ReturnType<Store[Name]>>> =>
      refused === null ? post((id) => ({ id, method, args })) : Promise.reject(refused);
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    if (refused !== null) return gone;
    refused = new AppError('unavailable', 'Tapedeck is closing.');
    await post((id) => ({ id, method: 'close', args: [] }));
    await gone;
  };
  const recordRefusal = forward('recordRefusal');

  return {
    recordDelivery: (delivery) =>
      refused === null ? post((id) => ({ id, delivery })) : Promise.reject(refused),
    appendEvents: forward('appendEvents'),
    claimJobs: forward('claimJobs'),
    renewLease: forward('renewLease'),
    settleJob: forward('settleJob'),
    retryJob: forward('retryJob'),
    retryJobs: forward('retryJobs'),
    reopenDeadFetches: forward('reopenDeadFetches'),
    recoverJobs: forward('recoverJobs'),
    listCalls: forward('listCalls'),
    countCalls: forward('countCalls'),
    getCall: forward('getCall'),
    getCallRow: forward('getCallRow'),
    getRecording: forward('getRecording'),
    findCallId: forward('findCallId'),
    listQueue: forward('listQueue'),
    listCandidates: forward('listCandidates'),
    matchCalls: forward('matchCalls'),
    unmatchCalls: forward('unmatchCalls'),
    listDeliveries: forward('listDeliveries'),
    getDelivery: forward('getDelivery'),
    listJobs: forward('listJobs'),
    countMatchingJobs: forward('countMatchingJobs'),
    getJob: forward('getJob'),
    findJob: forward('findJob'),
    hastenJob: forward('hastenJob'),
    listJobsOfCall: forward('listJobsOfCall'),
    countJobs: forward('countJobs'),
    recordRefusal: (refusal) =>
      recordRefusal({ ...refusal, body: refusal.body === null ? null : ownBytes(refusal.body) }),
    listRefusals: forward('listRefusals'),
    listRefusalsAround: forward('listRefusalsAround'),
    getRefusal: forward('getRefusal'),
    dropRefusedBodies: forward('dropRefusedBodies'),
    listOpenCalls: forward('listOpenCalls'),
    hastenJobs: forward('hastenJobs'),
    listJobsNamed: forward('listJobsNamed'),
    putCheckRun: forward('putCheckRun'),
    addCheckOutcomes: forward('addCheckOutcomes'),
    getCheckRun: forward('getCheckRun'),
    listCheckRuns: forward('listCheckRuns'),
    listOpenCheckRuns: forward('listOpenCheckRuns'),
    listCheckOutcomes: forward('listCheckOutcomes'),
    listOutcomesOfCall: forward('listOutcomesOfCall'),
    putCheckMark: forward('putCheckMark'),
    listCheckMarks: forward('listCheckMarks'),
    putOutage: forward('putOutage'),
    listOutages: forward('listOutages'),
    getSetting: forward('getSetting'),
    putSetting: forward('putSetting'),
    pauseProvider: forward('pauseProvider'),
    resumeProvider: forward('resumeProvider'),
    listPauses: forward('listPauses'),
    lastDeliveryAtMs: forward('lastDeliveryAtMs'),
    storedTotals: forward('storedTotals'),
    rebuild: forward('rebuild'),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Deliveries that follow each other go as one; all else stays as it is, and so does the order. */
function runsOf(calls: readonly WaitingCall[]): (StoreCall | DeliveryCall[])[] {
  const runs: (StoreCall | DeliveryCall[])[] = [];
  let deliveries: DeliveryCall[] | null = null;
  for (const call of calls) {
    if (!('delivery' in call)) {
      runs.push(call);
      deliveries = null;
    } else if (deliveries === null) runs.push((deliveries = [call]));
    else deliveries.push(call);
  }
  return runs;
}

/** A view takes the whole of the memory that it is a view of along, and Node's own are 64 KB. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

/** Resolves when the thread has opened the database. */
async function opened(thread: Worker): Promise<void> {
  const heard = new AbortController();
  const { signal } = heard;
  try {
    const exited = once(thread, 'exit', { signal }).then(() =>
      Promise.reject(new AppError('unavailable', 'The database could not be opened.')),
    );
    // `once` rejects with what the thread threw.
    const [reply]: StoreReply[] = await Promise.race([once(thread, 'message', { signal }), exited]);
    if (reply?.kind === 'not opened') throw receiveError(reply.error);
  } finally {
    heard.abort();
  }
}
