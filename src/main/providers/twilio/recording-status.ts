// What Twilio says of a recording, in its RecordingStatusCallback and in lists.
// Source: https://www.twilio.com/docs/voice/api/recording#recordingstatuscallback
import type { DomainEvent, RecordingFacts } from '../../domain/provider-event.ts';
import type { CheckedCallback } from './callbacks.ts';
import { providerId } from './ids.ts';
import { parseMoment, parseSecondsAsMs } from './times.ts';

type RecordingKind =
  | 'recording.noted'
  | 'recording.started'
  | 'recording.processing'
  | 'recording.available'
  | 'recording.external'
  | 'recording.absent';

interface Meaning {
  kind: RecordingKind;
  /** Orders callbacks of one moment. */
  rank: number;
  reason?: string;
}

const meanings: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['in-progress', { kind: 'recording.started', rank: 1 }],
  ['paused', { kind: 'recording.started', rank: 2 }],
  ['stopped', { kind: 'recording.processing', rank: 3 }],
  ['processing', { kind: 'recording.processing', rank: 4 }],
  ['completed', { kind: 'recording.available', rank: 5 }],
  ['failed', { kind: 'recording.absent', rank: 6, reason: 'provider_failed' }],
  ['absent', { kind: 'recording.absent', rank: 7 }],
  ['deleted', { kind: 'recording.absent', rank: 8, reason: 'deleted_at_provider' }],
]);

/** Source: https://www.twilio.com/docs/voice/api/recording (media_url of recordings that are stored externally). */
const external: Meaning = { kind: 'recording.external', rank: 6, reason: 'external_storage' };

/** Codes that come with `absent`. Source: https://www.twilio.com/docs/api/errors (16101, 16102). */
const absentReasons: ReadonlyMap<string, string> = new Map([
  ['16101', 'too_short'],
  ['16102', 'silent'],
]);

/** What Twilio says of one recording, in a callback or a list, with its ids checked. */
export interface RecordingTold {
  recordingSid: string;
  callSid: string;
  accountSid: string | null;
  status: string;
  startedAtMs: number | undefined;
  durationMs: number | undefined;
  channels: string | undefined;
  /** `0` and undefined: nothing is wrong. */
  errorCode: string | undefined;
  /** The account keeps its recordings in storage of its own: Twilio has no file. */
  isExternal: boolean;
}

/** The event that a recording callback is; a status that we do not know is noted, for the recording exists. */
export function recordingStatusEvent(
  callback: CheckedCallback,
  recordingSid: string,
  status: string,
): DomainEvent {
  const { values } = callback.form;
  const told: RecordingTold = {
    recordingSid,
    callSid: callback.callSid,
    accountSid: callback.accountSid,
    status,
    startedAtMs: parseMoment(values.get('RecordingStartTime')),
    durationMs: parseSecondsAsMs(values.get('RecordingDuration')),
    channels: values.get('RecordingChannels'),
    errorCode: values.get('ErrorCode'),
    // A callback does not say.
    isExternal: false,
  };
  return recordingEvent(told, callback.dedupeKey, callback.receivedAtMs);
}

/** @param otherwiseMs when it was, where Twilio does not say when the recording began */
export function recordingEvent(told: RecordingTold, eventKey: string, otherwiseMs: number): DomainEvent {
  const { recordingSid, status, startedAtMs, durationMs, channels, errorCode } = told;
  const meaning = told.isExternal ? external : (meanings.get(status) ?? { kind: 'recording.noted', rank: 0 });
  const data: RecordingFacts = { providerRecordingId: recordingSid };
  if (told.accountSid !== null) data.providerAccountId = told.accountSid;
  if (startedAtMs !== undefined) data.startedAtMs = startedAtMs;
  if (durationMs !== undefined) data.durationMs = durationMs;
  if (channels !== undefined && /^[1-8]$/.test(channels)) data.channels = Number(channels);
  // Twilio says "0" for "no error".
  const code = errorCode !== undefined && /^[1-9]\d{0,7}$/.test(errorCode) ? errorCode : null;
  if (code !== null) data.providerCode = code;
  const reason =
    status === 'absent' ? (absentReasons.get(code ?? '') ?? 'provider_says_absent') : meaning.reason;
  if (reason !== undefined) data.reason = reason;

  // The callback names no moment of its own: the fact is as old as the recording's end, as far as that is known.
  const lengthMs = meaning.kind === 'recording.started' ? 0 : (durationMs ?? 0);
  return {
    kind: meaning.kind,
    eventKey,
    providerId,
    occurredAtMs: startedAtMs === undefined ? otherwiseMs : startedAtMs + lengthMs,
    sequence: meaning.rank,
    keys: [{ providerId, kind: 'call_sid', value: told.callSid }],
    data,
  };
}
