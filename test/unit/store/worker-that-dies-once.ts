// The real worker, but its first life ends in the middle of what it was asked. Used by rebuild.test.ts.
import { existsSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const mark = `${String(Reflect.get(Object(workerData), 'databasePath'))}.died`;
if (existsSync(mark)) {
  await import('../../../src/main/worker/index.ts');
} else {
  parentPort?.on('message', () => {
    writeFileSync(mark, '');
    process.exit(1);
  });
}
