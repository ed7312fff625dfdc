// The store's thread: the connection that writes, so that commits wait for the disk while webhooks are verified.
import { parentPort, workerData } from 'node:worker_threads';
import { createClock } from '../../clock.ts';
import { openStore } from './open-store.ts';
import type { StoreThreadSettings } from './protocol.ts';
import { serveStore } from './serve-store.ts';

if (parentPort !== null) {
  // The only caller is client.ts, which types what it passes.
  const settings = workerData as StoreThreadSettings;
  const { scale, beganMs } = settings.clock;
  await serveStore(parentPort, () => openStore(settings, createClock(scale, beganMs)));
}
