// Calls as the console and outside scripts see them.
import { z } from 'zod';
import { recordingStatus, recordingView } from './recordings.ts';
import { verdictView } from './verdicts.ts';

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

/** Which of the seeds' two kinds a placed call is. */
export const callKind = z.enum(['voice-bot', 'priority-queue']);
export type CallKind = z.infer<typeof callKind>;

/** The way a call is placed. A provider says which of these it serves; more can be added without touching the console. */
export const callVia = z.string().regex(/^[a-z0-9-]{2,40}$/);
export type CallVia = z.infer<typeof callVia>;

/** How far the dialling of a placed call is; null for calls that Tapedeck did not place. */
export const dialState = z.enum(['waiting', 'dialing', 'dialed', 'refused', 'unknown', 'canceled']);
export type DialState = z.infer<typeof dialState>;

export const transcriptLine = z.object({
  /** `clinic` is our side (agent or staff), `caller` the person outside. */
  speaker: z.enum(['clinic', 'caller', 'unknown']),
  text: z.string(),
  /** From the start of the conversation. */
  atMs: z.number().int().nullable(),
});
export type TranscriptLine = z.infer<typeof transcriptLine>;

/** One leg of a call as a provider knows it; a transfer has several. */
export const legView = z.object({
  providerId: z.string(),
  legId: z.string(),
  parentLegId: z.string().nullable(),
  direction: callDirection,
  from: z.string().nullable(),
  to: z.string().nullable(),
  status: callStatus,
  startedAtMs: z.number().int().nullable(),
  endedAtMs: z.number().int().nullable(),
});
export type LegView = z.infer<typeof legView>;

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
  /** Of the main recording: why there is no audio; a recording reason or an error code. */
  recordingReason: z.string().nullable(),
  needsAttention: z.boolean(),
  /** Null for calls that Tapedeck did not place. */
  kind: callKind.nullable(),
  via: callVia.nullable(),
  priority: z.number().int().nullable(),
  dialState: dialState.nullable(),
  /** Why a dial was refused or is unknown: an error code. */
  dialCode: z.string().nullable(),
  /** Audio arrived that no call of ours fits: a person chooses. */
  unmatched: z.boolean(),
  /** How it came to be joined with another call, where not by an exact id. */
  matchedBy: z.enum(['person', 'auto_unique']).nullable(),
  hasTranscript: z.boolean(),
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
  /** Of `call.told`: what was told, e.g. `recording_not_started` or a participant's coming. */
  what: z.string().optional(),
});
export type TimelineEntry = z.infer<typeof timelineEntry>;

export const callsListInput = z.strictObject({
  limit: z.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
  /** Digits of a number in any format, or part of a reference or provider id. */
  q: z.string().max(200).optional(),
  status: z.array(callStatus).max(9).optional(),
  recordingStatus: z.array(callRecordingStatus).max(12).optional(),
  direction: callDirection.optional(),
  providerId: z.string().max(40).optional(),
  /** True: only calls of now: being dialled, queued at the provider, ringing, in progress. What waits to be dialled is in queue.get. */
  live: z.boolean().optional(),
  needsAttention: z.boolean().optional(),
  unmatched: z.boolean().optional(),
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
  legs: z.array(legView),
  transcript: z.array(transcriptLine),
  /** Matches that can be undone, newest first. */
  matches: z.array(
    z.object({ eventKey: z.string(), atMs: z.number().int(), by: z.enum(['person', 'auto_unique']) }),
  ),
  /** Why there is no recording; null when one can be played and nothing needs explaining. */
  verdict: verdictView.nullable(),
});
export type CallDetail = z.infer<typeof callDetail>;

const e164 = z.string().regex(/^\+[1-9]\d{4,14}$/, 'a number in international form, such as +14155550100');

export const callsPlaceInput = z
  .object({
    kind: callKind,
    via: callVia,
    /** In any usual form; stored as E.164. */
    to: z.string().trim().min(3).max(40),
    from: z.string().trim().min(3).max(40).optional(),
    agentId: z.string().max(100).optional(),
    reference: z.string().trim().min(1).max(200).optional(),
    priority: z.number().int().min(0).max(1_000).default(0),
    record: z.boolean().default(true),
  })
  .strict();

export const callsRegisterInput = z
  .object({
    /** The other program's id of the call (the seeds' chat or intake). */
    reference: z.string().trim().min(1).max(200),
    /** What is known of the call at the providers: at least one. */
    keys: z.array(callKey).min(1).max(20),
    direction: callDirection.optional(),
    from: e164.optional(),
    to: e164.optional(),
    startedAtMs: z.number().int().optional(),
  })
  .strict();

export const callCandidate = z.object({
  call: callView,
  /** What speaks for it; never enough by itself. */
  because: z.array(z.enum(['same_number', 'same_time'])),
});

export const queueView = z.object({
  paused: z.boolean(),
  /** The call being dialled or talked to now. */
  current: callView.nullable(),
  /** By priority, then age: the order in which they will be called. */
  waiting: z.array(callView),
});
