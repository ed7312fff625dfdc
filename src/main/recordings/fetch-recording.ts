// Use case: fetch one recording from its provider, prove that it is what the provider says, keep it. Each run ends
// in a settlement that the job worker writes in one transaction: events, follow-up jobs and the job's own fate.
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { RecordingFlag } from '../../preload/contract/recordings.ts';
import type { Clock } from '../domain/clock.ts';
import { isDurationRight, isSameAgain } from '../domain/duration.ts';
import { AppError } from '../domain/errors.ts';
import { followJob } from '../domain/follow-up.ts';
import { fileNameOf } from '../domain/file-name.ts';
import { type ClaimedJob, type NewJob, nextStep } from '../domain/job.ts';
import type { DomainEvent, Try } from '../domain/provider-event.ts';
import type { RecordingRow } from '../domain/recording.ts';
import type { Log } from '../log.ts';
import type { GuardedFetch } from '../net/net.ts';
import type { Provider } from '../providers/provider.ts';
import type { LocalStorage } from '../storage/storage.ts';
import type { JobSettlement, Store } from '../store/store.ts';
import { type Download, downloadMedia } from './download-media.ts';
import { ownKeys } from './find-provider.ts';
import { ackOf, asAppError, keptOf, pauseIfRefused } from './job-trouble.ts';

export interface FetchRecordingDeps {
  store: Pick<Store, 'getRecording' | 'getCall' | 'appendEvents' | 'pauseProvider' | 'resumeProvider'>;
  storage: Pick<LocalStorage, 'create' | 'stat' | 'freeBytes'>;
  fetch: GuardedFetch;
  providers: readonly Provider[];
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  onProgress: (recordingId: string, callId: string, receivedBytes: number, totalBytes: number | null) => void;
  log: Log;
  /** Free space that a fetch leaves alone. Default 500 MB. */
  reserveBytes?: number;
  /** Tests only: told of named moments, in order `fetch:started|answered|checked|committed`. */
  crashPoint?: ((name: string) => void) | undefined;
}

export type FetchRecording = (job: ClaimedJob, signal: AbortSignal) => Promise<JobSettlement>;

interface Run {
  job: ClaimedJob;
  row: RecordingRow;
  startedAtMs: number;
  signal: AbortSignal;
}

/**
 * Makes the use case. A run never throws: what goes wrong is in the settlement, with the event that tells the call.
 * Refused credentials pause the provider and give the attempt back; a run that is aborted gives it back, too.
 */
