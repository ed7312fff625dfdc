// What every implementation of the store port must do with runs of checks, marks and outages.
import { describe, expect, it } from 'vitest';
import type { PollDetail } from '../../src/preload/contract/checks.ts';
import type { CheckRun } from '../../src/main/store/check-store.ts';
import { startMs } from '../unit/store/samples.ts';
import type { StoreUnderTest } from './store.suite.ts';

const runId = (number: number): string => `run_${String(number).padStart(26, '0')}`;

function checkRun(number: number, change: Partial<CheckRun> = {}): CheckRun {
  return {
    runId: runId(number),
    kind: 'poll',
    trigger: 'interval',
    state: 'running',
    fromMs: startMs - 60_000,
    toMs: startMs,
    startedAtMs: startMs + number,
    finishedAtMs: null,
    providers: [],
    lookedAt: 0,
    processed: 0,
    waiting: 0,
    notRecorded: 0,
    problems: 0,
    resume: null,
    ...change,
  };
}

const detail = (change: Partial<PollDetail> = {}): PollDetail => ({
  chatId: 'chat-1',
  callSid: 'CA1',
  status: 'no_recordings',
  callId: 'call_1',
  providerId: 'twilio',
  ...change,
});

export function storeChecksSuite(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: checks`, () => {
    it('keeps a run as it was last written, and tells of it', async () => {
      const { store } = await open();
      const told: string[] = [];
      store.onChange(({ runIds }) => told.push(...runIds));
      await store.putCheckRun(checkRun(1, { resume: { twilio: '/page/2' } }));
      await store.putCheckRun(checkRun(1, { state: 'done', finishedAtMs: startMs + 9, processed: 2 }));
      expect(await store.getCheckRun(runId(1))).toEqual(
        checkRun(1, { state: 'done', finishedAtMs: startMs + 9, processed: 2 }),
      );
      expect(told).toEqual([runId(1), runId(1)]);
      expect(await store.getCheckRun(runId(2))).toBeNull();
    });

    it('lists runs newest first, a page at a time, also of one kind', async () => {
      const { store } = await open();
      for (const number of [1, 2, 3, 4]) {
        await store.putCheckRun(checkRun(number, { kind: number % 2 === 0 ? 'sweep' : 'poll' }));
      }
      const first = await store.listCheckRuns({}, 3, null);
      expect(first.items.map((run) => run.runId)).toEqual([runId(4), runId(3), runId(2)]);
      const rest = await store.listCheckRuns({}, 3, first.nextCursor);
      expect([rest.items.map((run) => run.runId), rest.nextCursor]).toEqual([[runId(1)], null]);
      const { items } = await store.listCheckRuns({ kind: 'sweep' }, 10, null);
      expect(items.map((run) => run.runId)).toEqual([runId(4), runId(2)]);
    });

    it('knows the runs that are not over, oldest first', async () => {
      const { store } = await open();
      await store.putCheckRun(checkRun(1, { kind: 'backfill', state: 'paused' }));
      await store.putCheckRun(checkRun(2, { state: 'done' }));
      await store.putCheckRun(checkRun(3));
      expect((await store.listOpenCheckRuns()).map((run) => run.runId)).toEqual([runId(1), runId(3)]);
    });

    it('keeps outcomes in the order found, and finds those of one call', async () => {
      const { store } = await open();
      const whole = detail({
        status: 'twilio_error',
        recordingId: 'rec_1',
        code: 'provider_unauthorized',
        providerCode: '20003',
        message: 'Twilio did not accept the account details.',
      });
      await store.putCheckRun(checkRun(1));
      await store.addCheckOutcomes(runId(1), [detail(), whole]);
      await store.addCheckOutcomes(runId(1), [detail({ callId: 'call_2', status: 'uploaded' })]);
      await store.putCheckRun(checkRun(2));
      await store.addCheckOutcomes(runId(2), [detail({ status: 'processing' })]);
      expect(await store.listCheckOutcomes(runId(1), 0, 10)).toEqual([
        detail(),
        whole,
        detail({ callId: 'call_2', status: 'uploaded' }),
      ]);
      expect(await store.listCheckOutcomes(runId(1), 1, 1)).toEqual([whole]);
      const ofCall = await store.listOutcomesOfCall('call_1', 2);
      expect(ofCall[0]).toEqual({ ...detail({ status: 'processing' }), runId: runId(2) });
      expect(ofCall).toHaveLength(2);
    });

    it('lets the oldest runs go with their outcomes, but none that is not over', async () => {
      const { store } = await open();
      await store.putCheckRun(checkRun(1, { kind: 'backfill', state: 'paused' }));
      await store.putCheckRun(checkRun(2, { state: 'done' }));
      await store.addCheckOutcomes(runId(2), [detail()]);
      await Promise.all(
        Array.from({ length: 2_000 }, (_, index) =>
          store.putCheckRun(checkRun(index + 3, { state: 'done' })),
        ),
      );
      expect(await store.getCheckRun(runId(1))).not.toBeNull();
      expect(await store.getCheckRun(runId(2))).toBeNull();
      expect(await store.listCheckOutcomes(runId(2), 0, 10)).toEqual([]);
    });

    it('remembers how far each provider was compared', async () => {
      const { store } = await open();
      const mark = {
        providerId: 'twilio',
        fromMs: startMs - 9,
        upToMs: startMs,
        checkedAtMs: startMs + 5,
        providerRecordings: 3,
        lacking: ['rec_1'],
      };
      await store.putCheckMark(mark);
      await store.putCheckMark({ ...mark, upToMs: startMs + 7, lacking: [] });
      expect(await store.listCheckMarks()).toEqual([{ ...mark, upToMs: startMs + 7, lacking: [] }]);
    });

    it('finds the outages that touch a window, also one that lasts', async () => {
      const { store } = await open();
      const outage = (outageId: string, fromMs: number, toMs: number | null) =>
        ({ outageId, kind: 'web_link', fromMs, toMs, code: null }) as const;
      await store.putOutage(outage('out_1', 100, 200));
      await store.putOutage(outage('out_2', 300, null));
      await store.putOutage(outage('out_3', 700, 800));
      const ids = async (fromMs: number, toMs: number): Promise<string[]> =>
        (await store.listOutages(fromMs, toMs)).map(({ outageId }) => outageId);
      expect(await ids(200, 250)).toEqual(['out_1']);
      expect(await ids(201, 699)).toEqual(['out_2']);
      await store.putOutage(outage('out_2', 300, 400));
      expect(await ids(500, 900)).toEqual(['out_3']);
    });
  });
}
