import { describe, expect, it, vi } from 'vitest';
import { createClock } from '../../../../src/main/clock.ts';
import { AppError } from '../../../../src/main/domain/errors.ts';
import { databasePathIn, openWriter } from '../../../../src/main/store/database.ts';
import type { Changes } from '../../../../src/main/store/store.ts';
import { createThreadedStore } from '../../../../src/main/store/thread/client.ts';
import { receiveError, sendError } from '../../../../src/main/store/thread/protocol.ts';
import { callEvent, delivery, temporaryDir } from '../samples.ts';
import { openThreadedStore } from './threaded.ts';

const started = (call: string) => delivery([callEvent(call, 'call.started')]);

describe('store on a thread', () => {
  it('stores a thousand deliveries of one turn once each, in their order', async () => {
    const { store } = await openThreadedStore();
    const given = Array.from({ length: 1_000 }, (_, index) => started(`CA${index}`));
    const settled: string[] = [];
    const recorded = await Promise.all(
      given.map(async (one) => {
        const answer = await store.recordDelivery(one);
        settled.push(answer.deliveryId);
        return answer;
      }),
    );
    const ids = given.map(({ deliveryId }) => deliveryId);
    expect(recorded.map(({ deliveryId }) => deliveryId)).toEqual(ids);
    expect(settled).toEqual(ids);
    expect(new Set(recorded.map(({ callId }) => callId)).size).toBe(1_000);
    expect((await store.countCalls({}, 5_000)).total).toBe(1_000);
  });

  it('tells the changes of a commit before it settles the promises of that commit', async () => {
    const { store } = await openThreadedStore();
    const told = new Set<string>();
    let commits = 0;
    store.onChange(({ deliveryIds }) => {
      commits += 1;
      for (const id of deliveryIds) told.add(id);
    });
    const toldInTime = await Promise.all(
      Array.from({ length: 600 }, async (_, index) => {
        const { deliveryId } = await store.recordDelivery(started(`CA${index}`));
        return told.has(deliveryId);
      }),
    );
    expect(toldInTime).not.toContain(false);
    expect(commits).toBeGreaterThan(1);
    expect(commits).toBeLessThan(60);
  });

  it('goes on when a listener throws, and says so', async () => {
    const onListenerError = vi.fn();
    const { store } = await openThreadedStore({ onListenerError });
    const seen: Changes[] = [];
    store.onChange(() => {
      throw new TypeError('a listener');
    });
    store.onChange((changes) => seen.push(changes));
    await store.putSetting('a', 1);
    expect(seen).toMatchObject([{ system: true }]);
    expect(onListenerError).toHaveBeenCalledExactlyOnceWith(new TypeError('a listener'));
  });

  it('carries errors with their codes and their wishes', () => {
    const error = new AppError('disk_full', 'No room.', { retryable: true, retryAfterMs: 5_000 });
    const received = receiveError(structuredClone(sendError(error)));
    expect(received).toBeInstanceOf(AppError);
    expect(received).toMatchObject({
      code: 'disk_full',
      message: 'No room.',
      retryable: true,
      retryAfterMs: 5_000,
    });
    const fault = receiveError(structuredClone(sendError(new TypeError('a fault'))));
    expect(fault).toBeInstanceOf(TypeError);
    expect(fault).toMatchObject({ message: 'a fault' });
  });

  it('refuses alone what is no plain data', async () => {
    const { store } = await openThreadedStore();
    const outcomes = await Promise.allSettled([
      store.putSetting('a', 1),
      store.putSetting('b', () => 1),
      store.putSetting('c', 3),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect([await store.getSetting('a'), await store.getSetting('c')]).toEqual([1, 3]);
  });

  it('keeps a body of 16 MB, and leaves the memory of a small one to its owner', async () => {
    const { store } = await openThreadedStore();
    const large = started('CA1');
    large.body = new Uint8Array(16 * 1024 * 1024).map((_, index) => index % 251);
    const small = started('CA2');
    const pool = Buffer.alloc(65_536, 'x');
    small.body = pool.subarray(100, 110);
    await Promise.all([store.recordDelivery(large), store.recordDelivery(small)]);
    const found = await store.getDelivery(large.deliveryId);
    expect(Buffer.from(found?.body ?? []).equals(large.body)).toBe(true);
    expect(Buffer.from((await store.getDelivery(small.deliveryId))?.body ?? []).toString()).toBe(
      'xxxxxxxxxx',
    );
    expect(pool.length).toBe(65_536);
  });

  it('reads while it writes, each read after what was answered before it', async () => {
    const { store } = await openThreadedStore();
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const { callId } = await store.recordDelivery(started(`CA${index}`));
        expect(await store.getCallRow(callId ?? '')).toMatchObject({ callId });
        expect((await store.listCalls({ q: callId ?? '' }, 5, null)).items).toHaveLength(1);
      }),
    );
  });

  it('finishes what is open before it closes, and refuses what comes later', async () => {
    const { store, dataDir } = await openThreadedStore();
    const open = Array.from({ length: 700 }, (_, index) => store.recordDelivery(started(`CA${index}`)));
    const closing = store.close();
    await expect(store.recordDelivery(started('CA-late'))).rejects.toMatchObject({ code: 'unavailable' });
    await closing;
    await store.close();
    expect((await Promise.allSettled(open)).filter(({ status }) => status === 'rejected')).toEqual([]);
    await expect(store.getCall('call_x')).rejects.toMatchObject({ code: 'unavailable' });
    const again = await openThreadedStore({ dataDir });
    expect((await again.store.countCalls({}, 5_000)).total).toBe(700);
  });
});

