// Calls as the console and outside scripts see them.
import { z } from 'zod';
import { recordingStatus, recordingView } from './recordings.ts';

export const callStatuses = [
  'queued',
  'ringing',
  'in_progress',
  'completed',
  'busy',
  'no_answer',
  'failed',
  'canceled',
  'unknown',
] as const;
export const callStatus = z.enum(callStatuses);
export type CallStatus = z.infer<typeof callStatus>;

export const callDirection = z.enum(['inbound', 'outbound', 'unknown']);
export type CallDirection = z.infer<typeof callDirection>;

/**
 * The most useful of a call's recordings' statuses, or why there is none: `none_yet` (nothing so far),
 * `not_recorded` (final), `not_expected` (the call was never answered).
 */
export const callRecordingStatus = z.enum([
  ...recordingStatus.options,
  'none_yet',
  'not_recorded',
  'not_expected',
]);
export type CallRecordingStatus = z.infer<typeof callRecordingStatus>;

/** A number as stored and as shown: `number` is what the provider sent (E.164 where it is one), `display` the local form. */
export const partyView = z.object({ number: z.string(), display: z.string() });
export type PartyView = z.infer<typeof partyView>;

export const callView = z.object({
  callId: z.string(),
  /** The outside reference (the seeds' chat or intake id), null when the call was never registered by a program. */
  reference: z.string().nullable(),
  providerId: z.string(),
  direction: callDirection,
  from: z.string().nullable(),
  to: z.string().nullable(),
  status: callStatus,
  /** Epoch milliseconds. The earliest moment known of this call; never null, so that lists can be ordered by it. */
  startedAtMs: z.number().int(),
  answeredAtMs: z.number().int().nullable(),
  endedAtMs: z.number().int().nullable(),
  recordingStatus: callRecordingStatus,
  /** Talk time: answered to ended, else the longest recording; null while unknown or running. */
  durationMs: z.number().int().nullable(),
  /** The person at the other end: the caller of an inbound call, the called number of an outbound one. */
  otherParty: partyView.nullable(),
  /** Our own number on this call, with the name that Settings gives it. */
  line: partyView.extend({ label: z.string().nullable() }).nullable(),
  recordingCount: z.number().int(),
  /** The recording that Play means: the most useful one; null when there is none. */
  mainRecordingId: z.string().nullable(),
  needsAttention: z.boolean(),
});
export type CallView = z.infer<typeof callView>;

export const callKey = z.object({ providerId: z.string(), kind: z.string(), value: z.string() });
export type CallKey = z.infer<typeof callKey>;

/** One line of "What happened": a stored event, told in closed words. The renderer turns kinds into sentences. */
export const timelineEntry = z.object({
  eventKey: z.string(),
  atMs: z.number().int(),
  kind: z.string(),
  providerId: z.string(),
  source: z.string(),
  deliveryId: z.string().nullable(),
  recordingId: z.string().nullable(),
  /** Closed code or provider code that explains the entry, where there is one. */
  code: z.string().nullable(),
  sizeBytes: z.number().int().nullable(),
});
export type TimelineEntry = z.infer<typeof timelineEntry>;

export const callsListInput = z.object({
  limit: z.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
  /** Digits of a number in any format, or part of a reference or provider id. */
  q: z.string().max(200).optional(),
  status: z.array(callStatus).max(9).optional(),
  recordingStatus: z.array(callRecordingStatus).max(12).optional(),
  direction: callDirection.optional(),
  providerId: z.string().max(40).optional(),
  /** True: only calls queued, ringing or in progress. */
  live: z.boolean().optional(),
  needsAttention: z.boolean().optional(),
  startedFromMs: z.number().int().optional(),
  startedToMs: z.number().int().optional(),
});
export type CallsListInput = z.infer<typeof callsListInput>;

export const callsListOutput = z.object({ items: z.array(callView), nextCursor: z.string().nullable() });

export const callsCountOutput = z.object({
  /** Capped at `cap`: a count equal to `cap` means "that many or more". */
  total: z.number().int(),
  live: z.number().int(),
  needsAttention: z.number().int(),
  cap: z.number().int(),
});

export const callDetail = z.object({
  call: callView,
  recordings: z.array(recordingView),
  keys: z.array(callKey),
  timeline: z.array(timelineEntry),
});
export type CallDetail = z.infer<typeof callDetail>;
