// A process of its own for local.test.ts: writes one file and is killed at the named point.
import { createLocalStorage } from '../../../src/main/storage/local.ts';

const [dir = '', crashAt = '', fileName = ''] = process.argv.slice(2);
const storage = await createLocalStorage({
  dir,
  crashPoint: (point) => {
    if (point === crashAt) process.kill(process.pid, 'SIGKILL');
  },
});
const file = await storage.create('rec_test');
await file.write(Buffer.alloc(100_000, 1));
await file.write(Buffer.alloc(100_000, 2));
await file.commit(fileName);
