// The read-only worker: a thread with its own connection for what would hold up the main loop.
import { parentPort, workerData } from 'node:worker_threads';
import { AppError, codeOf } from '../domain/errors.ts';
import { recordingIdOf } from '../ids.ts';
import { type CallLists, createCallLists } from '../store/calls.ts';
import { type Database, openReader, quickCheck, storeError } from '../store/database.ts';
import { compareWithJournal } from '../store/rebuild.ts';
import type { WorkerReply, WorkerRequest, WorkerTasks } from './tasks.ts';

/** More complaints than this say nothing new about a damaged file. */
const maxComplaints = 20;

let connection: { db: Database; lists: CallLists } | null = null;

function open(): { db: Database; lists: CallLists } {
  if (connection === null) {
    const { databasePath } = workerData as { databasePath: string };
    const db = openReader(databasePath);
    connection = { db, lists: createCallLists(db) };
  }
  return connection;
}

const tasks: WorkerTasks = {
  searchCalls: async (query, limit, cursor) => open().lists.list(query, limit, cursor),
  countCalls: async (query, cap) => open().lists.count(query, cap),
  async makePeaks(path) {
    const { makePeaks } = await import('./peaks.ts');
    return makePeaks(path);
  },
  checkDatabase: async () => quickCheck(open().db, maxComplaints),
  compareRebuild: async () => compareWithJournal(open().db, recordingIdOf),
};

async function run({ id, task, args }: WorkerRequest): Promise<WorkerReply> {
  try {
    // The only caller is client.ts, whose `ask` ties each name to its arguments.
    const work = tasks[task] as (...given: unknown[]) => Promise<unknown>;
    return { id, ok: true, value: await work(...args) };
  } catch (thrown) {
    const error = storeError(thrown);
    const message = error instanceof AppError ? error.message : 'A background task failed.';
    return { id, ok: false, code: codeOf(error), message };
  }
}

parentPort?.on('message', (request: WorkerRequest) => {
  void run(request).then((reply) => parentPort?.postMessage(reply));
});
