// RecordingStatusCallback.
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

/** Codes that come with `absent`. Source: https://www.twilio.com/docs/api/errors (16101, 16102). */
const absentReasons: ReadonlyMap<string, string> = new Map([
  ['16101', 'too_short'],
  ['16102', 'silent'],
]);

/** The event that a recording callback is; a status that we do not know is noted, for the recording exists. */
export function recordingStatusEvent(
  callback: CheckedCallback,
  recordingSid: string,
  status: string,
): DomainEvent {
  const { values } = callback.form;
  const meaning = meanings.get(status) ?? { kind: 'recording.noted', rank: 0 };
  const startedAtMs = parseMoment(values.get('RecordingStartTime'));
  const durationMs = parseSecondsAsMs(values.get('RecordingDuration'));
  const code = values.get('ErrorCode');
  const channels = values.get('RecordingChannels');

  const data: RecordingFacts = { providerRecordingId: recordingSid };
  if (callback.accountSid !== null) data.providerAccountId = callback.accountSid;
  if (startedAtMs !== undefined) data.startedAtMs = startedAtMs;
  if (durationMs !== undefined) data.durationMs = durationMs;
  if (channels !== undefined && /^[1-8]$/.test(channels)) data.channels = Number(channels);
  // Twilio says "0" for "no error".
  if (code !== undefined && /^[1-9]\d{0,7}$/.test(code)) data.providerCode = code;
  const reason =
    status === 'absent' ? (absentReasons.get(code ?? '') ?? 'provider_says_absent') : meaning.reason;
  if (reason !== undefined) data.reason = reason;

  // The callback names no moment of its own: the fact is as old as the recording's end, as far as that is known.
  const lengthMs = meaning.kind === 'recording.started' ? 0 : (durationMs ?? 0);
  return {
    kind: meaning.kind,
    eventKey: callback.dedupeKey,
    providerId,
    occurredAtMs: startedAtMs === undefined ? callback.receivedAtMs : startedAtMs + lengthMs,
    sequence: meaning.rank,
    keys: [{ providerId, kind: 'call_sid', value: callback.callSid }],
    data,
  };
}
