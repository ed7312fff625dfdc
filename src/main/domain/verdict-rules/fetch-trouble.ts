// What stands between a recording at the provider and this computer. A provider that refuses our account stands before
// everything else: while it does, no other trouble can be found out.
import type { VerdictAction, VerdictCause, VerdictEvidence } from '../../../preload/contract/verdicts.ts';
import type { RecordingRow } from '../recording.ts';
import type { JobFact } from '../verdict-facts.ts';
import {
  type Draft,
  eventEvidence,
  eventsOf,
  jobEvidence,
  type Known,
  lastTold,
  nextLook,
  pauseOf,
  type Rule,
} from '../verdict-known.ts';

interface Meaning {
  cause: VerdictCause;
  /** While it is tried again, and once it is not. */
  action: VerdictAction;
  finalAction: VerdictAction;
  /** Passes by itself: after many tries "gave up" says more than the last of them. */
  passes?: boolean;
}

const meanings: Readonly<Record<string, Meaning>> = {
  provider_unauthorized: {
    cause: 'wrong_password',
    action: 'reconnect_provider',
    finalAction: 'reconnect_provider',
  },
  secret_missing: { cause: 'keys_missing', action: 'reconnect_provider', finalAction: 'reconnect_provider' },
  provider_rate_limited: { cause: 'rate_limited', action: 'none', finalAction: 'try_again', passes: true },
  provider_unavailable: { cause: 'provider_down', action: 'none', finalAction: 'try_again', passes: true },
  network_failed: { cause: 'no_connection', action: 'none', finalAction: 'try_again', passes: true },
  timed_out: { cause: 'provider_slow', action: 'none', finalAction: 'try_again', passes: true },
  link_expired: { cause: 'link_expired', action: 'none', finalAction: 'try_again', passes: true },
  provider_not_found: { cause: 'wrong_account', action: 'check_account', finalAction: 'check_account' },
  provider_refused: { cause: 'fetch_refused', action: 'check_account', finalAction: 'check_account' },
  blocked_address: { cause: 'address_not_trusted', action: 'open_settings', finalAction: 'open_settings' },
  not_audio: { cause: 'damaged_not_audio', action: 'none', finalAction: 'try_again' },
  truncated: { cause: 'damaged_truncated', action: 'none', finalAction: 'try_again' },
  duration_differs: { cause: 'damaged_length', action: 'none', finalAction: 'try_again' },
  disk_full: { cause: 'disk_full', action: 'free_space', finalAction: 'free_space' },
  disk_failed: { cause: 'disk_failed', action: 'none', finalAction: 'try_again' },
  gave_up: { cause: 'gave_up', action: 'try_again', finalAction: 'try_again' },
  crashed_repeatedly: { cause: 'crashed_repeatedly', action: 'try_again', finalAction: 'try_again' },
};
const fault: Meaning = { cause: 'tapedeck_fault', action: 'none', finalAction: 'try_again' };

/** Source: https://www.twilio.com/docs/api/errors (10002, 16109, 16113) */
const providerCauses: Readonly<Record<string, VerdictCause>> = {
  '10002': 'trial_limit',
  '16109': 'locked_with_own_key',
  '16113': 'mono_only',
};

/** A file is often a 404 for a while after it was said to be ready; later than this it is another account's, or gone. */
const notReadyMs = 10 * 60_000;

export interface Trouble {
  code: string;
  providerCode: string | null;
  atMs: number;
}

/** What a code means for this call. */
export function meaningOf(known: Known, { code, providerCode, atMs }: Trouble): Meaning {
  const exact = providerCauses[providerCode ?? ''];
  if (exact !== undefined) return { cause: exact, action: 'check_account', finalAction: 'check_account' };
  const isLocked = lastTold(known, 'recording_encrypted') !== null;
  if (isLocked && (code === 'not_audio' || code === 'provider_refused')) {
    return { cause: 'locked_with_own_key', action: 'check_account', finalAction: 'check_account' };
  }
  if (code === 'provider_not_found' && known.main !== null && atMs - readyAtMs(known) < notReadyMs) {
    return { cause: 'not_ready_yet', action: 'none', finalAction: 'check_account' };
  }
  return meanings[code] ?? fault;
}

