// The real thread but for its clock, which the test sets, and for deliveries that end it.
import { parentPort, workerData } from 'node:worker_threads';
import type { Clock } from '../../../../src/main/domain/clock.ts';
import { openStore } from '../../../../src/main/store/thread/open-store.ts';
import { serveStore } from '../../../../src/main/store/thread/serve-store.ts';
import type { TestThreadSettings } from './threaded.ts';

const settings = workerData as TestThreadSettings;
const cell = new Float64Array(settings.clockCell);
const clock: Clock = {
  now: () => cell[0] ?? 0,
  scale: 1,
  delay: async () => undefined,
  every: () => () => undefined,
};

if (parentPort !== null) {
  await serveStore(parentPort, async () => {
    const store = await openStore(settings, clock);
    return {
      ...store,
      recordDelivery(delivery) {
        if (delivery.label === 'exits') process.exit(3);
        if (delivery.label === 'throws') {
          setImmediate(() => {
            throw new TypeError('thrown in the thread');
          });
        }
        return store.recordDelivery(delivery);
      },
    };
  });
}
