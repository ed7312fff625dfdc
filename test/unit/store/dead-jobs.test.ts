// Dead letters: listed by what they have in common, and run again: one, all that match, or by themselves once a day.
import { describe, expect, it } from 'vitest';
import {
  createReopenDeadFetches,
  createRetryDeadJobs,
} from '../../../src/main/recordings/retry-dead-jobs.ts';
import type { ErrorCode } from '../../../src/preload/contract/errors.ts';
import type { Store } from '../../../src/main/store/store.ts';
import { delivery, fetchJob, openStore, recordingEvent } from './samples.ts';

const day = 86_400_000;

/** Lets everything that is due die. */
async function kill(store: Store, codeOf: (index: number) => ErrorCode): Promise<number> {
  let index = 0;
  for (;;) {
    const claimed = await store.claimJobs(200);
    if (claimed.length === 0) return index;
    const ends = claimed.map((job) =>
      store.settleJob({ ...job, events: [], jobs: [], result: 'dead', errorCode: codeOf(index++) }),
    );
    await Promise.all(ends);
  }
}

async function withDead(count: number, codeOf: (index: number) => ErrorCode = () => 'gave_up') {
  const opened = await openStore();
  const names = Array.from({ length: count }, (_, index) => `RE${index}`);
  await Promise.all(
    names.map((name) =>
      opened.store.recordDelivery(
        delivery([recordingEvent(`CA-${name}`, name, 'recording.available')], { jobs: [fetchJob(name)] }),
      ),
    ),
  );
  expect(await kill(opened.store, codeOf)).toBe(count);
  return opened;
}

describe('dead letters', () => {
  it('a thousand of them: all that match run again, the whole filter and not the page, each once', async () => {
    const { store } = await withDead(1_000, (index) => (index % 4 === 0 ? 'provider_refused' : 'gave_up'));
    const query = { state: 'dead' as const, errorCode: 'gave_up' as const };
    expect((await store.listJobs(query, 50, null)).items).toHaveLength(50);
    expect(await store.countMatchingJobs(query)).toBe(750);
    const retryDeadJobs = createRetryDeadJobs({ store });
    expect(await retryDeadJobs({ errorCode: 'gave_up', providerId: 'telnyx' })).toBe(0);
    expect(await retryDeadJobs({ errorCode: 'gave_up', kind: 'fetch-recording', providerId: 'twilio' })).toBe(
      750,
    );
    expect(await store.countJobs()).toEqual({ ready: 750, running: 0, dead: 250 });
    expect(
      (await store.listJobs({ state: 'ready' }, 200, null)).items.every((job) => job.generation === 1),
    ).toBe(true);
    expect(await retryDeadJobs({ errorCode: 'gave_up' })).toBe(0);
    expect(await retryDeadJobs({})).toBe(250);
    expect(await store.rebuild(false)).toMatchObject({ differences: 0 });
  });

  it('what dies again while all are opened is not opened twice', async () => {
    const { store } = await withDead(30);
    const dying: Pick<Store, 'retryJobs'> = {
      async retryJobs(query, after) {
        const chunk = await store.retryJobs(query, after, 10);
        await kill(store, () => 'gave_up');
        return chunk;
      },
    };
    expect(await createRetryDeadJobs({ store: dying })({})).toBe(30);
    const { items } = await store.listJobs({ state: 'dead' }, 50, null);
    expect(items.map(({ generation }) => generation)).toEqual(Array.from({ length: 30 }, () => 1));
  });

  it('are listed with their call, and by when they ended', async () => {
    const { store, clock } = await withDead(2);
    clock.add(day);
    const [job] = (await store.listJobs({ state: 'dead' }, 1, null)).items;
    const call = await store.getCallRow(job?.callId ?? '');
    expect(call?.mainRecordingId).toBe(job?.recordingId);
    const sinceMs = job?.finishedAtMs ?? 0;
    expect(await store.countMatchingJobs({ state: 'dead', sinceMs })).toBeGreaterThan(0);
    expect(await store.countMatchingJobs({ state: 'dead', sinceMs: clock.now() })).toBe(0);
  });

  it('open by themselves once a day for thirty days, but not those that no day mends', async () => {
    const { store, clock } = await withDead(450, (index) => (index < 50 ? 'crashed_repeatedly' : 'gave_up'));
    const reopen = createReopenDeadFetches({ store, clock });
    expect(await reopen()).toBe(0);
    for (let days = 1; days <= 30; days++) {
      clock.add(day);
      if (days === 1 || days === 30) {
        expect(await reopen()).toBe(400);
        expect(await reopen()).toBe(0);
        await kill(store, () => 'gave_up');
        expect(await reopen()).toBe(0);
      }
    }
    clock.add(day);
    expect(await reopen()).toBe(0);
    expect(await store.countJobs()).toMatchObject({ dead: 450 });
  });

  it('say when they run next, also while their provider is left alone', async () => {
    const { store, clock } = await withDead(1);
    const { untilMs } = await store.pauseProvider('twilio', 'provider_unauthorized');
    const [dead] = (await store.listJobs({}, 1, null)).items;
    expect(dead).toMatchObject({ state: 'dead', lastErrorCode: 'gave_up' });
    expect(await store.retryJob(dead?.jobId ?? '')).toMatchObject({ state: 'ready', runAtMs: untilMs });
    await store.resumeProvider('twilio');
    expect(await store.getJob(dead?.jobId ?? '')).toMatchObject({ runAtMs: clock.now() });
  });
});
