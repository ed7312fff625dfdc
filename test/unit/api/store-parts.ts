// A real store in a folder of its own, and events to fill it with.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallFacts, DomainEvent, RecordingFacts } from '../../../src/main/domain/provider-event.ts';
import { newId, recordingIdOf } from '../../../src/main/ids.ts';
import { createSqliteStore } from '../../../src/main/store/sqlite-store.ts';
import type { NewDelivery, Store } from '../../../src/main/store/store.ts';
import { standingClock } from './parts.ts';

export interface OpenStore {
  store: Store;
  clock: ReturnType<typeof standingClock>;
  /** Journals the events as one verified delivery. @returns the call they belong to */
  deliver(events: DomainEvent[], changes?: Partial<NewDelivery>): Promise<string>;
  close(): Promise<void>;
}

export async function openStore(): Promise<OpenStore> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tapedeck-api-'));
  const clock = standingClock();
  const store = await createSqliteStore({ dataDir, clock, newId, recordingIdOf });
  return {
    store,
    clock,
    async deliver(events, changes = {}) {
      const { callId } = await store.recordDelivery({
        deliveryId: newId('dlv', clock.now()),
        providerId: 'twilio',
        receivedAtMs: clock.now(),
        source: 'webhook',
        verification: 'verified',
        outcome: 'applied',
        label: 'call ringing',
        dedupeKey: events.map(({ eventKey }) => eventKey).join(),
        method: 'POST',
        path: '/webhooks/twilio-call-status?x=1',
        headers: [{ name: 'content-type', value: 'application/x-www-form-urlencoded' }],
        body: Buffer.from('CallStatus=ringing'),
        events,
        jobs: [],
        ...changes,
      });
      return callId ?? '';
    },
    async close() {
      await store.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

const head = (sid: string, kind: string, occurredAtMs: number, sequence: number) => ({
  eventKey: `twilio ${sid} ${kind} ${occurredAtMs}`,
  providerId: 'twilio',
  occurredAtMs,
  sequence,
  keys: [{ providerId: 'twilio', kind: 'call_sid', value: sid }],
});

export function callEvent(
  sid: string,
  kind: 'call.started' | 'call.answered' | 'call.ended',
  occurredAtMs: number,
  data: CallFacts,
): DomainEvent {
  return { ...head(sid, kind, occurredAtMs, 1), kind, data };
}

export function recordingEvent(
  sid: string,
  kind: 'recording.started' | 'recording.available' | 'recording.absent',
  occurredAtMs: number,
  data: RecordingFacts,
): DomainEvent {
  return { ...head(sid, kind, occurredAtMs, 2), kind, data };
}