export function createFetchRecording(deps: FetchRecordingDeps): FetchRecording {
  const { store, storage, clock, log, crashPoint = () => {} } = deps;
  const downloadDeps = {
    fetch: deps.fetch,
    storage,
    reserveBytes: deps.reserveBytes ?? 500 * 2 ** 20,
    now: () => clock.now(),
    crashPoint,
  };

  return async (job, signal) => {
    const row = await store.getRecording(job.payload.recordingId ?? '');
    if (row === null) return { ...ackOf(job), result: 'dead', errorCode: 'not_found' };
    // Audio that a webhook brought is here before anybody fetched it; whose call it was may still be asked.
    if (await isFinished(row)) return { ...ackOf(job), result: 'done', jobs: await lookUps(row) };
    const run: Run = { job, row, startedAtMs: clock.now(), signal };
    try {
      await store.appendEvents([eventOf(run, 'recording.fetch_started', tryOf(run))]);
      crashPoint('fetch:started');
      return await fetchOnce(run);
    } catch (error) {
      // No event: whoever stopped us runs the job again, and until then nothing new is known.
      if (signal.aborted) return { ...ackOf(job), result: 'release', runAtMs: clock.now(), errorCode: null };
      return settleFailure(run, error);
    }
  };

  async function isFinished({ status, fileName, sizeBytes }: RecordingRow): Promise<boolean> {
    if (status === 'absent' || status === 'external' || status === 'deleted') return true;
    if (status !== 'stored' || fileName === null) return false;
    const file = await storage.stat(fileName);
    return file !== null && file.sizeBytes === sizeBytes;
  }

  async function fetchOnce(run: Run): Promise<JobSettlement> {
    const { row, job, signal } = run;
    const provider = deps.providers.find(({ providerId }) => providerId === row.providerId);
    if (provider === undefined || provider.missing().length > 0) {
      throw new AppError('secret_missing', 'The account of this provider is not set up.');
    }
    const download = await downloadMedia(downloadDeps, {
      recordingId: row.recordingId,
      requests: await provider.media(row, signal),
      attempt: job.attempt,
      onBytes: createProgress((received, total) =>
        deps.onProgress(row.recordingId, row.callId, received, total),
      ),
      signal,
    });
    try {
      return await keep(run, download);
    } finally {
      await download.file.discard();
    }
  }

  async function keep(run: Run, { file, audio, sha256 }: Download): Promise<JobSettlement> {
    const { row, job, signal } = run;
    await store.resumeProvider(row.providerId);
    const flags = await judge(row, audio.durationMs, sha256);
    if (flags === null) return settleRetryable(run, 'duration_differs', { sha256 });
    const fileName = fileNameOf(row.recordingId, audio.extension);
    // A run that lost its lease must not replace what the new owner may have stored already.
    signal.throwIfAborted();
    await file.commit(fileName);
    crashPoint('fetch:committed');
    const { durationMs, channels, contentType } = audio;
    const { providerRecordingId } = row;
    const { sizeBytes } = file;
    log.info('recording file kept', {
      recordingId: row.recordingId,
      callId: row.callId,
      sizeBytes,
      durationMs,
      attempt: job.attempt,
    });
    const stored = eventOf(run, 'recording.stored', {
      providerRecordingId,
      durationMs,
      channels,
      sizeBytes,
      sha256,
      contentType,
      fileName,
      flags,
    });
    const { recordingId } = row;
    const peaks = { kind: 'make-peaks', dedupe: recordingId, payload: { recordingId } } as const;
    const jobs: NewJob[] =
      audio.extension === 'wav' ? [{ ...peaks, providerId: null, runAtMs: clock.now() }] : [];
    return { ...ackOf(job), result: 'done', events: [stored], jobs: [...jobs, ...(await lookUps(row))] };
  }

  /** Whose call it was, where nobody has told: the audio is safe, so now there is time to ask. */
  async function lookUps({ callId, providerId }: RecordingRow): Promise<NewJob[]> {
    const provider = deps.providers.find((known) => known.providerId === providerId);
    if (provider?.api.lookUpCall === undefined) return [];
    const found = await store.getCall(callId);
    if (found?.call.unmatched !== true) return [];
    const key = ownKeys(found).find((own) => own.providerId === providerId);
    return key === undefined ? [] : [followJob(key, clock.now())];
  }

  /** @returns the flags to store it with, or null when it has to be fetched again */
  async function judge(
    row: RecordingRow,
    measuredMs: number,
    sha256: string,
  ): Promise<RecordingFlag[] | null> {
    if (isDurationRight(row, measuredMs)) return [];
    const call = await store.getCall(row.callId);
    const events = (call?.events ?? []).map(({ event }) => event);
    return isSameAgain(row, events, sha256) ? ['duration_differs'] : null;
  }

  async function settleFailure(run: Run, error: unknown): Promise<JobSettlement> {
    const { row, job } = run;
    const known = asAppError(error, log, job.jobId);
    const untilMs = await pauseIfRefused(store, row.providerId, known.code);
    if (untilMs !== null) {
      const postponed = eventOf(run, 'recording.fetch_postponed', {
        ...tryOf(run),
        code: known.code,
        nextAtMs: untilMs,
      });
      return {
        ...ackOf(job),
        result: 'release',
        runAtMs: untilMs,
        errorCode: known.code,
        events: [postponed],
      };
    }
    if (known.retryable) return settleRetryable(run, known.code, {}, known.retryAfterMs);
    return settleDead(run, known.code, known.code);
  }

  function settleRetryable(
    run: Run,
    code: ErrorCode,
    facts: { sha256?: string },
    retryAfterMs?: number,
  ): JobSettlement {
    const { job, row } = run;
    const kept = keptOf(job, deps.providers, clock.now());
    const next = nextStep(job.kind, job.attempt, true, code, retryAfterMs, deps.random(), kept);
    if (next.step === 'dead') return settleDead(run, next.code, code);
    const runAtMs = clock.now() + next.delayMs;
    log.info('fetch postponed', {
      recordingId: row.recordingId,
      code,
      attempt: job.attempt,
      delayMs: next.delayMs,
    });
    const data = { ...tryOf(run), ...facts, code, nextAtMs: runAtMs };
    const postponed = eventOf(run, 'recording.fetch_postponed', data);
    return { ...ackOf(job), result: 'retry', runAtMs, errorCode: code, events: [postponed] };
  }

  /** @param code why the job ended. @param cause what people are told about the recording: the last thing that was wrong */
  function settleDead(run: Run, code: ErrorCode, cause: ErrorCode): JobSettlement {
    const { job, row } = run;
    log.warn('fetch given up', { recordingId: row.recordingId, code: cause, attempt: job.attempt });
    const failed = eventOf(run, 'recording.failed', { ...tryOf(run), code: cause });
    return { ...ackOf(job), result: 'dead', errorCode: code, events: [failed] };
  }

  type OwnKind =
    | 'recording.fetch_started'
    | 'recording.fetch_postponed'
    | 'recording.failed'
    | 'recording.stored';

  function eventOf<Kind extends OwnKind>(
    { job, row }: Run,
    kind: Kind,
    data: Extract<DomainEvent, { kind: Kind }>['data'],
  ): DomainEvent;
  function eventOf({ job, row }: Run, kind: OwnKind, data: unknown): unknown {
    return {
      // The lease is new with every claim, so that two runs of one attempt are two facts.
      eventKey: `fetch:${row.recordingId}:${job.lease}:${kind}`,
      providerId: row.providerId,
      occurredAtMs: clock.now(),
      sequence: 0,
      keys: [],
      kind,
      data,
    };
  }
}

function tryOf({ job, row, startedAtMs }: Run): Try {
  const { generation, attempt } = job;
  return { providerRecordingId: row.providerRecordingId, generation, attempt, startedAtMs };
}

/** Tells of the first bytes, then of every hundredth (at least 64 KB), then of the last: enough to draw, cheap to send. */
function createProgress(
  tell: (receivedBytes: number, totalBytes: number | null) => void,
): (receivedBytes: number, totalBytes: number | null) => void {
  let nextBytes = 0;
  return (receivedBytes, totalBytes) => {
    if (receivedBytes < nextBytes && receivedBytes !== totalBytes) return;
    nextBytes = receivedBytes + Math.max(64 * 1024, (totalBytes ?? 0) / 100);
    tell(receivedBytes, totalBytes);
  };
}
