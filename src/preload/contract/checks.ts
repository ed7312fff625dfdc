// Checks: what Tapedeck asks the phone services by itself. A poll looks at the calls that are still open, a sweep
// compares with the provider's own lists, a backfill does that for a past range that a person chose.
import { z } from 'zod';
import { errorCode } from './errors.ts';

export const checkKind = z.enum(['poll', 'sweep', 'backfill']);
export type CheckKind = z.infer<typeof checkKind>;

/** What began it: the timer, a person in the console, a program by the API, or something that may have cost webhooks. */
export const checkTrigger = z.enum([
  'interval',
  'person',
  'program',
  'start',
  'wake',
  'web_link',
  'refusal',
  'nightly',
]);
export type CheckTrigger = z.infer<typeof checkTrigger>;

/** `interrupted`: Tapedeck ended while it ran; the next sweep covers its window. Only a backfill is `paused`, and goes on after a start. */
export const checkState = z.enum(['running', 'paused', 'done', 'canceled', 'interrupted', 'failed']);
export type CheckState = z.infer<typeof checkState>;

/** `unsupported`: the service has no list to ask for. `failed` and `resting` say why in `code`. */
export const checkProviderState = z.enum([
  'waiting',
  'running',
  'done',
  'failed',
  'resting',
  'unsupported',
  'canceled',
]);

/** How one run went with one provider. */
export const checkProviderView = z.object({
  providerId: z.string(),
  state: checkProviderState,
  code: errorCode.nullable(),
  /** Requests that this run made to the provider. */
  requests: z.number().int(),
  /** What the provider's own lists have in the window ... */
  calls: z.number().int(),
  recordings: z.number().int(),
  /** ... and how much of that Tapedeck had never heard of. */
  newCalls: z.number().int(),
  newRecordings: z.number().int(),
  /** How far it has come in the window, epoch milliseconds; null before the first page. */
  doneToMs: z.number().int().nullable(),
});
export type CheckProviderView = z.infer<typeof checkProviderView>;

export const checkRunView = z.object({
  runId: z.string(),
  kind: checkKind,
  trigger: checkTrigger,
  state: checkState,
  /** The window looked at, epoch milliseconds. */
  fromMs: z.number().int(),
  toMs: z.number().int(),
  startedAtMs: z.number().int(),
  finishedAtMs: z.number().int().nullable(),
  providers: z.array(checkProviderView),
  /** Calls with an outcome of their own. */
  lookedAt: z.number().int(),
  /** Recordings newly stored in this run. */
  processed: z.number().int(),
  /** Of the calls looked at: not ready yet, without a recording for good, in need of a person. */
  waiting: z.number().int(),
  notRecorded: z.number().int(),
  problems: z.number().int(),
});
export type CheckRunView = z.infer<typeof checkRunView>;

/**
 * What a poll found for one call. Beside these a provider's own trouble is `<providerId>_error`, e.g. `twilio_error`.
 * `uploaded`: safe on every configured replica, or here where there is none; `storage_pending`: safe here only, so far.
 */
export const pollOutcomes = [
  'no_recordings',
  'call_in_progress',
  'processing',
  'uploaded',
  'already_uploaded',
  'storage_pending',
  'absent',
  'external_storage',
  'download_failed',
  'storage_failed',
] as const;
export const pollOutcome = z
  .string()
  .regex(/^[a-z0-9_]{2,60}$/)
  .refine(
    (value) => pollOutcomes.some((outcome) => outcome === value) || value.endsWith('_error'),
    'is no poll outcome',
  );

/** One line of a run, in the seed's own words: chatId is the call's outside reference, else our id of the call. */
export const pollDetail = z.object({
  chatId: z.string(),
  /** The provider's id of the call. */
  callSid: z.string(),
  status: pollOutcome,
  callId: z.string(),
  providerId: z.string(),
  recordingId: z.string().optional(),
  /** Our code, and the provider's own behind it. */
  code: z.string().optional(),
  providerCode: z.string().optional(),
  /** One plain sentence. */
  message: z.string().optional(),
});
export type PollDetail = z.infer<typeof pollDetail>;

/** Exactly what `POST /api/chats/poll-recordings` answers. */
export const pollAnswer = z.object({ processed: z.number().int(), details: z.array(pollDetail) });
export type PollAnswer = z.infer<typeof pollAnswer>;

/** "Checked with Twilio at 10:40; Twilio has 212 recordings, we have 212." */
export const checkMarkView = z.object({
  providerId: z.string(),
  /** The window that was compared last, epoch milliseconds; everything before it was compared earlier. */
  fromMs: z.number().int(),
  upToMs: z.number().int(),
  checkedAtMs: z.number().int(),
  /** Of that window: in the provider's list, and of these safe here or known to have no audio. */
  providerRecordings: z.number().int(),
  ourRecordings: z.number().int(),
});
export type CheckMarkView = z.infer<typeof checkMarkView>;

/** When checks come: one rule for all providers, or one for a provider of its own. */
export const checksView = z.object({
  isPolling: z.boolean(),
  /** Minutes between polls. */
  intervalMinutes: z.number().int(),
  /** `setting`: a person chose; `environment`: the variables say so; `default`: on because there is no web link, or off. */
  decidedBy: z.enum(['setting', 'environment', 'default']),
  nextPollAtMs: z.number().int().nullable(),
  lastPoll: checkRunView.nullable(),
  running: checkRunView.nullable(),
  marks: z.array(checkMarkView),
});
export type ChecksView = z.infer<typeof checksView>;

/** What a backfill would cost, before it is begun. */
export const backfillEstimate = z.object({
  fromMs: z.number().int(),
  toMs: z.number().int(),
  /** Null where the provider cannot be asked (no list, no keys, no answer): `code` says why. */
  providers: z.array(
    z.object({
      providerId: z.string(),
      requests: z.number().int().nullable(),
      recordings: z.number().int().nullable(),
      code: errorCode.nullable(),
    }),
  ),
});

/** A time in which something may have been missed; `toMs` is null while it lasts. */
export const outageView = z.object({
  outageId: z.string(),
  kind: z.enum(['app_off', 'asleep', 'web_link', 'clock_wrong', 'disk_full']),
  fromMs: z.number().int(),
  toMs: z.number().int().nullable(),
  /** A closed or provider code that explains it. */
  code: z.string().nullable(),
});
export type OutageView = z.infer<typeof outageView>;
