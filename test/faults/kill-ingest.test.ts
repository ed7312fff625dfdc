// The promise of the whole product: what was answered with 2xx is there after the power of kill -9, once.
import { afterEach, expect, it } from 'vitest';
import { openReader } from '../../src/main/store/database.ts';
import { join } from 'node:path';
import { type Product, startProduct, temporaryDir } from '../product.ts';
import { createTwilioMedia } from '../standins/twilio-media.ts';
import { accountSid, authToken, recordingParameters, sid, signedRequest } from '../twilio-callback.ts';

const kills = process.env['TAPEDECK_TEST_SIZE'] === 'long' ? 200 : 20;
const connections = 16;
const path = '/webhooks/twilio-recording';
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Sends callbacks until the product dies. Adds what was acknowledged; returns how many were in flight at the end. */
async function load(product: Product, acknowledged: Set<string>): Promise<number> {
  let inFlight = 0;
  let openAtDeath = 0;
  let dead = false;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (!dead) {
        const recordingSid = sid('RE');
        const parameters = recordingParameters({ callSid: sid('CA'), recordingSid });
        inFlight++;
        try {
          const response = await fetch(
            product.webhooksUrl + path,
            signedRequest(product.webhooksUrl, path, parameters),
          );
          if (response.ok) acknowledged.add(recordingSid);
        } catch {
          if (!dead) openAtDeath = inFlight;
          dead = true;
        } finally {
          inFlight--;
        }
      }
    }),
  );
  return openAtDeath;
}

it(`loses no acknowledged delivery and doubles none over ${kills} kills of the process group under load`, {
  timeout: kills * 6_000,
}, async () => {
  const { dir, remove } = await temporaryDir();
  closers.push(remove);
  const media = await createTwilioMedia();
  closers.push(() => media.close());
  const env = {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_API_BASE_URL: media.url,
  };
  const acknowledged = new Set<string>();
  let killsWithOpenRequests = 0;
  for (let i = 0; i < kills; i++) {
    const product = await startProduct({ dataDir: dir, env });
    const loading = load(product, acknowledged);
    // After so many acknowledgements and not after a time: a busy machine kills in the thick of it as well.
    const enough = acknowledged.size + 11 + Math.random() * 120;
    while (acknowledged.size < enough) await new Promise((resolve) => setTimeout(resolve, 2));
    await product.kill();
    if ((await loading) > 0) killsWithOpenRequests++;
  }
  // One quiet start: jobs that the kills interrupted are taken up, then the books are read.
  const product = await startProduct({ dataDir: dir, env });
  const status = await product.call('system.status', {});
  expect(status.jobs.dead).toBe(0);
  await product.stop();

  const database = openReader(join(dir, 'tapedeck.db'));
  closers.push(async () => database.close());
  const column = (sql: string): string[] => database.prepare(sql).pluck().all() as string[];
  const journaled = column(`SELECT providerRecordingId FROM recordings`);
  expect(new Set(journaled).size).toBe(journaled.length);
  expect([...acknowledged].filter((recordingSid) => !journaled.includes(recordingSid))).toEqual([]);
  expect(
    column(`SELECT dedupeKey FROM deliveries GROUP BY providerId, dedupeKey HAVING count(*) > 1`),
  ).toEqual([]);
  expect(
    column(
      `SELECT data ->> 'providerRecordingId' FROM events WHERE kind = 'recording.stored' GROUP BY 1 HAVING count(*) > 1`,
    ),
  ).toEqual([]);
  expect(column('PRAGMA integrity_check')).toEqual(['ok']);
  expect(acknowledged.size).toBeGreaterThan(kills * 10);
  expect(killsWithOpenRequests).toBeGreaterThan(kills / 2);
});
