// Run by lock.test.ts as a process of its own: takes the lock of a data folder, says so, and holds it until killed.
import { acquireInstanceLock } from '../../../src/main/store/lock.ts';

acquireInstanceLock(process.argv[2] ?? '');
process.stdout.write('locked\n');
setInterval(() => undefined, 1_000);
