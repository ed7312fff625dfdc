import { describe, expect, it } from 'vitest';
import { leaseMs, crashDelayMs, maxCrashes, maxDelayMs } from '../../../src/main/domain/job.ts';
import { recordingIdOf } from '../../../src/main/ids.ts';
import type { JobSettlement, Store } from '../../../src/main/store/store.ts';
import { delivery, fetchJob, openStore, recordingEvent, startMs, storedEvent } from './samples.ts';

const done = { events: [], jobs: [], result: 'done' as const };

async function withJob(names: readonly string[] = ['RE1']) {
  const opened = await openStore();
  for (const name of names) {
    await opened.store.recordDelivery(
      delivery([recordingEvent(`CA-${name}`, name, 'recording.available')], { jobs: [fetchJob(name)] }),
    );
  }
  return opened;
}

async function claimOne(store: Store) {
  const [job] = await store.claimJobs(1);
  if (job === undefined) throw new Error('nothing to claim');
  return job;
}

describe('claims', () => {
  it('take the oldest due jobs first, and each once', async () => {
    const { store, clock } = await openStore();
    const jobs = [
      fetchJob('RE1', { runAtMs: startMs - 1 }),
      fetchJob('RE2', { runAtMs: startMs - 3 }),
      fetchJob('RE3', { runAtMs: startMs + 1_000 }),
    ];
    await store.recordDelivery(delivery([], { jobs }));
    const claimed = await store.claimJobs(5);
    expect(
      claimed.map(({ payload, attempt, leaseUntilMs }) => [payload.recordingId, attempt, leaseUntilMs]),
    ).toEqual([
      [recordingIdOf('twilio', 'RE2'), 1, startMs + leaseMs],
      [recordingIdOf('twilio', 'RE1'), 1, startMs + leaseMs],
    ]);
    expect(await store.claimJobs(5)).toEqual([]);
    clock.add(1_000);
    expect(await store.claimJobs(5)).toHaveLength(1);
  });

  it('ask for the same work once for ever', async () => {
    const { store } = await withJob();
    await store.recordDelivery(delivery([], { jobs: [fetchJob('RE1')] }));
    const job = await claimOne(store);
    await store.settleJob({ ...job, ...done });
    await store.recordDelivery(delivery([], { jobs: [fetchJob('RE1')] }));
    expect((await store.listJobs({}, 10, null)).items).toMatchObject([{ state: 'done', attempt: 1 }]);
  });

  it('pull a time forward that only a clock set back can have made', async () => {
    const { store, clock } = await openStore();
    const far = startMs + maxDelayMs('fetch-recording');
    await store.recordDelivery(
      delivery([], { jobs: [fetchJob('RE1', { runAtMs: far + 1 }), fetchJob('RE2', { runAtMs: far })] }),
    );
    expect((await store.claimJobs(5)).map(({ payload }) => payload.recordingId)).toEqual([
      recordingIdOf('twilio', 'RE1'),
    ]);
    // A lease from before the jump does not hold for longer than a lease.
    clock.set(startMs - 86_400_000);
    await store.claimJobs(5);
    clock.add(leaseMs);
    expect((await store.claimJobs(5)).map(({ attempt }) => attempt)).toEqual([1, 1]);
  });
});