describe('a store thread that cannot open its database', () => {
  it('rejects the start with the reason', async () => {
    const dataDir = temporaryDir();
    const db = openWriter(databasePathIn(dataDir));
    db.exec('CREATE TABLE t (x INTEGER) STRICT');
    db.pragma('user_version = 9999');
    db.close();
    await expect(openThreadedStore({ dataDir })).rejects.toMatchObject({ code: 'database_newer' });
  });

  it('rejects the start when there is no such thread', async () => {
    const threadUrl = new URL('./no-such-thread.ts', import.meta.url);
    await expect(openThreadedStore({ threadUrl })).rejects.toThrow();
  });
});

describe('a store thread that dies', () => {
  it.each(['exits', 'throws'])('fails closed when it %s: what is open and what comes', async (label) => {
    const onDied = vi.fn();
    const { store, dataDir } = await openThreadedStore({ onDied });
    const { callId } = await store.recordDelivery(started('CA1'));
    const fatal = { ...started('CA2'), label };
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 20 }, () => store.getCallRow('call_x')),
      store.recordDelivery(fatal),
      ...Array.from({ length: 20 }, (_, index) => store.recordDelivery(started(`CA9${index}`))),
    ]);
    if (label === 'exits') {
      expect(outcomes.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    }
    await vi.waitFor(() => expect(onDied).toHaveBeenCalled());
    await expect(store.recordDelivery(started('CA3'))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.getCallRow(callId ?? '')).rejects.toMatchObject({ code: 'unavailable' });
    expect(onDied).toHaveBeenCalledTimes(1);
    await store.close();
    // What was acknowledged is there at the next start.
    const again = await openThreadedStore({ dataDir });
    expect(await again.store.getCallRow(callId ?? '')).toMatchObject({ callId });
  });
});

describe('the thread of the product', () => {
  it('reads the same scaled time as the application', async () => {
    const clock = createClock(1_000_000);
    const store = await createThreadedStore({
      threadUrl: new URL('../../../../src/main/store/thread/index.ts', import.meta.url),
      settings: {
        dataDir: temporaryDir(),
        clock: { scale: clock.scale, beganMs: clock.beganMs },
        workerUrl: new URL('../../../../src/main/worker/index.ts', import.meta.url).href,
        crashAt: null,
      },
    });
    const beforeMs = clock.now();
    const { sinceMs } = await store.pauseProvider('twilio', 'provider_unauthorized');
    const afterMs = clock.now();
    await store.close();
    expect(sinceMs).toBeGreaterThanOrEqual(beforeMs);
    expect(sinceMs).toBeLessThanOrEqual(afterMs);
  });
});
