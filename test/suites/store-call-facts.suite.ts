// What every implementation of the store port must know about one call beside its events: its jobs, and what was
// refused around it.
import { describe, expect, it } from 'vitest';
import type { NewJob } from '../../src/main/domain/job.ts';
import type { RefusalRow } from '../../src/main/store/store.ts';
import { startMs } from '../unit/store/samples.ts';
import type { StoreUnderTest } from './store.suite.ts';

const key = { providerId: 'twilio', kind: 'call_sid', value: 'CA1' };
const job = (kind: NewJob['kind'], dedupe: string, change: Partial<NewJob> = {}): NewJob => ({
  kind,
  dedupe,
  payload: {},
  providerId: 'twilio',
  runAtMs: startMs + 60_000,
  ...change,
});
const refusal = (refusalId: string, atMs: number, providerId = 'twilio'): RefusalRow => ({
  refusalId,
  atMs,
  providerId,
  path: '/webhooks/twilio-recording',
  reason: 'bad_signature',
  httpStatus: 403,
  sizeBytes: 10,
  headerNames: ['host'],
  bodySha256: null,
  body: null,
});

export function storeCallFactsSuite(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: facts about a call`, () => {
    it('finds the jobs of a call however they name it, and those of no other call', async () => {
      const { store } = await open();
      await store.appendEvents([], 'job', [
        job('find-recordings', 'twilio call_sid CA1'),
        job('follow-call', 'twilio call_1'),
        job('start-recording', 'asked twilio call_1'),
        job('fetch-recording', 'rec_1', { payload: { recordingId: 'rec_1' } }),
        job('place-call', 'call_1:0', { payload: { callId: 'call_1' } }),
        job('find-recordings', 'twilio call_sid CA2'),
        job('place-call', 'call_1:1', { payload: { callId: 'call_1' } }),
      ]);
      const found = await store.listJobsOfCall({
        callIds: ['call_1'],
        recordingIds: ['rec_1'],
        keys: [key],
        dialGeneration: 0,
      });
      expect(found.map(({ kind }) => kind).sort()).toEqual([
        'fetch-recording',
        'find-recordings',
        'follow-call',
        'place-call',
        'start-recording',
      ]);
      expect(
        await store.listJobsOfCall({ callIds: [], recordingIds: [], keys: [], dialGeneration: null }),
      ).toEqual([]);
    });

    it('makes a job that waits due now, and leaves alone one that runs or is over', async () => {
      const { store } = await open();
      await store.appendEvents([], 'job', [job('find-recordings', 'twilio call_sid CA1')]);
      const jobId = (await store.findJob('find-recordings', 'twilio call_sid CA1'))?.jobId ?? '';
      expect(await store.claimJobs(5)).toEqual([]);
      expect(await store.hastenJob(jobId)).toBe(true);
      expect((await store.claimJobs(5)).map((claimed) => claimed.jobId)).toEqual([jobId]);
      expect(await store.hastenJob(jobId)).toBe(false);
      expect(await store.hastenJob('job_unknown')).toBe(false);
    });

    it('lists what was refused between two moments, of these providers only', async () => {
      const { store } = await open();
      await store.recordRefusal(refusal('ref_1', 100));
      await store.recordRefusal(refusal('ref_2', 200));
      await store.recordRefusal(refusal('ref_3', 300));
      await store.recordRefusal(refusal('ref_4', 200, 'telnyx'));
      const ids = async (limit: number, ...providerIds: string[]): Promise<string[]> =>
        (await store.listRefusalsAround(providerIds, 100, 200, limit)).map(({ refusalId }) => refusalId);
      expect(await ids(5, 'twilio')).toEqual(['ref_2', 'ref_1']);
      expect(await ids(1, 'twilio', 'telnyx')).toEqual(['ref_2', 'ref_4']);
      expect(await ids(5)).toEqual([]);
    });
  });
}
