// What one Twilio callback costs the store by itself: processor time per delivery at a given batch. Run with
// `node test/bench/store-cost.ts [deliveries] [batch]`; prints one line of JSON per tenth of the run.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createClock } from '../../src/main/clock.ts';
import { followUps } from '../../src/main/domain/follow-up.ts';
import { newId, recordingIdOf } from '../../src/main/ids.ts';
import { createProviders } from '../../src/main/providers/index.ts';
import type { Provider } from '../../src/main/providers/provider.ts';
import { createApplyProviderEvent } from '../../src/main/recordings/apply-provider-event.ts';
import { createSqliteStore } from '../../src/main/store/sqlite-store.ts';
import type { NewDelivery } from '../../src/main/store/store.ts';

const [count = 40_000, batch = 64] = process.argv.slice(2).map(Number);
const clock = createClock();
const account = 'AC5d41402abc4b2a76b9719d911017c592';
/** This benchmark asks nobody anything. */
const unused = (): Promise<never> => Promise.reject(new Error('not in this benchmark'));
const twilio = createProviders({ setting: () => undefined, fetch: unused }).find(
  ({ providerId }) => providerId === 'twilio',
);
if (twilio === undefined) throw new Error('there is no Twilio');

/** The deliveries exactly as the use case hands them to the store. */
async function makeDeliveries(provider: Provider): Promise<NewDelivery[]> {
  const made: NewDelivery[] = [];
  const apply = createApplyProviderEvent({
    newId,
    followUp: (events) => followUps({ rules: () => null, recordingIdOf }, events, clock.now()),
    store: {
      recordDelivery: async (delivery) => {
        made.push(delivery);
        return { deliveryId: delivery.deliveryId, callId: null, repeat: false, isNewCall: false };
      },
    },
  });
  for (let index = 0; index < count; index++) {
    const id = randomBytes(16).toString('hex');
    const body = new URLSearchParams([
      ['RecordingSource', 'StartCallRecordingAPI'],
      ['RecordingTrack', 'both'],
      ['RecordingSid', `RE${id}`],
      ['RecordingUrl', `https://api.twilio.com/2010-04-01/Accounts/${account}/Recordings/RE${id}`],
      ['RecordingStatus', 'completed'],
      ['RecordingChannels', '2'],
      ['ErrorCode', '0'],
      ['CallSid', `CA${id}`],
      ['RecordingStartTime', new Date(Date.now() - 95_000).toUTCString().replace('GMT', '+0000')],
      ['AccountSid', account],
      ['RecordingDuration', '95'],
    ]).toString();
    await apply(provider, {
      source: 'webhook',
      verification: 'verified',
      method: 'POST',
      receivedAtMs: clock.now(),
      path: '/webhooks/twilio-recording',
      pathAndQuery: '/webhooks/twilio-recording',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'user-agent': 'TwilioProxy/1.1',
        'i-twilio-idempotency-token': id,
      },
      body: Buffer.from(body),
    });
  }
  return made;
}

const dataDir = mkdtempSync(join(process.env['TAPEDECK_BENCH_DIR'] ?? tmpdir(), 'tapedeck-cost-'));
const deliveries = await makeDeliveries(twilio);
const store = await createSqliteStore({ dataDir, clock, newId, recordingIdOf });
const tenth = Math.ceil(count / 10);
for (let from = 0; from < count; from += tenth) {
  const cpu = process.cpuUsage();
  const beganMs = performance.now();
  const to = Math.min(count, from + tenth);
  for (let at = from; at < to; at += batch) {
    await Promise.all(deliveries.slice(at, Math.min(to, at + batch)).map((one) => store.recordDelivery(one)));
  }
  const used = process.cpuUsage(cpu);
  const per = (micros: number): number => Math.round((micros / (to - from)) * 10) / 10;
  process.stdout.write(
    `${JSON.stringify({ stored: to, cpuUs: per(used.user + used.system), userUs: per(used.user), systemUs: per(used.system), wallUs: per((performance.now() - beganMs) * 1000) })}\n`,
  );
}
await store.close();
rmSync(dataDir, { recursive: true, force: true });
