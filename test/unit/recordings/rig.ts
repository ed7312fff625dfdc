// One recording that Twilio says is ready, a real store and folder, and a stand-in to fetch it from.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { Clock } from '../../../src/main/domain/clock.ts';
import type { ClaimedJob } from '../../../src/main/domain/job.ts';
import { newId, recordingIdOf } from '../../../src/main/ids.ts';
import { createLog } from '../../../src/main/log.ts';
import { createGuardedFetch } from '../../../src/main/net/guarded-fetch.ts';
import { createTwilio } from '../../../src/main/providers/twilio/index.ts';
import {
  createFetchRecording,
  type FetchRecordingDeps,
} from '../../../src/main/recordings/fetch-recording.ts';
import { fileNameOf } from '../../../src/main/domain/file-name.ts';
import { createLocalStorage } from '../../../src/main/storage/local.ts';
import { createSqliteStore } from '../../../src/main/store/sqlite-store.ts';
import type { JobSettlement } from '../../../src/main/store/store.ts';
import { createTwilioMedia, type MediaAnswer } from '../../standins/twilio-media.ts';
import { makeWav } from '../../standins/wav.ts';
import { accountSid, authToken } from '../../twilio-callback.ts';

const callSid = `CA${'1'.repeat(32)}`;
export const recordingSid = `RE${'2'.repeat(32)}`;
export const recordingId = recordingIdOf('twilio', recordingSid);

/** What Twilio has of it, and where: in two channels, in one, as MP3. */
export const wav = makeWav({ durationMs: 5_000 });
export const dual = `/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Recordings/${recordingSid}.wav?RequestedChannels=2`;
export const mono = dual.replace('?RequestedChannels=2', '');
export const mp3 = mono.replace('.wav', '.mp3');

/** Stands still until it is set. */
export function createStillClock(): Clock & { nowMs: number } {
  const clock = {
    nowMs: Date.UTC(2026, 10, 21, 9),
    scale: 1,
    now: () => clock.nowMs,
    delay: () => Promise.resolve(),
    every: () => () => {},
  };
  return clock;
}

export async function createRig(options: { saidMs?: number; answer: MediaAnswer }) {
  const dir = await mkdtemp(path.join(tmpdir(), 'tapedeck-fetch-'));
  const clock = createStillClock();
  const store = await createSqliteStore({ dataDir: dir, clock, newId, recordingIdOf });
  const media = await createTwilioMedia(options.answer);
  const storage = await createLocalStorage({ dir: path.join(dir, 'recordings') });
  const settings: Record<string, string> = {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_API_BASE_URL: media.url,
  };
  await store.recordDelivery({
    deliveryId: newId('dlv', clock.now()),
    providerId: 'twilio',
    receivedAtMs: clock.now(),
    source: 'webhook',
    verification: 'verified',
    outcome: 'applied',
    label: 'recording completed',
    dedupeKey: 'one',
    method: 'POST',
    path: '/webhooks/twilio-recording',
    headers: [],
    body: Buffer.from(''),
    events: [
      {
        eventKey: 'available',
        providerId: 'twilio',
        occurredAtMs: clock.now() - 10_000,
        sequence: 5,
        keys: [{ providerId: 'twilio', kind: 'CallSid', value: callSid }],
        kind: 'recording.available',
        data: {
          providerRecordingId: recordingSid,
          providerAccountId: accountSid,
          ...(options.saidMs === undefined ? {} : { durationMs: options.saidMs }),
        },
      },
    ],
    jobs: [
      {
        kind: 'fetch-recording',
        dedupe: recordingId,
        payload: { recordingId },
        providerId: 'twilio',
        runAtMs: clock.now(),
      },
    ],
  });

  const fetch = createGuardedFetch({ allowedHosts: () => [], overrides: () => [media.url] });
  const progress: [number, number | null][] = [];
  const deps: FetchRecordingDeps = {
    store,
    storage,
    fetch,
    providers: [createTwilio({ setting: (name) => settings[name], fetch })],
    clock,
    random: () => 0,
    onProgress: (_recordingId, _callId, received, total) => progress.push([received, total]),
    log: createLog('silent'),
    reserveBytes: 0,
  };

  /** Claims what is due at `clock.nowMs` and runs it as the worker does. */
  async function run(more: Partial<FetchRecordingDeps> = {}, signal = new AbortController().signal) {
    const [job] = (await store.claimJobs(4)).filter(({ kind }) => kind === 'fetch-recording');
    if (job === undefined) throw new Error('nothing is due');
    const settlement = await createFetchRecording({ ...deps, ...more })(job, signal);
    const settled = await store.settleJob(settlement);
    return { job, settlement, settled };
  }

  /** Runs, then moves the clock to where the job is due again. */
  async function runAndWait(): Promise<{ job: ClaimedJob; settlement: JobSettlement }> {
    const result = await run();
    if ('runAtMs' in result.settlement) clock.nowMs = result.settlement.runAtMs;
    return result;
  }

  return {
    clock,
    store,
    storage,
    media,
    settings,
    progress,
    deps,
    run,
    runAndWait,
    row: async () => {
      const row = await store.getRecording(recordingId);
      if (row === null) throw new Error('the recording is not known');
      return row;
    },
    async kinds(): Promise<string[]> {
      const call = await store.getCall((await this.row()).callId);
      return (call?.events ?? []).map(({ event }) => event.kind);
    },
    async close() {
      await store.close();
      await media.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export type Rig = Awaited<ReturnType<typeof createRig>>;

/** Nothing of a failed fetch may be left, neither under a final nor under a temporary name. */
export async function expectNothingKept({ storage }: Rig): Promise<void> {
  expect(await readdir(path.join(storage.dir, 'incoming'))).toEqual([]);
  expect(await storage.stat(fileNameOf(recordingId, 'wav'))).toBeNull();
  expect(await storage.stat(fileNameOf(recordingId, 'mp3'))).toBeNull();
}