function readyAtMs(known: Known): number {
  const own = known.main === null ? [] : eventsOf(known, known.main);
  const ready = own.find(({ event }) => event.kind === 'recording.available');
  return ready?.recordedAtMs ?? known.endedAtMs;
}

/** The provider cannot be asked at all. */
export function accountTrouble(known: Known, providerId: string): Draft | null {
  const pause = pauseOf(known, providerId);
  if (pause !== null) {
    const { cause, action } = meanings[pause.code] ?? fault;
    const evidence: VerdictEvidence[] = [
      { kind: 'provider', id: providerId, atMs: pause.sinceMs, code: pause.code },
    ];
    return {
      cause,
      action,
      evidence,
      isFinal: false,
      sinceMs: pause.sinceMs,
      nextLookAtMs: nextLook(known),
      providerId,
    };
  }
  const provider = known.providers.find((one) => one.providerId === providerId);
  if (provider === undefined || provider.isSetUp) return null;
  return {
    cause: 'keys_missing',
    action: 'reconnect_provider',
    evidence: [{ kind: 'setting', id: providerId, atMs: known.nowMs, code: 'secret_missing' }],
    isFinal: false,
    nextLookAtMs: nextLook(known),
    providerId,
  };
}

/** A recording that is known and not here yet: the last try of it, or of looking at it, says what is wrong. */
export const troubleRule: Rule = (known) => {
  const { main } = known;
  if (main === null) return null;
  const account = accountTrouble(known, main.providerId);
  if (account !== null) return account;
  const last = eventsOf(known, main)
    .filter(({ event }) => event.kind === 'recording.fetch_postponed' || event.kind === 'recording.retried')
    .at(-1);
  if (last?.event.kind !== 'recording.fetch_postponed') return jobTrouble(known, main.providerId);
  const { code, nextAtMs } = last.event.data;
  const { cause, action } = meaningOf(known, { code, providerCode: null, atMs: last.event.occurredAtMs });
  return {
    cause,
    action,
    evidence: [eventEvidence(last), ...jobsOf(known, main).map(jobEvidence)],
    isFinal: false,
    sinceMs: last.event.occurredAtMs,
    nextLookAtMs: nextLook(known) ?? nextAtMs,
    providerId: main.providerId,
  };
};

/** A job that asks this provider about the call and last heard a no. */
export function jobTrouble(known: Known, providerId: string): Draft | null {
  const asking = known.jobs.filter(
    (job) => job.providerId === providerId && job.lastErrorCode !== null && job.kind !== 'start-recording',
  );
  const job = asking.find(({ state }) => state === 'ready' || state === 'running') ?? null;
  if (job?.lastErrorCode == null) return null;
  const { cause, action } = meaningOf(known, {
    code: job.lastErrorCode,
    providerCode: null,
    atMs: known.nowMs,
  });
  return {
    cause,
    action,
    evidence: [jobEvidence(job)],
    isFinal: false,
    nextLookAtMs: nextLook(known),
    providerId,
  };
}

/** Tried and stopped. */
export function failedRule(known: Known, recording: RecordingRow): Draft {
  const account = accountTrouble(known, recording.providerId);
  if (account !== null && account.cause === meanings[recording.reason ?? '']?.cause) return account;
  const failure = eventsOf(known, recording).findLast(({ event }) => event.kind === 'recording.failed');
  const dead = jobsOf(known, recording).find(({ state }) => state === 'dead');
  const trouble = {
    code: recording.reason ?? 'internal',
    providerCode: recording.providerCode,
    atMs: failure?.event.occurredAtMs ?? known.nowMs,
  };
  const meaning = meaningOf(known, trouble);
  const isWornOut = meaning.passes === true && dead?.lastErrorCode === 'gave_up';
  return {
    cause: isWornOut ? 'gave_up' : meaning.cause,
    action: meaning.finalAction,
    evidence: [
      ...(failure === undefined ? [] : [eventEvidence(failure)]),
      ...(dead === undefined ? [] : [jobEvidence(dead)]),
    ],
    isFinal: true,
    providerId: recording.providerId,
    sinceMs: trouble.atMs,
  };
}

function jobsOf({ jobs }: Known, { recordingId }: RecordingRow): JobFact[] {
  return jobs.filter((job) => job.kind === 'fetch-recording' && job.recordingId === recordingId);
}
