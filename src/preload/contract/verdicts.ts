// "Why is there no recording?": the closed words of the answer. What each word says to people is in verdict-words.ts.
import { z } from 'zod';

/**
 * Every cause that a verdict can name, in the order of domain/verdict-rules. Causes of a copy in a storage of the
 * clinic's own join here once there is one (storage_refused, ...): the recording itself is safe by then.
 */
export const verdictCauses = [
  // It was not dialled, or nobody knows.
  'waiting_in_queue',
  'dialing',
  'dial_refused',
  'dial_unknown',
  'dial_canceled',
  // Whose recording it is.
  'choose_call',
  'unmatched',
  // Nobody spoke, or somebody still does.
  'not_answered_yet',
  'line_busy',
  'no_answer',
  'call_canceled',
  'call_failed',
  'recording_now',
  'recording_paused',
  'recording_starting',
  'not_recording',
  // There is one, or there was.
  'external_storage',
  'silent',
  'too_short',
  'no_audio_by_policy',
  'deleted_at_provider',
  'provider_failed',
  'provider_has_none',
  'own_storage_refused',
  'own_storage_unsupported',
  'deleted_by_rule',
  'deleted_by_person',
  // It is on its way.
  'getting_ready',
  'waiting_to_fetch',
  'fetching',
  'not_ready_yet',
  // Something stands in its way.
  'wrong_password',
  'keys_missing',
  'rate_limited',
  'provider_down',
  'no_connection',
  'provider_slow',
  'link_expired',
  'wrong_account',
  'fetch_refused',
  'address_not_trusted',
  'locked_with_own_key',
  'mono_only',
  'damaged_not_audio',
  'damaged_truncated',
  'damaged_length',
  'length_differs',
  'disk_full',
  'disk_failed',
  'tapedeck_fault',
  'gave_up',
  'crashed_repeatedly',
  // It was never made.
  'started_too_late',
  'recording_not_possible',
  'trial_limit',
  'start_refused',
  'recording_not_wanted',
  'recording_off',
  'carrier_not_recording',
  'not_recorded',
  'nothing_yet',
  'nothing_found',
  // Tapedeck was not told in time.
  'callback_never_sent',
  'callback_refused',
  'stale_address',
  'secret_missing_then',
  'clock_wrong',
  'web_link_down_then',
  'app_off_then',
  'asleep_then',
  'disk_full_then',
  'webhook_disabled',
  // What is known allows no answer.
  'not_enough_evidence',
] as const;
export const verdictCause = z.enum(verdictCauses);
export type VerdictCause = z.infer<typeof verdictCause>;

/** The one next thing to do. `none`: nothing is needed, or nothing helps. */
export const verdictActions = [
  'none',
  'check_now',
  'try_again',
  'reconnect_provider',
  'check_account',
  'start_recording',
  'turn_on_recording',
  'match',
  'choose',
  'decide_dial',
  'free_space',
  'fix_clock',
  'fix_web_link',
  'open_settings',
  'see_how_to_prevent',
] as const;
export const verdictAction = z.enum(verdictActions);
export type VerdictAction = z.infer<typeof verdictAction>;

/** What the verdict rests on. `id` names the row it is in, where there is one. */
export const verdictEvidence = z.object({
  kind: z.enum(['delivery', 'check', 'job', 'event', 'refusal', 'outage', 'setting', 'provider']),
  id: z.string().optional(),
  atMs: z.number().int(),
  /** In our words: an event's kind, an error code, a poll outcome, a setting's name. */
  code: z.string().optional(),
  /** In the provider's own words, e.g. 21220. */
  providerCode: z.string().optional(),
  /** Of a job: how often it was tried. */
  attempts: z.number().int().optional(),
});
export type VerdictEvidence = z.infer<typeof verdictEvidence>;

export const verdict = z.object({
  cause: verdictCause,
  /** A recording can be played all the same; the verdict tells of how it came here. */
  isSafe: z.boolean(),
  /** Nothing will change by itself any more. */
  isFinal: z.boolean(),
  /** Since when this is so, epoch milliseconds. */
  sinceMs: z.number().int(),
  /** When Tapedeck looks or tries again by itself; null when it does not, or nobody knows. */
  nextLookAtMs: z.number().int().nullable(),
  /** Whom it is about. */
  providerId: z.string(),
  evidence: z.array(verdictEvidence),
  action: verdictAction,
});
export type Verdict = z.infer<typeof verdict>;

/** As `calls.get` gives it: with the sentence that people read. */
export const verdictView = verdict.extend({ sentence: z.string() });
export type VerdictView = z.infer<typeof verdictView>;
