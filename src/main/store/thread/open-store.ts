// The store as it is inside the thread: the real one, with a reader of its own for what scans.
import type { Clock } from '../../domain/clock.ts';
import { newId, recordingIdOf } from '../../ids.ts';
import { createWorkerClient } from '../../worker/client.ts';
import { databasePathIn } from '../database.ts';
import { createSqliteStore } from '../sqlite-store.ts';
import type { Store } from '../store.ts';
import type { StoreThreadSettings } from './protocol.ts';

/** Errors: those of createSqliteStore. */
export async function openStore(settings: StoreThreadSettings, clock: Clock): Promise<Store> {
  const { dataDir, workerUrl, crashAt } = settings;
  // Asked from here and not from the main loop, so that what counts as a search is decided in one place. Its thread
  // starts with the first search.
  const worker = createWorkerClient({
    workerUrl: new URL(workerUrl),
    databasePath: databasePathIn(dataDir),
  });
  const store = await createSqliteStore({
    dataDir,
    clock,
    newId,
    recordingIdOf,
    worker,
    ...(crashAt === null ? {} : { crashPoint: (name: string) => killAt(name, crashAt) }),
  });
  return {
    ...store,
    async close() {
      await store.close();
      await worker.close();
    },
  };
}

function killAt(name: string, crashAt: string): void {
  if (name !== crashAt) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal may take effect on another thread first; this one must not get past the point meanwhile.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