describe('leases', () => {
  it('hold while they are renewed', async () => {
    const { store, clock } = await withJob();
    const job = await claimOne(store);
    clock.add(leaseMs - 1);
    expect(await store.renewLease(job.jobId, job.lease)).toBe(true);
    clock.add(leaseMs - 1);
    expect(await store.claimJobs(1)).toEqual([]);
    expect(await store.renewLease(job.jobId, 'lease_other')).toBe(false);
  });

  it('refuse the acknowledgement of a run whose job another one took over, and write nothing of it', async () => {
    const { store, clock } = await withJob();
    const zombie = await claimOne(store);
    clock.add(leaseMs);
    const owner = await claimOne(store);
    expect(owner).toMatchObject({ jobId: zombie.jobId, attempt: 1 });
    const effect: JobSettlement = {
      ...zombie,
      result: 'done',
      events: [storedEvent('RE1')],
      jobs: [fetchJob('RE1', { kind: 'make-peaks' })],
    };
    expect(await store.settleJob(effect)).toBe(false);
    expect(await store.renewLease(zombie.jobId, zombie.lease)).toBe(false);
    const recordingId = recordingIdOf('twilio', 'RE1');
    expect((await store.getRecording(recordingId))?.status).toBe('available');
    expect(await store.findJob('make-peaks', recordingId)).toBeNull();
    expect(await store.settleJob({ ...effect, lease: owner.lease })).toBe(true);
    expect((await store.getRecording(recordingId))?.status).toBe('stored');
    expect(await store.findJob('make-peaks', recordingId)).toMatchObject({ state: 'ready' });
    expect(await store.settleJob({ ...effect, lease: owner.lease })).toBe(false);
  });

  it('undo the acknowledgement when the effect cannot be stored', async () => {
    const { store } = await withJob();
    const job = await claimOne(store);
    const wrong = { ...storedEvent('RE1'), occurredAtMs: 0.5 };
    await expect(store.settleJob({ ...job, ...done, events: [wrong] })).rejects.toThrow();
    expect(await store.getJob(job.jobId)).toMatchObject({ state: 'running' });
    expect(await store.settleJob({ ...job, ...done })).toBe(true);
  });
});

describe('settlements', () => {
  it('count an attempt for a retry and give it back for a release', async () => {
    const { store, clock } = await withJob();
    const first = await claimOne(store);
    await store.settleJob({
      ...first,
      ...done,
      result: 'retry',
      runAtMs: startMs + 2_000,
      errorCode: 'provider_not_found',
    });
    expect(await store.getJob(first.jobId)).toMatchObject({
      state: 'ready',
      attempt: 1,
      lastErrorCode: 'provider_not_found',
      runAtMs: startMs + 2_000,
    });
    clock.add(2_000);
    const second = await claimOne(store);
    expect(second.attempt).toBe(2);
    await store.settleJob({ ...second, ...done, result: 'release', runAtMs: startMs, errorCode: null });
    expect(await store.getJob(first.jobId)).toMatchObject({
      state: 'ready',
      attempt: 1,
      lastErrorCode: 'provider_not_found',
    });
  });

  it('leave a dead job to be asked for again by a person', async () => {
    const { store } = await withJob();
    const job = await claimOne(store);
    await store.settleJob({ ...job, ...done, result: 'dead', errorCode: 'gave_up' });
    expect(await store.countJobs()).toEqual({ ready: 0, running: 0, dead: 1 });
    expect(await store.claimJobs(1)).toEqual([]);
    expect(await store.retryJob(job.jobId)).toMatchObject({
      state: 'ready',
      attempt: 0,
      generation: 1,
      lastErrorCode: null,
      finishedAtMs: null,
    });
    const recording = await store.getRecording(recordingIdOf('twilio', 'RE1'));
    expect(recording?.generation).toBe(1);
    const again = await claimOne(store);
    expect(again).toMatchObject({ attempt: 1, generation: 1 });
    expect(await store.retryJob(job.jobId)).toMatchObject({ state: 'running', generation: 1 });
    expect(await store.retryJob('job_unknown')).toBeNull();
  });
});

