// Rules for a call that has a recording, by how that stands. What the provider says of it beats what we think of it.
import type { VerdictAction, VerdictCause, VerdictEvidence } from '../../../preload/contract/verdicts.ts';
import type { RecordingRow } from '../recording.ts';
import type { EventFact } from '../verdict-facts.ts';
import { type Draft, eventEvidence, eventsOf, type Known, nextLook, type Rule } from '../verdict-known.ts';
import { failedRule, troubleRule } from './fetch-trouble.ts';
import { missedCallback, wasNeverTold } from './missed.ts';
import { ownStorageCause } from './not-made.ts';

type Judge = (known: Known, recording: RecordingRow) => Draft | null;

/** By the status of the recording that the call is judged by. */
export const recordingRule: Rule = (known) => {
  const { main } = known;
  return main === null ? null : (judges[main.status]?.(known, main) ?? null);
};

const absentCauses: Readonly<Record<string, { cause: VerdictCause; action: VerdictAction }>> = {
  silent: { cause: 'silent', action: 'none' },
  too_short: { cause: 'too_short', action: 'none' },
  deleted_at_provider: { cause: 'deleted_at_provider', action: 'see_how_to_prevent' },
  provider_failed: { cause: 'provider_failed', action: 'none' },
  no_audio_by_policy: { cause: 'no_audio_by_policy', action: 'check_account' },
};

const absent: Judge = (known, recording) => {
  const known16 =
    recording.providerCode === '16102' ? 'silent' : recording.providerCode === '16101' ? 'too_short' : null;
  const reason = known16 ?? recording.reason ?? '';
  const { cause, action } = absentCauses[reason] ?? {
    cause: 'provider_has_none' as const,
    action: 'none' as const,
  };
  return { ...said(known, recording, 'recording.absent'), cause, action };
};

const external: Judge = (known, recording) => ({
  ...said(known, recording, 'recording.external'),
  cause: 'external_storage',
  action: 'none',
});

const stored: Judge = (known, recording) => {
  const own = eventsOf(known, recording);
  if (recording.flags.includes('duration_differs')) {
    return {
      cause: 'length_differs',
      action: 'none',
      evidence: own.filter(({ event }) => event.kind === 'recording.stored').map(eventEvidence),
      isFinal: true,
      isSafe: true,
      providerId: recording.providerId,
      ...(recording.storedAtMs === null ? {} : { sinceMs: recording.storedAtMs }),
    };
  }
  const untold = wasNeverTold(known, recording);
  if (untold === null) return null;
  const missed = missedCallback(known, recording.providerId, untold.fromMs, untold.toMs);
  if (missed === null && !untold.wasToldOfCall) return null;
  return {
    action: 'see_how_to_prevent',
    cause: 'callback_never_sent',
    ...missed,
    evidence: [...untold.evidence, ...(missed?.evidence ?? [])],
    isFinal: true,
    isSafe: true,
    providerId: recording.providerId,
    sinceMs: untold.toMs,
  };
};

const deleted: Judge = (known, recording) => {
  const own = eventsOf(known, recording).filter(({ event }) => event.kind === 'recording.deleted');
  const isRule =
    /rule|retention|age/.test(recording.reason ?? '') || own.some(({ source }) => source === 'job');
  return {
    cause: isRule ? 'deleted_by_rule' : 'deleted_by_person',
    action: isRule ? 'open_settings' : 'none',
    evidence: own.map(eventEvidence),
    isFinal: true,
    isSaid: true,
    providerId: recording.providerId,
    ...sinceOf(own),
  };
};

/** Ended, and the provider is still busy with it, or failed at it. */
const processing: Judge = (known, recording) => {
  const own = eventsOf(known, recording);
  const storage = ownStorageCause(recording.providerCode);
  if (recording.reason === 'provider_failed' || storage !== null) {
    return {
      cause: storage ?? 'provider_failed',
      action: storage === null ? 'none' : 'check_account',
      evidence: own.map(eventEvidence).slice(-1),
      isFinal: true,
      isSaid: true,
      providerId: recording.providerId,
      ...sinceOf(own),
    };
  }
  return troubleRule(known) ?? waiting(known, recording, 'getting_ready');
};

const available: Judge = (known, recording) =>
  troubleRule(known) ?? waiting(known, recording, 'waiting_to_fetch');

const judges: Partial<Record<RecordingRow['status'], Judge>> = {
  absent,
  external,
  stored,
  deleted,
  processing,
  available,
  failed: (known, recording) => failedRule(known, recording),
  // On a second try, why the first one did not work is still the answer.
  fetching: (known, recording) => troubleRule(known) ?? waiting(known, recording, 'fetching'),
  // The call has ended for all that we know, and nobody has told of the recording's end.
  recording: (known, recording) =>
    known.isOver
      ? (troubleRule(known) ?? waiting(known, recording, 'getting_ready'))
      : waiting(known, recording, 'recording_now'),
};

function waiting(known: Known, recording: RecordingRow, cause: VerdictCause): Draft {
  const own = eventsOf(known, recording);
  return {
    cause,
    action: cause === 'getting_ready' ? 'check_now' : 'none',
    evidence: own.map(eventEvidence).slice(-1),
    isFinal: false,
    nextLookAtMs: nextLook(known),
    providerId: recording.providerId,
    ...sinceOf(own),
  };
}

function said(known: Known, recording: RecordingRow, kind: string): Omit<Draft, 'cause' | 'action'> {
  const own = eventsOf(known, recording).filter(({ event }) => event.kind === kind);
  const evidence: VerdictEvidence[] = own.slice(-1).map(eventEvidence);
  return { evidence, isFinal: true, isSaid: true, providerId: recording.providerId, ...sinceOf(own) };
}

function sinceOf(own: readonly EventFact[]): { sinceMs?: number } {
  const last = own.at(-1);
  return last === undefined ? {} : { sinceMs: last.event.occurredAtMs };
}
