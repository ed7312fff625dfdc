// The public listener as app.ts wires it for audio, in a process of its own that watches its own memory and event loop.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createClock } from '../../src/main/clock.ts';
import { newId, recordingIdOf } from '../../src/main/ids.ts';
import { createLog } from '../../src/main/log.ts';
import { createElevenLabs } from '../../src/main/providers/elevenlabs/index.ts';
import { createApplyProviderEvent } from '../../src/main/recordings/apply-provider-event.ts';
import { createReceiveAudio } from '../../src/main/recordings/receive-audio.ts';
import { createLocalStorage } from '../../src/main/storage/local.ts';
import { createSqliteStore } from '../../src/main/store/sqlite-store.ts';
import { createWebhookServer } from '../../src/main/webhooks/server.ts';

/** The last one names a moment at which it dies, for the test of that. */
const [dataDir = '', webhookSecret = '', diesAt = ''] = process.argv.slice(2);
const crashPoint = (name: string): void => {
  if (name === diesAt) process.kill(process.pid, 'SIGKILL');
};
const clock = createClock();
const log = createLog('warn');
const store = await createSqliteStore({ dataDir, clock, newId, recordingIdOf });
const storage = await createLocalStorage({ dir: `${dataDir}/recordings`, crashPoint });
await storage.sweep();
const server = createWebhookServer({
  providers: [
    createElevenLabs({
      setting: (name) => (name === 'ELEVENLABS_WEBHOOK_SECRET' ? webhookSecret : undefined),
      fetch: () => Promise.reject(new Error('not in this benchmark')),
    }),
  ],
  tunnel: { acceptedUrls: () => [], retiredUrls: () => [] },
  apply: createApplyProviderEvent({ store, newId, followUp: () => [] }),
  audio: {
    storage,
    receive: createReceiveAudio({ store, storage, newId, clock, recordingIdOf, log, crashPoint }),
  },
  store,
  clock,
  log,
  newId,
  crashPoint,
  keepRefusedUntilMs: () => null,
});
const { port } = await server.listen(0, '127.0.0.1');
process.send?.({ port });

let peakBytes = 0;
setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
}, 10).unref();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

process.on('message', (what) => {
  if (what === 'begin') {
    globalThis.gc?.();
    peakBytes = process.memoryUsage.rss();
    delay.reset();
    process.send?.({ rssMb: megabytes(peakBytes) });
  } else if (what === 'measure') {
    process.send?.({
      rssMb: megabytes(peakBytes),
      delayP50Ms: Math.round(delay.percentile(50) / 1e4) / 100,
      delayP99Ms: Math.round(delay.percentile(99) / 1e4) / 100,
      delayMaxMs: Math.round(delay.max / 1e4) / 100,
    });
  } else {
    void server.close().then(async () => {
      await store.close();
      process.exit(0);
    });
  }
});
process.on('disconnect', () => process.exit(0));
