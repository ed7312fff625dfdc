// What every carrier of the contract must do: the same results, the same errors, events in order, gaps made known.
import { expect, test } from 'vitest';
import type { EventEnvelope } from '../../src/preload/contract/events.ts';
import type { Handlers, Reply } from '../../src/preload/contract/api.ts';
import type { EventBus } from '../../src/main/api/event-bus.ts';
import { AppError } from '../../src/main/domain/errors.ts';
import { aCall } from '../unit/api/parts.ts';

export interface Carrier {
  bus: EventBus;
  invoke(name: string, input?: unknown): Promise<Reply<unknown>>;
  /** Resolves once events published from now on will arrive. */
  subscribe(listener: (envelope: EventEnvelope) => void, afterSeq?: number): Promise<() => void>;
  /** Everything that was written to the log, as text. */
  logged(): string;
  close(): Promise<void>;
}

/** What the carriers under test are put in front of. */
export const handlersUnderTest: Partial<Handlers> = {
  'calls.list': async ({ limit, q }) => ({
    items: [aCall('call_1', { reference: q ?? null })],
    nextCursor: `after-${limit}`,
  }),
  'calls.get': async () => {
    throw new AppError('not_found', 'There is no call with this id.');
  },
  'deliveries.list': async () => {
    throw new Error('secret detail /home/clinic/db');
  },
  // A handler that has drifted from the contract.
  'jobs.list': (async () => ({
    items: [{ jobId: 7 }],
    nextCursor: null,
  })) as unknown as Handlers['jobs.list'],
  'settings.get': async () =>
    Object.assign(
      { lines: [], keepRefusedUntilMs: null, checks: null, matching: 'exact' as const },
      { inner: 'x' },
    ),
};

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** @param open makes a fresh carrier in front of `handlersUnderTest` */
export function testCarrier(open: () => Promise<Carrier>): void {
  const withCarrier = (body: (carrier: Carrier) => Promise<void>) => async () => {
    const carrier = await open();
    try {
      await body(carrier);
    } finally {
      await carrier.close();
    }
  };

  test(
    'carries a result',
    withCarrier(async ({ invoke }) => {
      expect(await invoke('calls.list', { limit: 3, q: 'æ "quoted" \u2028 line' })).toEqual({
        ok: true,
        data: { items: [aCall('call_1', { reference: 'æ "quoted" \u2028 line' })], nextCursor: 'after-3' },
      });
    }),
  );

  test(
    'fills in defaults, also for no input at all',
    withCarrier(async ({ invoke }) => {
      expect(await invoke('calls.list', {})).toMatchObject({ ok: true, data: { nextCursor: 'after-50' } });
      expect(await invoke('calls.list')).toMatchObject({ ok: true, data: { nextCursor: 'after-50' } });
    }),
  );

  test(
    'names the field that is wrong in one sentence and does not repeat what was sent',
    withCarrier(async ({ invoke }) => {
      const reply = await invoke('calls.list', { limit: 'ten+14155550132' });
      expect(reply).toMatchObject({ ok: false, error: { code: 'bad_input' } });
      const message = reply.ok ? '' : reply.error.message;
      expect(message).toMatch(/^The field limit is not valid: .+\.$/);
      expect(message).not.toContain('4155550132');
      expect(await invoke('calls.list', { status: ['ringing', 'singing'] })).toMatchObject({
        error: { code: 'bad_input', message: expect.stringContaining('status.1') },
      });
      expect(await invoke('settings.update', { lines: [], evil: 1 })).toMatchObject({
        error: { code: 'bad_input' },
      });
      expect(await invoke('calls.list', { needsAttenton: true })).toEqual({
        ok: false,
        error: { code: 'bad_input', message: 'There is no field needsAttenton here.' },
      });
      expect(await invoke('calls.list', { '+1 (415) 555-0132': 1 })).toEqual({
        ok: false,
        error: { code: 'bad_input', message: 'The input has a field that is not known here.' },
      });
      for (const input of [null, 7, 'text', [], [{}]]) {
        expect(await invoke('calls.list', input)).toMatchObject({ ok: false, error: { code: 'bad_input' } });
      }
    }),
  );

  test(
    'knows only the names of the contract',
    withCarrier(async ({ invoke }) => {
      for (const name of [
        'calls.burn',
        '__proto__',
        'constructor',
        'toString',
        'hasOwnProperty',
        'calls.list ',
        'CALLS.LIST',
      ]) {
        expect(await invoke(name, {})).toMatchObject({ ok: false, error: { code: 'unknown_procedure' } });
      }
    }),
  );

  test(
    'carries a closed code and its sentence',
    withCarrier(async ({ invoke }) => {
      expect(await invoke('calls.get', { callId: 'call_9' })).toEqual({
        ok: false,
        error: { code: 'not_found', message: 'There is no call with this id.' },
      });
    }),
  );

  test(
    'says only that something went wrong when a handler fails, and logs it',
    withCarrier(async ({ invoke, logged }) => {
      const reply = await invoke('deliveries.list', {});
      expect(reply).toMatchObject({ ok: false, error: { code: 'internal' } });
      expect(JSON.stringify(reply)).not.toMatch(/secret detail|\.ts:|at /);
      expect(logged()).toContain('a handler failed');
    }),
  );

  test(
    'does not pass on an answer outside the contract',
    withCarrier(async ({ invoke, logged }) => {
      expect(await invoke('jobs.list', {})).toMatchObject({ ok: false, error: { code: 'internal' } });
      expect(logged()).toContain('a handler answered outside the contract');
      expect(await invoke('settings.get', {})).toEqual({
        ok: true,
        data: { lines: [], keepRefusedUntilMs: null, matching: 'exact', checks: null },
      });
    }),
  );

  test(
    'serves many calls at once, each its own answer',
    withCarrier(async ({ invoke }) => {
      const replies = await Promise.all(
        Array.from({ length: 40 }, (_, i) => invoke('calls.list', { limit: i + 1 })),
      );
      expect(replies.map((reply) => (reply.ok ? reply.data : null))).toEqual(
        replies.map((_, i) => ({ items: [aCall()], nextCursor: `after-${i + 1}` })),
      );
    }),
  );

  test(
    'pushes events in order, numbered without a gap',
    withCarrier(async ({ bus, subscribe }) => {
      const seen: EventEnvelope[] = [];
      await subscribe((envelope) => seen.push(envelope));
      for (let i = 0; i < 200; i++) bus.publish('call.merged', { callId: `call_${i}`, intoCallId: 'call_x' });
      await until(() => seen.length >= 200);
      const firstSeq = bus.lastSeq() - 199;
      expect(seen).toEqual(
        Array.from({ length: 200 }, (_, i) => ({
          seq: firstSeq + i,
          name: 'call.merged',
          data: { callId: `call_${i}`, intoCallId: 'call_x' },
        })),
      );
    }),
  );

  test(
    'catches up after a pause',
    withCarrier(async ({ bus, subscribe }) => {
      bus.publish('system.changed', {});
      const seenSeq = bus.lastSeq();
      bus.publish('call.changed', { call: aCall('call_2') });
      const seen: EventEnvelope[] = [];
      await subscribe((envelope) => seen.push(envelope), seenSeq);
      bus.publish('call.changed', { call: aCall('call_3') });
      await until(() => seen.length >= 2);
      expect(seen.map(({ seq, name }) => [seq - seenSeq, name])).toEqual([
        [1, 'call.changed'],
        [2, 'call.changed'],
      ]);
    }),
  );

  test(
    'says reset after a gap too long to catch up, and after another run',
    withCarrier(async ({ bus, subscribe }) => {
      const seenSeq = bus.lastSeq();
      for (let i = 0; i < 1_001; i++) bus.publish('system.changed', {});
      for (const after of [seenSeq, 3, bus.lastSeq() + 5]) {
        const seen: EventEnvelope[] = [];
        const stop = await subscribe((envelope) => seen.push(envelope), after);
        await until(() => seen.length >= 1);
        bus.publish('call.merged', { callId: 'call_1', intoCallId: 'call_2' });
        await until(() => seen.length >= 2);
        expect(seen.map(({ name }) => name)).toEqual(['reset', 'call.merged']);
        expect(seen[0]?.seq).toBe((seen[1]?.seq ?? 0) - 1);
        stop();
      }
    }),
  );

  test(
    'stops when asked, and two listeners do not disturb each other',
    withCarrier(async ({ bus, subscribe }) => {
      const first: EventEnvelope[] = [];
      const second: EventEnvelope[] = [];
      const stopFirst = await subscribe((envelope) => first.push(envelope));
      await subscribe((envelope) => second.push(envelope));
      bus.publish('system.changed', {});
      await until(() => first.length === 1 && second.length === 1);
      stopFirst();
      await until(() => bus.subscriberCount() === 1);
      bus.publish('system.changed', {});
      await until(() => second.length === 2);
      expect([first.length, second.length]).toEqual([1, 2]);
      expect(bus.subscriberCount()).toBe(1);
    }),
  );
}
