// Use case: audio that a provider sent to us is kept as the recording it is, and journaled. The file is safe before
// the journal knows of it, and the journal before anybody says 2xx.
import type { AudioFacts } from '../domain/audio.ts';
import type { Clock } from '../domain/clock.ts';
import { fileNameOf } from '../domain/file-name.ts';
import type { NewJob } from '../domain/job.ts';
import type { DomainEvent } from '../domain/provider-event.ts';
import type { Log } from '../log.ts';
import type { Provider } from '../providers/provider.ts';
import type { LocalStorage, PendingFile } from '../storage/storage.ts';
import type { CutBody, NewDelivery, RecordedDelivery, Store } from '../store/store.ts';
import { type InboundFact, pickHeaders } from './apply-provider-event.ts';

/** A whole body that was taken in while it streamed, its audio checked. */
export interface SpooledAudio {
  /** Checked, not yet committed. */
  file: PendingFile;
  audio: AudioFacts;
  /** The body without the content of its audio string, and what it says. */
  rest: Buffer;
  json: unknown;
  /** Where in `rest` the content was. */
  cutAt: number;
  /** Whether the body can be made again from `rest` and the file, byte by byte. */
  isExact: boolean;
  /** Of the body as it came. */
  sizeBytes: number;
  bodySha256: string;
}

export type AudioFact = Omit<InboundFact, 'body'>;

/** @returns null when the body does not say whose audio it is: nothing was kept then */
export type ReceiveAudio = (
  provider: Provider,
  fact: AudioFact,
  spooled: SpooledAudio,
) => Promise<RecordedDelivery | null>;

/** Which recording the audio is, by the event that says that there is one. */
interface Available extends Pick<DomainEvent, 'eventKey' | 'providerId' | 'keys'> {
  providerRecordingId: string;
}

/**
 * Makes the use case. A recording that is stored already keeps its file, whatever comes later: replays change nothing.
 * Errors of a run: disk_full, disk_failed and the store's own; the file is gone then.
 */
export function createReceiveAudio(deps: {
  store: Pick<Store, 'recordDelivery' | 'getRecording'>;
  storage: Pick<LocalStorage, 'stat' | 'remove'>;
  newId: (prefix: string, nowMs: number) => string;
  clock: Clock;
  recordingIdOf: (providerId: string, providerRecordingId: string) => string;
  log: Log;
  /** Jobs that the events cause beyond the audio, which is here (follow-up rules). */
  jobsOf?: (provider: Provider, events: readonly DomainEvent[]) => NewJob[];
  /** Only in fault tests. */
  crashPoint?: ((name: string) => void) | undefined;
}): ReceiveAudio {
  const { store, storage, newId, clock, recordingIdOf, log, crashPoint } = deps;
  // Two bodies of one recording at the same moment: the second finds what the first has stored.
  const busy = new Map<string, Promise<unknown>>();

  const oneAtATime = async <T>(recordingId: string, run: () => Promise<T>): Promise<T> => {
    const before = busy.get(recordingId);
    const mine = (before ?? Promise.resolve()).then(run, run);
    const settled = mine.catch(() => undefined);
    busy.set(recordingId, settled);
    try {
      return await mine;
    } finally {
      if (busy.get(recordingId) === settled) busy.delete(recordingId);
    }
  };

  /** Whether this audio is wanted: not when it is here, and not when it was deleted by a rule or a person. */
  const isWanted = async (recordingId: string): Promise<boolean> => {
    const row = await store.getRecording(recordingId);
    if (row?.status === 'deleted') return false;
    if (row?.status !== 'stored' || row.fileName === null) return true;
    return (await storage.stat(row.fileName))?.sizeBytes !== row.sizeBytes;
  };

  const keep = async (
    delivery: NewDelivery,
    recordingId: string,
    available: Available,
    spooled: SpooledAudio,
  ): Promise<RecordedDelivery> => {
    const { file, audio } = spooled;
    const fileName = fileNameOf(recordingId, audio.extension);
    const { sizeBytes } = file;
    const sha256 = file.sha256();
    await file.commit(fileName);
    crashPoint?.('audio:file-committed');
    const { durationMs, channels, contentType } = audio;
    const stored: DomainEvent = {
      kind: 'recording.stored',
      eventKey: `${available.eventKey}:stored`,
      providerId: available.providerId,
      occurredAtMs: clock.now(),
      sequence: 0,
      keys: available.keys,
      data: {
        providerRecordingId: available.providerRecordingId,
        durationMs,
        channels,
        sizeBytes,
        sha256,
        contentType,
        fileName,
        flags: [],
      },
    };
    const cut = cutOf(spooled, fileName);
    try {
      const recorded = await store.recordDelivery({ ...delivery, cut, events: [...delivery.events, stored] });
      log.info('recording file received', { recordingId, sizeBytes, durationMs });
      return recorded;
    } catch (error) {
      // Nobody knows of the file; the sender is told that we do not have it.
      if ((await store.getRecording(recordingId).catch(() => null)) === null) await storage.remove(fileName);
      throw error;
    }
  };

  return async (provider, fact, spooled) => {
    const { path, receivedAtMs } = fact;
    const { json, bodySha256 } = spooled;
    const understood = provider.streamedAudio?.understand({ path, json, receivedAtMs, bodySha256 });
    const available = availableIn(understood?.events ?? []);
    if (understood === undefined || available === null) return null;
    const { outcome, label, dedupeKey, events } = understood;
    const delivery: NewDelivery = {
      deliveryId: newId('dlv', receivedAtMs),
      providerId: provider.providerId,
      receivedAtMs,
      source: fact.source,
      verification: fact.verification,
      outcome,
      label,
      dedupeKey,
      method: fact.method,
      path: fact.pathAndQuery,
      headers: pickHeaders(fact.headers, provider.keptHeaders ?? []),
      body: spooled.rest,
      cut: cutOf(spooled, null),
      events,
      jobs: (deps.jobsOf?.(provider, events) ?? []).filter(({ kind }) => kind !== 'fetch-recording'),
    };
    const recordingId = recordingIdOf(available.providerId, available.providerRecordingId);
    return oneAtATime(recordingId, async () =>
      (await isWanted(recordingId))
        ? keep(delivery, recordingId, available, spooled)
        : store.recordDelivery(delivery),
    );
  };
}

function availableIn(events: readonly DomainEvent[]): Available | null {
  for (const event of events) {
    if (event.kind !== 'recording.available') continue;
    const { eventKey, providerId, keys, data } = event;
    return { eventKey, providerId, keys, providerRecordingId: data.providerRecordingId };
  }
  return null;
}

function cutOf(spooled: SpooledAudio, fileName: string | null): CutBody {
  const { cutAt, sizeBytes, bodySha256, isExact, file } = spooled;
  return { offsetBytes: cutAt, fileName, audioSha256: file.sha256(), sizeBytes, bodySha256, isExact };
}
