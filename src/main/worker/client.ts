// The main loop's end of the read-only worker: requests by number, one thread that is started when first needed.
import { Worker } from 'node:worker_threads';
import { AppError } from '../domain/errors.ts';
import type { WorkerReply, WorkerRequest, WorkerTasks } from './tasks.ts';
import type { WorkerClient } from './worker.ts';

export interface WorkerClientDeps {
  /** The worker's entry: `worker/index.ts` from source, `worker.js` once built. */
  workerUrl: URL;
  /** Opened for reading at the first task that needs it, so it must exist by then. */
  databasePath: string;
}

interface Open {
  resolve: (value: never) => void;
  reject: (error: AppError) => void;
}

/**
 * Makes the client; no thread is started yet.
 * Errors of its tasks: worker_failed when the thread ended (the next task starts a new one), else the task's own.
 */
export function createWorkerClient(deps: WorkerClientDeps): WorkerClient {
  let worker: Worker | null = null;
  let nextId = 1;
  let closed = false;
  const open = new Map<number, Open>();

  const failAll = (cause: unknown): void => {
    const failed = [...open.values()];
    open.clear();
    for (const { reject } of failed) {
      reject(
        new AppError('worker_failed', 'A background task stopped. Try again.', { cause, retryable: true }),
      );
    }
  };

  const start = (): Worker => {
    const { databasePath } = deps;
    const started = new Worker(deps.workerUrl, { workerData: { databasePath } });
    // The thread never keeps the process alive by itself.
    started.unref();
    started.on('message', (reply: WorkerReply) => {
      const waiting = open.get(reply.id);
      open.delete(reply.id);
      if (reply.ok) waiting?.resolve(reply.value as never);
      else waiting?.reject(new AppError(reply.code, reply.message));
    });
    const ended = (cause: unknown): void => {
      // An old thread's late `exit` must not fail what the new one is working on.
      if (worker !== started) return;
      worker = null;
      failAll(cause);
    };
    started.on('error', ended);
    started.on('exit', ended);
    return started;
  };

  const ask = <Name extends keyof WorkerTasks>(
    task: Name,
    ...args: Parameters<WorkerTasks[Name]>
  ): Promise<Awaited<ReturnType<WorkerTasks[Name]>>> => {
    if (closed) return Promise.reject(new AppError('unavailable', 'Tapedeck is closing.'));
    worker ??= start();
    const id = nextId++;
    const request: WorkerRequest = { id, task, args };
    const answered = new Promise<Awaited<ReturnType<WorkerTasks[Name]>>>((resolve, reject) => {
      open.set(id, { resolve, reject });
    });
    worker.postMessage(request);
    return answered;
  };

  return {
    searchCalls: (query, limit, cursor) => ask('searchCalls', query, limit, cursor),
    countCalls: (query, cap) => ask('countCalls', query, cap),
    makePeaks: (path) => ask('makePeaks', path),
    checkDatabase: () => ask('checkDatabase'),
    compareRebuild: () => ask('compareRebuild'),
    async close() {
      closed = true;
      const ending = worker;
      worker = null;
      failAll(null);
      await ending?.terminate();
    },
  };
}
