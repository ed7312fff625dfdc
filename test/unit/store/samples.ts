// What the tests of the store and of the fold are fed with, and a store in a folder of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../src/main/domain/clock.ts';
import type { NewJob } from '../../../src/main/domain/job.ts';
import {
  type CallFacts,
  type DomainEvent,
  ourCallKey,
  placedEventKey,
  type RecordingFacts,
} from '../../../src/main/domain/provider-event.ts';
import { newId, recordingIdOf } from '../../../src/main/ids.ts';
import { createSqliteStore, type SqliteStoreDeps } from '../../../src/main/store/sqlite-store.ts';
import type { NewDelivery, Store } from '../../../src/main/store/store.ts';

export const startMs = Date.UTC(2026, 0, 5, 9, 0, 0);

/** A clock that stands still until it is set. */
export function standingClock(): Clock & { set(nowMs: number): void; add(ms: number): void } {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    set: (ms) => {
      nowMs = ms;
    },
    add: (ms) => {
      nowMs += ms;
    },
    scale: 1,
    delay: async () => undefined,
    every: () => () => undefined,
  };
}

export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tapedeck-store-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export type OpenedStore = { store: Store; dataDir: string; clock: ReturnType<typeof standingClock> };

/** A store of its own for one test, closed and removed after it. */
export async function openStore(deps: Partial<SqliteStoreDeps> = {}): Promise<OpenedStore> {
  const clock = standingClock();
  const dataDir = deps.dataDir ?? temporaryDir();
  const store = await createSqliteStore({ clock, newId, recordingIdOf, ...deps, dataDir });
  onTestFinished(() => store.close());
  return { store, dataDir, clock };
}

const callSid = (name: string) => ({ providerId: 'twilio', kind: 'call_sid', value: name });

let made = 0;
/** A number that no earlier sample has. */
export function serial(): number {
  made += 1;
  return made;
}

export function callEvent(
  call: string | readonly string[],
  kind: 'call.started' | 'call.answered' | 'call.ended',
  facts: CallFacts = {},
  occurredAtMs = startMs,
): DomainEvent {
  const names = typeof call === 'string' ? [call] : call;
  return {
    kind,
    eventKey: `call:${names.join('+')}:${kind}:${facts.status ?? ''}`,
    providerId: 'twilio',
    occurredAtMs,
    sequence: { 'call.started': 0, 'call.answered': 1, 'call.ended': 2 }[kind],
    keys: names.map(callSid),
    data: facts,
  };
}

export function recordingEvent(
  call: string | null,
  recording: string,
  kind: 'recording.started' | 'recording.processing' | 'recording.available' | 'recording.absent',
  facts: Partial<RecordingFacts> = {},
  occurredAtMs = startMs,
): DomainEvent {
  return {
    kind,
    eventKey: `recording:${recording}:${kind}`,
    providerId: 'twilio',
    occurredAtMs,
    sequence: 3,
    keys:
      call === null ? [] : [callSid(call), { providerId: 'twilio', kind: 'recording_sid', value: recording }],
    data: { providerRecordingId: recording, ...facts },
  };
}

export function storedEvent(recording: string, occurredAtMs = startMs): DomainEvent {
  return {
    kind: 'recording.stored',
    eventKey: `stored:${recording}`,
    providerId: 'twilio',
    occurredAtMs,
    sequence: 0,
    keys: [],
    data: {
      providerRecordingId: recording,
      durationMs: 4_000,
      channels: 2,
      sizeBytes: 128_044,
      sha256: 'a'.repeat(64),
      contentType: 'audio/wav',
      fileName: 'ab/rec.wav',
      flags: ['duration_differs'],
    },
  };
}

export function delivery(events: DomainEvent[], more: Partial<NewDelivery> = {}): NewDelivery {
  const number = serial();
  return {
    deliveryId: newId('del', startMs + number),
    providerId: 'twilio',
    receivedAtMs: startMs + number,
    source: 'webhook',
    verification: 'verified',
    outcome: 'applied',
    label: 'recording completed',
    dedupeKey: `sample:${number}`,
    method: 'POST',
    path: '/webhooks/twilio-recording',
    headers: [{ name: 'content-type', value: 'application/x-www-form-urlencoded' }],
    body: Buffer.from(`number=${number}`),
    events,
    jobs: [],
    ...more,
  };
}

export function fetchJob(recording: string, more: Partial<NewJob> = {}): NewJob {
  const recordingId = recordingIdOf('twilio', recording);
  return {
    kind: 'fetch-recording',
    dedupe: recordingId,
    payload: { recordingId },
    providerId: 'twilio',
    runAtMs: startMs,
    ...more,
  };
}

/** A call for the queue, asked for at `startMs`. */
export function placedEvent(callId: string, priority = 0): DomainEvent {
  return {
    kind: 'call.placed',
    eventKey: placedEventKey(callId),
    providerId: 'twilio',
    occurredAtMs: startMs,
    sequence: 0,
    keys: [ourCallKey(callId)],
    data: { callId, callKind: 'priority-queue', via: 'twilio', to: '+14155550199', priority, record: true },
  };
}
