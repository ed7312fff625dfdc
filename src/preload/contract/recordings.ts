// Recordings as the console and outside scripts see them.
import { z } from 'zod';

export const recordingStatuses = [
  'recording',
  'processing',
  'available',
  'fetching',
  'stored',
  'absent',
  'external',
  'failed',
  'deleted',
] as const;
export const recordingStatus = z.enum(recordingStatuses);
export type RecordingStatus = z.infer<typeof recordingStatus>;

/** Why a recording is absent or failed, in closed words. Providers map their own codes to these. */
export const recordingReasons = [
  'too_short',
  'silent',
  'deleted_at_provider',
  'provider_failed',
  'provider_says_absent',
  /** The account keeps no audio (zero retention, audio saving off). */
  'no_audio_by_policy',
  'external_storage',
] as const;

/** Remarks about a stored file that do not stop it from being played. */
export const recordingFlag = z.enum(['duration_differs']);
export type RecordingFlag = z.infer<typeof recordingFlag>;

export const recordingView = z.object({
  recordingId: z.string(),
  callId: z.string(),
  providerId: z.string(),
  providerRecordingId: z.string(),
  status: recordingStatus,
  /** Measured from the file once stored; before that what the provider said. */
  durationMs: z.number().int().nullable(),
  channels: z.number().int().nullable(),
  sizeBytes: z.number().int().nullable(),
  /** Lower-case hex of the stored file. */
  sha256: z.string().nullable(),
  contentType: z.string().nullable(),
  startedAtMs: z.number().int().nullable(),
  storedAtMs: z.number().int().nullable(),
  /** An error code or a recording reason; null when nothing needs explaining. */
  reason: z.string().nullable(),
  /** The provider's own code behind `reason`, e.g. Twilio 16101. */
  providerCode: z.string().nullable(),
  flags: z.array(recordingFlag),
});
export type RecordingView = z.infer<typeof recordingView>;

export const playbackView = z.object({
  /** Same-origin path: `/media/<recordingId>`. */
  url: z.string(),
  contentType: z.string(),
  durationMs: z.number().int(),
  channels: z.number().int(),
  /** Binary peaks (see ARCHITECTURE, "Peaks"); null when the browser has to make them (MP3). */
  peaks: z.object({ url: z.string(), perSecond: z.number().int(), channels: z.number().int() }).nullable(),
  presignedUrl: z.string().optional(),
});
export type PlaybackView = z.infer<typeof playbackView>;
