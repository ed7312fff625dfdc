import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { databasePathIn } from '../../../src/main/store/database.ts';
import type { Store } from '../../../src/main/store/store.ts';
import { createWorkerClient } from '../../../src/main/worker/client.ts';
import type { WorkerClient } from '../../../src/main/worker/worker.ts';
import { callEvent, delivery, openStore, recordingEvent, storedEvent, temporaryDir } from './samples.ts';

const workerUrl = new URL('../../../src/main/worker/index.ts', import.meta.url);

function workerFor(dataDir: string): WorkerClient {
  const worker = createWorkerClient({ workerUrl, databasePath: databasePathIn(dataDir) });
  onTestFinished(() => worker.close());
  return worker;
}

async function seed(store: Store): Promise<void> {
  for (const name of ['1', '2', '3']) {
    await store.recordDelivery(
      delivery([
        callEvent(`CA${name}`, 'call.ended', { status: 'completed', from: `+1415555010${name}` }),
        recordingEvent(`CA${name}`, `RE${name}`, 'recording.available'),
      ]),
    );
  }
  await store.appendEvents([storedEvent('RE2')]);
  await store.recordDelivery(delivery([callEvent(['CA1', 'CA3'], 'call.answered')]));
}

/** What a bug or a person with an editor could do to the rows. */
const tampering: [what: string, sql: string, differences: number][] = [
  ['a changed call', `UPDATE calls SET status = 'busy'`, 2],
  ['a changed recording', `UPDATE recordings SET sizeBytes = 1 WHERE status = 'stored'`, 1],
  ['a lost call', 'DELETE FROM calls', 2],
  ['a lost recording', `DELETE FROM recordings WHERE status = 'available'`, 2],
  [
    'a call too many',
    `INSERT INTO calls SELECT 'call_false', reference, providerId, direction, "from", "to", status,
    startedAtMs, answeredAtMs, endedAtMs, recordingStatus, durationMs, recordingCount, mainRecordingId, needsAttention,
    providerCode, kind, via, agentId, priority, dialState, dialGeneration, dialCode, record, unmatched, matchedBy,
    hasTranscript, recordingReason FROM calls LIMIT 1`,
    1,
  ],
  ['a lost id', `DELETE FROM callKeys WHERE value = 'CA2'`, 1],
  ['an id of another call', `UPDATE callKeys SET callId = 'call_false' WHERE value = 'CA2'`, 1],
  ['an id too many', `INSERT INTO callKeys VALUES ('twilio', 'call_sid', 'CA9', 'call_false')`, 1],
  ['a forgotten merge', 'DELETE FROM callAliases', 1],
  ['a merge into another call', `UPDATE callAliases SET intoCallId = 'call_false'`, 1],
  ['a merge too many', `INSERT INTO callAliases VALUES ('call_y', 'call_z')`, 1],
  [
    'an event counted to another call',
    `UPDATE events SET callId = 'call_false' WHERE eventKey = 'stored:RE2'`,
    1,
  ],
];

describe.each(['in the worker', 'without a worker'])('a rebuild %s', (where) => {
  const open = async () => {
    const dataDir = temporaryDir();
    const worker = where === 'in the worker' ? workerFor(dataDir) : undefined;
    const opened = await openStore({ dataDir, worker });
    await seed(opened.store);
    return opened;
  };

  it('of an untouched database finds nothing to mend', async () => {
    const { store } = await open();
    expect(await store.rebuild(false)).toEqual({
      events: 11,
      calls: 2,
      recordings: 3,
      differences: 0,
      applied: false,
    });
    expect(await store.rebuild(true)).toMatchObject({ differences: 0, applied: true });
  });

  it('finds every kind of wrong row, changes nothing by itself, and mends when asked', async () => {
    const { store, dataDir } = await open();
    const rows = async (): Promise<unknown> => {
      const { items } = await store.listCalls({}, 50, null);
      return Promise.all(items.map(({ callId }) => store.getCall(callId)));
    };
    const sound = await rows();
    for (const [what, sql, differences] of tampering) {
      const editor = new Sqlite(databasePathIn(dataDir));
      editor.exec(sql);
      editor.close();
      expect(await store.rebuild(false), what).toMatchObject({ differences, applied: false });
      expect(await store.rebuild(true), what).toMatchObject({ differences, applied: true });
      expect((await store.rebuild(false)).differences, what).toBe(0);
      expect(await rows(), what).toEqual(sound);
    }
  });
});

it('tells which calls were mended', async () => {
  const { store, dataDir } = await openStore();
  await seed(store);
  const editor = new Sqlite(databasePathIn(dataDir));
  editor.exec(`UPDATE calls SET status = 'busy' WHERE recordingStatus = 'stored'`);
  editor.close();
  const told: string[] = [];
  store.onChange(({ callIds }) => told.push(...callIds));
  await store.rebuild(true);
  const [mended] = (await store.listCalls({ recordingStatus: ['stored'] }, 5, null)).items;
  expect(told).toEqual([mended?.callId]);
  expect(mended?.status).toBe('completed');
});

describe('the worker', () => {
  it('searches with the same answers as the store itself', async () => {
    const dataDir = temporaryDir();
    const { store } = await openStore({ dataDir });
    await seed(store);
    const worker = workerFor(dataDir);
    for (const q of ['555-0102', 'ca3', 'nothing like it']) {
      expect(await worker.searchCalls({ q }, 10, null)).toEqual(await store.listCalls({ q }, 10, null));
      expect(await worker.countCalls({ q }, 10)).toEqual(await store.countCalls({ q }, 10));
    }
    expect(await worker.checkDatabase()).toEqual([]);
  });

  it('sees what was stored after it was started', async () => {
    const dataDir = temporaryDir();
    const { store } = await openStore({ dataDir, worker: workerFor(dataDir) });
    expect((await store.listCalls({ q: 'CA2' }, 10, null)).items).toEqual([]);
    await seed(store);
    expect((await store.listCalls({ q: 'CA2' }, 10, null)).items).toHaveLength(1);
    expect((await store.countCalls({ q: 'CA2' }, 10)).total).toBe(1);
  });

  it('hands back closed codes', async () => {
    const dataDir = temporaryDir();
    const worker = workerFor(dataDir);
    await expect(worker.checkDatabase()).rejects.toMatchObject({ name: 'AppError', code: 'disk_failed' });
    await openStore({ dataDir });
    await expect(worker.searchCalls({ q: 'x' }, 10, 'no cursor')).rejects.toMatchObject({
      code: 'bad_input',
    });
    expect(await worker.checkDatabase()).toEqual([]);
  });

  it('that died fails what was open and is started anew for what comes next', async () => {
    const dataDir = temporaryDir();
    await openStore({ dataDir });
    const dying = createWorkerClient({
      workerUrl: new URL('./worker-that-dies-once.ts', import.meta.url),
      databasePath: databasePathIn(dataDir),
    });
    onTestFinished(() => dying.close());
    const open = await Promise.allSettled([dying.checkDatabase(), dying.compareRebuild()]);
    for (const outcome of open) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'worker_failed', retryable: true },
      });
    }
    expect(await dying.checkDatabase()).toEqual([]);
  });

  it('refuses what is asked after it was closed', async () => {
    const worker = workerFor(temporaryDir());
    await worker.close();
    await expect(worker.checkDatabase()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
