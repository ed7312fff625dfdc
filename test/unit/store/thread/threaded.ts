// A store on a thread of its own for one test, with a clock that both sides read.
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../../src/main/domain/clock.ts';
import type { Store } from '../../../../src/main/store/store.ts';
import { createThreadedStore, type ThreadedStoreDeps } from '../../../../src/main/store/thread/client.ts';
import type { StoreThreadSettings } from '../../../../src/main/store/thread/protocol.ts';
import { openLockFile } from '../../../../src/main/store/database.ts';
import { startMs, temporaryDir } from '../samples.ts';

export interface TestThreadSettings extends StoreThreadSettings {
  clockCell: SharedArrayBuffer;
}

export interface ThreadedStore {
  store: Store;
  dataDir: string;
  clock: Clock & { set(nowMs: number): void; add(ms: number): void };
}

// The product's main loop holds its instance lock through the same native file. Where only threads use it, Node
// unloads it under the last of them as it ends (WiseLibs/better-sqlite3 issue 1476).
openLockFile(':memory:', 0);

/** A store of its own for one test, closed and removed after it. */
export async function openThreadedStore(
  deps: Partial<ThreadedStoreDeps> & { dataDir?: string } = {},
): Promise<ThreadedStore> {
  const cell = new Float64Array(new SharedArrayBuffer(8));
  cell[0] = startMs;
  const { dataDir = temporaryDir(), ...more } = deps;
  const settings: TestThreadSettings = {
    dataDir,
    clock: { scale: 1, beganMs: startMs },
    workerUrl: new URL('../../../../src/main/worker/index.ts', import.meta.url).href,
    crashAt: null,
    clockCell: cell.buffer,
  };
  const store = await createThreadedStore({
    threadUrl: new URL('./thread-for-tests.ts', import.meta.url),
    settings,
    ...more,
  });
  onTestFinished(() => store.close());
  const clock = {
    now: () => cell[0] ?? 0,
    set: (nowMs: number) => {
      cell[0] = nowMs;
    },
    add: (ms: number) => {
      cell[0] = (cell[0] ?? 0) + ms;
    },
    scale: 1,
    delay: async () => undefined,
    every: () => () => undefined,
  };
  return { store, dataDir, clock };
}
