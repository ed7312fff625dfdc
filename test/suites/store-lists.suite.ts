// What every implementation of the store port must do with its lists of calls. Written against the port alone.
import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../src/main/domain/provider-event.ts';
import type { CallsQuery, Store } from '../../src/main/store/store.ts';
import { callEvent, delivery, placedEvent, recordingEvent, serial, startMs } from '../unit/store/samples.ts';
import type { StoreUnderTest } from './store.suite.ts';

export function storeListsSuite(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: lists of calls`, () => {
    const seed = async (store: Store): Promise<void> => {
      const statuses = ['completed', 'ringing', 'no_answer', 'in_progress'] as const;
      await Promise.all(
        Array.from({ length: 24 }, (_, index) => {
          const call = `CA${String(index).padStart(2, '0')}x${serial()}`;
          const status = statuses[index % 4] ?? 'completed';
          // Three calls share each moment.
          const atMs = startMs + Math.floor(index / 3) * 1_000;
          const events = [
            callEvent(
              call,
              'call.started',
              {
                status,
                direction: index % 2 === 0 ? 'inbound' : 'outbound',
                from: `+1415555${String(1000 + index)}`,
                to: '+14155550100',
                ...(index === 5 ? { reference: 'Intake_50%' } : {}),
              },
              atMs,
            ),
          ];
          if (index === 7) events.push(recordingEvent(call, `RE7x${serial()}`, 'recording.absent', {}, atMs));
          return store.recordDelivery(delivery(events));
        }),
      );
    };
    const all = async (store: Store, query: CallsQuery, limit: number): Promise<string[]> => {
      const found: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Store['listCalls']>> = await store.listCalls(query, limit, cursor);
        expect(page.items.length).toBeLessThanOrEqual(limit);
        found.push(...page.items.map(({ callId }) => callId));
        cursor = page.nextCursor;
      } while (cursor !== null);
      return found;
    };

    it('gives every call once, newest first, whatever the page length and with equal times', async () => {
      const { store } = await open();
      await seed(store);
      const whole = (await store.listCalls({}, 200, null)).items;
      expect(whole).toHaveLength(24);
      const sorted = [...whole].sort(
        (a, b) => b.startedAtMs - a.startedAtMs || (a.callId < b.callId ? 1 : -1),
      );
      expect(whole).toEqual(sorted);
      for (const limit of [1, 2, 3, 5, 24, 25]) {
        expect(await all(store, {}, limit)).toEqual(whole.map(({ callId }) => callId));
      }
    });

    it('filters as asked, in the same order, page after page', async () => {
      const { store } = await open();
      await seed(store);
      const whole = (await store.listCalls({}, 200, null)).items;
      const live = new Set(['queued', 'ringing', 'in_progress']);
      const cases: [CallsQuery, (call: (typeof whole)[number]) => boolean][] = [
        [{ live: true }, ({ status }) => live.has(status)],
        [{ status: ['completed', 'no_answer'] }, ({ status }) => !live.has(status)],
        [{ status: ['ringing', 'completed'], live: true }, ({ status }) => status === 'ringing'],
        [{ status: ['completed'], live: true }, () => false],
        [{ recordingStatus: ['absent'] }, ({ recordingStatus }) => recordingStatus === 'absent'],
        [
          { recordingStatus: ['none_yet', 'not_expected'], status: ['no_answer'] },
          ({ status }) => status === 'no_answer',
        ],
        [{ status: [] }, () => false],
        [{ direction: 'inbound' }, ({ direction }) => direction === 'inbound'],
        [{ providerId: 'telnyx' }, () => false],
        [
          { startedFromMs: startMs + 2_000, startedToMs: startMs + 4_000 },
          ({ startedAtMs }) => startedAtMs >= startMs + 2_000 && startedAtMs < startMs + 4_000,
        ],
        [{ q: '(415) 555-1003' }, ({ from }) => from === '+14155551003'],
        [{ q: '0100' }, () => true],
        [{ q: 'intake_50%' }, ({ reference }) => reference === 'Intake_50%'],
        [{ q: 'ca07x' }, ({ recordingStatus }) => recordingStatus === 'absent'],
        [{ q: 're7x' }, ({ recordingStatus }) => recordingStatus === 'absent'],
        [{ q: whole[4]?.callId ?? '' }, ({ callId }) => callId === whole[4]?.callId],
        [{ q: '_50%' }, ({ reference }) => reference !== null],
        ...['%', '_', '%_ %', '\0', 'ca\0', '\0%'].map((q): [CallsQuery, () => boolean] => [
          { q },
          () => false,
        ]),
        [{ q: '  ' }, () => true],
      ];
      for (const [query, wanted] of cases) {
        const expected = whole.filter(wanted).map(({ callId }) => callId);
        expect(await all(store, query, 2), JSON.stringify(query)).toEqual(expected);
        expect((await store.countCalls(query, 1_000)).total, JSON.stringify(query)).toBe(expected.length);
      }
    });

    it('tells calls that a person has to match from all others, and why one has no audio', async () => {
      const { store } = await open();
      const audio = recordingEvent('conv', 'RE1', 'recording.absent', { reason: 'too_short' });
      await store.recordDelivery(delivery([audio]));
      await store.recordDelivery(delivery([callEvent('CA1', 'call.started', {}, startMs + 1)]));
      const [known, unmatched] = (await store.listCalls({}, 10, null)).items;
      expect(unmatched).toMatchObject({
        unmatched: true,
        recordingStatus: 'absent',
        recordingReason: 'too_short',
      });
      expect(known).toMatchObject({ unmatched: false, recordingReason: null });
      expect((await store.listCalls({ unmatched: true }, 10, null)).items).toEqual([unmatched]);
      expect((await store.listCalls({ unmatched: false }, 10, null)).items).toEqual([known]);
      expect((await store.countCalls({ unmatched: true }, 10)).total).toBe(1);
    });

    it('counts a call as live from its dialling on: what waits to be dialled is in the queue', async () => {
      const { store } = await open();
      const waiting = placedEvent('call_waiting');
      const dialing = placedEvent('call_dialing');
      const started: DomainEvent = {
        ...dialing,
        eventKey: 'dial:call_dialing:0:started',
        kind: 'call.dial_started',
        data: { generation: 0 },
      };
      for (const events of [[waiting], [dialing, started]]) await store.recordDelivery(delivery(events));
      const ids = async (query: CallsQuery) => (await all(store, query, 10)).sort();
      expect(await ids({ status: ['queued'] })).toEqual(['call_dialing', 'call_waiting']);
      expect(await ids({ live: true })).toEqual(['call_dialing']);
      expect(await ids({ live: true, status: ['queued'], recordingStatus: ['none_yet'] })).toEqual([
        'call_dialing',
      ]);
      expect(await store.countCalls({}, 10)).toMatchObject({ total: 2, live: 1 });
      expect(await store.countCalls({ live: true }, 10)).toMatchObject({ total: 1, live: 1 });
    });

    it('counts up to a cap, and live and needy calls within the other filters', async () => {
      const { store } = await open();
      await seed(store);
      expect(await store.countCalls({}, 10)).toEqual({ total: 10, live: 10, needsAttention: 0 });
      expect(await store.countCalls({ status: ['completed'], direction: 'outbound' }, 100)).toEqual({
        total: 0,
        live: 12,
        needsAttention: 0,
      });
    });

    it('refuses a cursor that is none of its own', async () => {
      const { store } = await open();
      for (const cursor of [
        'x',
        Buffer.from('[1]').toString('base64url'),
        Buffer.from('{}').toString('base64'),
      ]) {
        await expect(store.listCalls({}, 10, cursor)).rejects.toMatchObject({ code: 'bad_input' });
      }
      await expect(store.listDeliveries({}, 10, '!!')).rejects.toMatchObject({ code: 'bad_input' });
      await expect(store.listJobs({}, 10, '!!')).rejects.toMatchObject({ code: 'bad_input' });
    });
  });
}
