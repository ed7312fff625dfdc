// What a check says of one call, in the words that the seed's scripts read. Pure: the same facts, the same word.
import type { CallStatus } from '../../preload/contract/calls.ts';
import type { PollDetail } from '../../preload/contract/checks.ts';
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { CallRow } from './call.ts';
import type { CallKey } from './provider-event.ts';
import type { RecordingRow } from './recording.ts';

/** Why a provider could not be asked, or a recording not be fetched. */
export interface Trouble {
  providerId: string;
  code: ErrorCode;
  providerCode: string | null;
}

export interface PollFacts {
  call: CallRow;
  recordings: readonly RecordingRow[];
  /** Exact ids of the call, those of its recordings among them. */
  keys: readonly CallKey[];
  /** What is stored from this moment on is this run's own. */
  runStartedAtMs: number;
  /** Whether every storage of the clinic's own has a proven copy; `none` where there is no such storage. */
  copies: (recording: RecordingRow) => 'none' | 'verified' | 'pending';
  /** Of the recording that the call is judged by: why its last fetch did not work; null when it did or was none. */
  fetchTrouble: ErrorCode | null;
  /** Providers that could not be asked in this run. */
  providerTroubles: readonly Trouble[];
}

const liveStatuses: ReadonlySet<CallStatus> = new Set(['queued', 'ringing', 'in_progress']);
const diskCodes: ReadonlySet<ErrorCode> = new Set(['disk_full', 'disk_failed']);
const providerCodes: ReadonlySet<ErrorCode> = new Set([
  'provider_unauthorized',
  'provider_not_found',
  'provider_rate_limited',
  'provider_unavailable',
  'provider_refused',
  'secret_missing',
]);

type Found = Pick<PollDetail, 'status' | 'code' | 'providerCode' | 'recordingId'>;

/** @returns the line of this call, and how many of its recordings were stored in this run */
export function pollDetailOf(facts: PollFacts): { detail: PollDetail; newlyStored: number } {
  const { call, recordings, keys } = facts;
  const main = recordings.find(({ recordingId }) => recordingId === call.mainRecordingId);
  const found = main === undefined ? withoutRecording(facts) : ofRecording(facts, main);
  return {
    detail: {
      chatId: call.reference ?? call.callId,
      callSid: callSidOf(call, keys, recordings),
      callId: call.callId,
      providerId: main?.providerId ?? call.providerId,
      message: sentences[found.status] ?? 'The phone service could not be asked for this call.',
      ...found,
    },
    newlyStored: recordings.filter((recording) => isOfThisRun(facts, recording)).length,
  };
}

function withoutRecording({ call, keys, providerTroubles }: PollFacts): Found {
  if (liveStatuses.has(call.status)) return { status: 'call_in_progress' };
  const trouble = providerTroubles.find((one) =>
    keys.some(({ providerId }) => providerId === one.providerId),
  );
  return trouble === undefined ? { status: 'no_recordings' } : refused(trouble);
}

function ofRecording(facts: PollFacts, main: RecordingRow): Found {
  const { recordingId } = main;
  switch (main.status) {
    case 'stored':
      if (facts.copies(main) === 'pending') return { status: 'storage_pending', recordingId };
      return { status: isOfThisRun(facts, main) ? 'uploaded' : 'already_uploaded', recordingId };
    case 'recording':
      return { status: 'call_in_progress', recordingId };
    case 'absent':
    case 'deleted':
      return { status: 'absent', recordingId, ...reasonOf(main) };
    case 'external':
      return { status: 'external_storage', recordingId };
    case 'processing':
      return { status: 'processing', recordingId };
    case 'failed':
    case 'available':
    case 'fetching':
      return notFetched(facts, main);
  }
}

function notFetched({ fetchTrouble }: PollFacts, main: RecordingRow): Found {
  const { recordingId, providerId, providerCode } = main;
  const code = fetchTrouble ?? (main.status === 'failed' ? asCode(main.reason) : null);
  if (code === null) {
    return {
      status: main.status === 'failed' ? 'download_failed' : 'processing',
      recordingId,
      ...reasonOf(main),
    };
  }
  if (diskCodes.has(code)) return { status: 'storage_failed', recordingId, code };
  if (providerCodes.has(code)) return { ...refused({ providerId, code, providerCode }), recordingId };
  return { status: 'download_failed', recordingId, code };
}

/** A failed recording's reason is a code of ours: only job ends write it. */
function asCode(reason: string | null): ErrorCode | null {
  return reason as ErrorCode | null;
}

function refused({ providerId, code, providerCode }: Trouble): Found {
  return { status: `${providerId}_error`, code, ...(providerCode === null ? {} : { providerCode }) };
}

function reasonOf({ reason, providerCode }: RecordingRow): Pick<Found, 'code' | 'providerCode'> {
  return {
    ...(reason === null ? {} : { code: reason }),
    ...(providerCode === null ? {} : { providerCode }),
  };
}

function isOfThisRun({ runStartedAtMs }: PollFacts, { status, storedAtMs }: RecordingRow): boolean {
  return status === 'stored' && storedAtMs !== null && storedAtMs >= runStartedAtMs;
}

/** The id that people look a call up by at the provider: Twilio's CallSid where there is one, else the caller's own. */
function callSidOf(
  { providerId, callId }: CallRow,
  keys: readonly CallKey[],
  recordings: readonly RecordingRow[],
): string {
  const recorded = new Set(recordings.map((row) => row.providerRecordingId));
  const own = keys.filter((key) => key.providerId !== 'tapedeck');
  const sid = own.find(({ kind }) => kind === 'call_sid');
  const first =
    own.find((key) => key.providerId === providerId && !recorded.has(key.value)) ??
    own.find((key) => key.providerId === providerId);
  return sid?.value ?? first?.value ?? own[0]?.value ?? callId;
}

const sentences: Readonly<Record<string, string>> = {
  no_recordings: 'The phone service has no recording of this call so far.',
  call_in_progress: 'The call is still going on.',
  processing: 'The phone service is preparing the recording.',
  uploaded: 'The recording was saved.',
  already_uploaded: 'The recording was saved before.',
  storage_pending: 'The recording is safe on this computer and on its way to your storage.',
  absent: 'The phone service says that there is no recording.',
  external_storage: 'The phone service saved the recording in your own storage there.',
  download_failed: 'The recording could not be fetched. It will be tried again.',
  storage_failed: 'This computer could not save the recording.',
};