describe('crashes', () => {
  it('use no attempt, and end a job that keeps causing them', async () => {
    const { store, clock } = await withJob();
    for (let crash = 1; crash < maxCrashes; crash++) {
      const { attempt } = await claimOne(store);
      expect(attempt).toBe(1);
      expect(await store.recoverJobs()).toBe(1);
      expect((await store.listJobs({}, 1, null)).items).toMatchObject([{ crashes: crash, attempt: 0 }]);
      // From the second time on others run first.
      if (crash > 1) expect(await store.claimJobs(1)).toEqual([]);
      clock.add(crashDelayMs(crash));
    }
    const { jobId } = await claimOne(store);
    expect(await store.recoverJobs()).toBe(1);
    expect(await store.getJob(jobId)).toMatchObject({
      state: 'dead',
      lastErrorCode: 'crashed_repeatedly',
      crashes: maxCrashes,
    });
    expect(await store.getRecording(recordingIdOf('twilio', 'RE1'))).toMatchObject({
      status: 'failed',
      reason: 'crashed_repeatedly',
    });
    expect(await store.retryJob(jobId)).toMatchObject({ state: 'ready', crashes: 0 });
    expect((await store.getRecording(recordingIdOf('twilio', 'RE1')))?.status).toBe('available');
  });

  it('count as well when only the lease ran out', async () => {
    const { store, clock } = await withJob();
    for (let crash = 0; crash < maxCrashes; crash++) {
      await claimOne(store);
      clock.add(leaseMs);
    }
    expect(await store.claimJobs(1)).toEqual([]);
    expect(await store.countJobs()).toEqual({ ready: 0, running: 0, dead: 1 });
  });

  it('of peaks leave the recording as it is', async () => {
    const { store, clock } = await withJob();
    await store.appendEvents([storedEvent('RE1')]);
    await store.settleJob({
      ...(await claimOne(store)),
      ...done,
      jobs: [fetchJob('RE1', { kind: 'make-peaks' })],
    });
    for (let crash = 0; crash < maxCrashes; crash++) {
      await claimOne(store);
      await store.recoverJobs();
      clock.add(crashDelayMs(crash + 1));
    }
    expect(await store.countJobs()).toMatchObject({ dead: 1 });
    expect((await store.getRecording(recordingIdOf('twilio', 'RE1')))?.status).toBe('stored');
  });
});

describe('a paused provider', () => {
  it('is left alone, then asked by one job at a time until it works again', async () => {
    const { store, clock } = await withJob(['RE1', 'RE2', 'RE3']);
    await store.recordDelivery(delivery([], { jobs: [fetchJob('RE9', { providerId: 'telnyx' })] }));
    const { untilMs } = await store.pauseProvider('twilio', 'provider_unauthorized');
    expect((await store.claimJobs(9)).map(({ providerId }) => providerId)).toEqual(['telnyx']);
    clock.set(untilMs);
    await store.claimJobs(0);
    // The job of the other provider has lost its lease meanwhile; it is not in the way.
    const probes = (await store.claimJobs(9)).filter(({ providerId }) => providerId === 'twilio');
    expect(probes).toHaveLength(1);
    expect((await store.claimJobs(9)).filter(({ providerId }) => providerId === 'twilio')).toEqual([]);
    const [probe] = probes;
    if (probe === undefined) throw new Error('no probe');
    await store.settleJob({ ...probe, ...done });
    await store.resumeProvider('twilio');
    expect((await store.claimJobs(9)).filter(({ providerId }) => providerId === 'twilio')).toHaveLength(2);
  });
});

describe('lists of jobs', () => {
  it('are newest first, by state and kind, page after page', async () => {
    const { store, clock } = await openStore();
    for (const name of ['RE1', 'RE2', 'RE3', 'RE4']) {
      clock.add(1);
      await store.recordDelivery(delivery([], { jobs: [fetchJob(name)] }));
    }
    const first = await store.listJobs({ kind: 'fetch-recording' }, 3, null);
    const second = await store.listJobs({ kind: 'fetch-recording' }, 3, first.nextCursor);
    const names = [...first.items, ...second.items].map(({ recordingId }) => recordingId);
    expect(names).toEqual(['RE4', 'RE3', 'RE2', 'RE1'].map((name) => recordingIdOf('twilio', name)));
    expect(second.nextCursor).toBeNull();
    await store.claimJobs(1);
    expect((await store.listJobs({ state: 'running' }, 9, null)).items).toHaveLength(1);
    expect((await store.listJobs({ kind: 'make-peaks' }, 9, null)).items).toEqual([]);
  });
});
