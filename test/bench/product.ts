// The real public listener on the real store, as app.ts wires them, in a process of its own.
import { createClock } from '../../src/main/clock.ts';
import { followUps } from '../../src/main/domain/follow-up.ts';
import { newId, recordingIdOf } from '../../src/main/ids.ts';
import { createLog } from '../../src/main/log.ts';
import { createProviders } from '../../src/main/providers/index.ts';
import { createApplyProviderEvent } from '../../src/main/recordings/apply-provider-event.ts';
import { createThreadedStore } from '../../src/main/store/thread/client.ts';
import { createFixedUrl } from '../../src/main/tunnel/fixed-url.ts';
import { createKnownUrls } from '../../src/main/tunnel/known-urls.ts';
import { createWebhookServer } from '../../src/main/webhooks/server.ts';
import { authToken, obey, publicUrl } from './messages.ts';

const [dataDir = ''] = process.argv.slice(2);
const settings: Record<string, string> = {
  TWILIO_ACCOUNT_SID: 'AC5d41402abc4b2a76b9719d911017c592',
  TWILIO_AUTH_TOKEN: authToken,
};
/** This benchmark asks nobody anything and takes in no audio (audio.ts does). */
const unused = (): Promise<never> => Promise.reject(new Error('not in this benchmark'));
const clock = createClock();
const store = await createThreadedStore({
  threadUrl: new URL('../../src/main/store/thread/index.ts', import.meta.url),
  settings: {
    dataDir,
    clock: { scale: clock.scale, beganMs: clock.beganMs },
    workerUrl: new URL('../../src/main/worker/index.ts', import.meta.url).href,
    crashAt: null,
  },
});
const server = createWebhookServer({
  providers: createProviders({ setting: (name) => settings[name], fetch: unused }),
  audio: { storage: { create: unused, freeBytes: unused }, receive: unused },
  tunnel: await createFixedUrl({
    configuredUrl: publicUrl,
    knownUrls: await createKnownUrls({ localUrl: () => '', store, clock }),
    probe: unused,
    clock,
  }),
  apply: createApplyProviderEvent({
    store,
    newId,
    followUp: (events) => followUps({ rules: () => null, recordingIdOf }, events, clock.now()),
  }),
  store,
  clock,
  log: createLog('warn'),
  newId,
  keepRefusedUntilMs: () => null,
});
const { port } = await server.listen(0, '127.0.0.1');
process.send?.({ port });

async function countDeliveries(): Promise<number> {
  let count = 0;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof store.listDeliveries>> = await store.listDeliveries(
      {},
      200,
      cursor,
    );
    count += page.items.length;
    cursor = page.nextCursor;
  } while (cursor !== null);
  return count;
}

obey(async (what) => {
  if (what.do === 'count')
    return { deliveries: await countDeliveries(), jobs: (await store.countJobs()).ready };
  await server.close();
  await store.close();
  process.exit(0);
});
