// Brings one recording's audio into a temporary file and proves that it is audio and whole. What it returns may be
// committed; whatever else came is gone when it throws.
import { type AudioFacts, createAudioScanner } from '../domain/audio.ts';
import { AppError, type AppErrorOptions } from '../domain/errors.ts';
import type { GuardedFetch, GuardedResponse } from '../net/net.ts';
import type { MediaRequest } from '../providers/provider.ts';
import type { LocalStorage, PendingFile } from '../storage/storage.ts';

export interface Download {
  /** Checked, not yet committed: the caller commits or discards it. */
  file: PendingFile;
  audio: AudioFacts;
  /** Lower-case hex. */
  sha256: string;
}

export interface DownloadDeps {
  fetch: GuardedFetch;
  storage: Pick<LocalStorage, 'create' | 'freeBytes'>;
  /** Free space that is never used up: the journal has to be able to go on. */
  reserveBytes: number;
  now: () => number;
  crashPoint: (name: string) => void;
}

export interface Wanted {
  recordingId: string;
  /** The same recording in several forms, best first. */
  requests: readonly MediaRequest[];
  /** 1 for the first. */
  attempt: number;
  onBytes: (receivedBytes: number, totalBytes: number | null) => void;
  signal: AbortSignal;
}

/** An hour of two-channel 8 kHz audio is 115 MB; a day of it fits, a faulty endless answer does not. */
const maxBytes = 4 * 2 ** 30;
const timeoutMs = 30 * 60_000;

/**
 * From this attempt on (about two minutes after the first) a 404 is taken to mean this form and not the recording.
 * Sooner it would store the mono form of a recording whose two-channel form was a moment from being ready.
 */
const patientAttempts = 6;

/**
 * Downloads the best form that the provider gives.
 * Errors: provider_unauthorized, provider_not_found, provider_rate_limited, provider_unavailable, provider_refused,
 * bad_input (no request can be made from its ids), not_audio, truncated, disk_full, disk_failed and those of the guarded fetch.
 */
export async function downloadMedia(deps: DownloadDeps, wanted: Wanted): Promise<Download> {
  const { requests, attempt, signal } = wanted;
  let refusal = new AppError('bad_input', 'The ids of this recording do not fit its provider.');
  for (const { url, headers } of requests) {
    await requireSpace(deps, 0);
    const answer = await deps.fetch({ url, headers, timeoutMs, maxBytes, signal });
    deps.crashPoint('fetch:answered');
    if (answer.status === 200) return receive(deps, wanted, answer);
    await answer.drain();
    refusal = isExpiredLink(answer, headers) ? expiredLink() : refusalOf(answer, deps.now());
    const isAboutForm =
      refusal.code === 'provider_refused' || (answer.status === 404 && attempt >= patientAttempts);
    if (!isAboutForm) throw refusal;
  }
  throw refusal;
}

async function requireSpace({ storage, reserveBytes }: DownloadDeps, neededBytes: number): Promise<void> {
  const freeBytes = await storage.freeBytes();
  if (freeBytes !== null && freeBytes - neededBytes < reserveBytes) {
    throw new AppError('disk_full', 'The disk is nearly full.', { retryable: true });
  }
}

async function receive(deps: DownloadDeps, wanted: Wanted, answer: GuardedResponse): Promise<Download> {
  await requireSpace(deps, answer.sizeBytes ?? 0);
  const file = await deps.storage.create(wanted.recordingId);
  try {
    const scanner = createAudioScanner();
    for await (const chunk of answer.body) {
      await file.write(chunk);
      scanner.feed(chunk);
      wanted.onBytes(file.sizeBytes, answer.sizeBytes);
    }
    const verdict = scanner.finish();
    if (!verdict.ok) throw unfit(verdict.problem);
    deps.crashPoint('fetch:checked');
    return { file, audio: verdict.audio, sha256: file.sha256() };
  } catch (error) {
    await file.discard();
    throw error;
  }
}

function unfit(problem: 'not_audio' | 'truncated'): AppError {
  const message =
    problem === 'not_audio' ? 'The provider sent something that is not audio.' : 'The audio is not whole.';
  return new AppError(problem, message, { retryable: true });
}

/**
 * A link that carries its own permission was asked without credentials, so these cannot be what is refused: it has
 * expired, and the next attempt asks for a fresh one.
 */
function isExpiredLink({ status }: GuardedResponse, sent: Readonly<Record<string, string>>): boolean {
  return status === 403 && Object.keys(sent).every((name) => name.toLowerCase() === 'accept');
}

function expiredLink(): AppError {
  return new AppError('link_expired', 'The link to the audio has expired.', { retryable: true });
}

/** What an answer other than 200 means for the recording. */
function refusalOf({ status, headers }: GuardedResponse, nowMs: number): AppError {
  const retryAfterMs = parseRetryAfter(headers, nowMs);
  const later: AppErrorOptions = { retryable: true, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  if (status === 401 || status === 403)
    return new AppError('provider_unauthorized', 'The provider refused our credentials.');
  if (status === 429) return new AppError('provider_rate_limited', 'The provider asked to wait.', later);
  if (status === 408 || status === 425 || status >= 500)
    return new AppError('provider_unavailable', 'The provider is in trouble.', later);
  // 202 and 204 say the same as a 404 right after `completed`: the file is not there yet.
  if (status === 404 || (status > 200 && status < 300))
    return new AppError('provider_not_found', 'The provider has no file yet.', later);
  if (status >= 300 && status < 400) return unfit('not_audio');
  return new AppError('provider_refused', 'The provider refused to give this recording.');
}

/** Retry-After as seconds or as a date, measured by the provider's own clock where it gives it. */
function parseRetryAfter(headers: Readonly<Record<string, string>>, nowMs: number): number | null {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const untilMs = Date.parse(text);
  const sentMs = Date.parse(headers['date'] ?? '');
  return Number.isNaN(untilMs) ? null : Math.max(0, untilMs - (Number.isNaN(sentMs) ? nowMs : sentMs));
}
