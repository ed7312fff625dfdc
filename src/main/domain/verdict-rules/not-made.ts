// Rules for a call that has ended and has no recording at all, nearest to the facts first: what the provider said,
// what it answered when it was told to record, whether it can be asked, what it answered when asked, and only then
// what may have been missed.
import type { VerdictAction, VerdictCause, VerdictEvidence } from '../../../preload/contract/verdicts.ts';
import {
  type Draft,
  eventEvidence,
  jobEvidence,
  type Known,
  lastTold,
  nextLook,
  type Rule,
} from '../verdict-known.ts';
import { isWanted } from './call.ts';
import { accountTrouble, jobTrouble, meaningOf } from './fetch-trouble.ts';
import { missedCallback } from './missed.ts';

/** Telnyx's words for why it could not put a recording where the customer wanted it. */
const ownStorage: Readonly<Record<string, VerdictCause>> = {
  storage_not_authorized: 'own_storage_refused',
  invalid_credentials_json: 'own_storage_refused',
  unsupported_backend: 'own_storage_unsupported',
};

export function ownStorageCause(code: string | null): VerdictCause | null {
  return ownStorage[code ?? ''] ?? null;
}

/** The provider said that it went wrong, or where it went. */
export const toldRule: Rule = (known) => {
  const saved = lastTold(known, 'recording_saved');
  const error = lastTold(known, 'recording_error');
  if (saved?.event.data.code === 'external_storage') {
    return { ...said(saved), cause: 'external_storage', action: 'none' };
  }
  if (error === null) return null;
  const storage = ownStorageCause(error.event.data.code ?? null);
  return {
    ...said(error),
    cause: storage ?? 'provider_failed',
    action: storage === null ? 'none' : 'check_account',
  };
};

function said(fact: NonNullable<ReturnType<typeof lastTold>>): Omit<Draft, 'cause' | 'action'> {
  const { providerId, occurredAtMs } = fact.event;
  return { evidence: [eventEvidence(fact)], isFinal: true, isSaid: true, providerId, sinceMs: occurredAtMs };
}

const startCauses: Readonly<Record<string, { cause: VerdictCause; action: VerdictAction }>> = {
  call_not_live: { cause: 'started_too_late', action: 'turn_on_recording' },
  not_eligible: { cause: 'recording_not_possible', action: 'turn_on_recording' },
  provider_refused: { cause: 'start_refused', action: 'check_account' },
};

/** Tapedeck was to start the recording and could not. */
export const notStartedRule: Rule = (known) => {
  const told = lastTold(known, 'recording_not_started');
  if (told === null) return null;
  const { code = 'provider_refused', providerCode = null } = told.event.data;
  const trouble = { code, providerCode, atMs: told.event.occurredAtMs };
  const meant = meaningOf(known, trouble);
  const isTrial = meant.cause === 'trial_limit';
  const start = isTrial ? { cause: meant.cause, action: meant.action } : startCauses[code];
  const missed = code === 'call_not_live' ? missedStart(known) : null;
  return {
    ...(missed ?? start ?? { cause: meant.cause, action: meant.finalAction }),
    evidence: [eventEvidence(told), ...(missed?.evidence ?? [])],
    isFinal: known.isOver,
    providerId: told.event.providerId,
    sinceMs: told.event.occurredAtMs,
  };
};

/** It was heard of too late because something kept the word of its answer away. */
function missedStart(known: Known): ReturnType<typeof missedCallback> {
  const answeredAtMs = known.call.answeredAtMs ?? known.call.startedAtMs;
  const heard = known.events.filter(({ event }) => event.kind.startsWith('call.'));
  const heardAtMs = Math.min(...heard.map(({ recordedAtMs }) => recordedAtMs));
  // Whoever heard of it while it went on was not kept from anything.
  if (!Number.isFinite(heardAtMs) || heardAtMs <= known.endedAtMs) return null;
  return missedCallback(known, known.call.providerId, answeredAtMs, known.endedAtMs);
}

interface Look {
  providerId: string;
  atMs: number;
  evidence: VerdictEvidence;
  isDone: boolean;
}

/** The last time that a provider was asked what it has of this call, and had nothing. */
function lastLook(known: Known): Look | null {
  const looks: Look[] = [];
  for (const job of known.jobs) {
    if (job.kind !== 'find-recordings' || job.providerId === null || job.lastErrorCode !== null) continue;
    const isDone = job.state === 'done';
    if (!isDone && (job.state !== 'ready' || job.attempt === 0)) continue;
    // A job that waits for its next look has had its last one before now, at a moment that is not kept.
    const atMs = job.finishedAtMs ?? Math.max(job.createdAtMs, known.endedAtMs);
    looks.push({ providerId: job.providerId, atMs, evidence: { ...jobEvidence(job), kind: 'job' }, isDone });
  }
  for (const { runId, atMs, providerId, status } of known.checks) {
    if (status !== 'no_recordings') continue;
    looks.push({
      providerId,
      atMs,
      evidence: { kind: 'check', id: runId, atMs, code: status },
      isDone: false,
    });
  }
  return looks.sort((a, b) => a.atMs - b.atMs || Number(a.isDone) - Number(b.isDone)).at(-1) ?? null;
}

/** A provider that cannot be asked, or answers with an error. */
export const cannotAskRule: Rule = (known) => {
  for (const { providerId, canFind } of known.providers) {
    const draft = canFind ? (accountTrouble(known, providerId) ?? jobTrouble(known, providerId)) : null;
    if (draft !== null) return draft;
  }
  return deadRule(known) ?? checkErrorRule(known);
};

/** Looking was given up. */
const deadRule: Rule = (known) => {
  const dead = known.jobs.findLast(({ kind, state }) => kind === 'find-recordings' && state === 'dead');
  if (dead?.lastErrorCode == null || dead.providerId === null) return null;
  // Having looked to the end without an error is an answer, and no trouble.
  if (dead.lastErrorCode === 'gave_up') return null;
  const { cause, finalAction } = meaningOf(known, {
    code: dead.lastErrorCode,
    providerCode: null,
    atMs: known.nowMs,
  });
  return {
    cause,
    action: finalAction,
    evidence: [jobEvidence(dead)],
    isFinal: true,
    providerId: dead.providerId,
    ...(dead.finishedAtMs === null ? {} : { sinceMs: dead.finishedAtMs }),
  };
};

/** The newest check could not ask about this call. */
const checkErrorRule: Rule = (known) => {
  const last = known.checks.at(-1);
  if (last === undefined || !last.status.endsWith('_error')) return null;
  const code = last.code ?? 'internal';
  const { cause, action } = meaningOf(known, {
    code,
    providerCode: last.providerCode ?? null,
    atMs: last.atMs,
  });
  const { runId, atMs, providerId, providerCode } = last;
  return {
    cause,
    action,
    evidence: [
      { kind: 'check', id: runId, atMs, code, ...(providerCode === undefined ? {} : { providerCode }) },
    ],
    isFinal: false,
    sinceMs: atMs,
    nextLookAtMs: nextLook(known),
    providerId,
  };
};

/** It was asked, and there is nothing: by time first "not yet", then "none", and why as far as our own settings tell. */
export const nothingRule: Rule = (known) => {
  const asked = known.providers.filter(({ canFind }) => canFind);
  const look = lastLook(known);
  const dead = known.jobs.findLast(({ kind, state }) => kind === 'find-recordings' && state === 'dead');
  const evidence = [
    ...(look === null ? [] : [look.evidence]),
    ...(dead === undefined ? [] : [jobEvidence(dead)]),
  ];
  const about = look?.providerId ?? asked[0]?.providerId ?? known.call.providerId;
  if (asked.length === 0) return nobodyToAsk(known);
  const isEarly = known.nowMs - known.endedAtMs < known.notYetMs;
  if (isEarly) return { ...notYet(known, evidence, about), cause: 'nothing_yet' };
  if (look === null && dead === undefined) {
    return known.liveJobs.length > 0 ? { ...notYet(known, evidence, about), cause: 'nothing_yet' } : null;
  }
  const isFinal = known.liveJobs.length === 0;
  const base = {
    evidence,
    isFinal,
    nextLookAtMs: nextLook(known),
    providerId: about,
    sinceMs: known.endedAtMs,
  };
  if (isWanted(known)) {
    const missed = missedStart(known);
    if (missed !== null) return { ...base, ...missed, evidence: [...evidence, ...missed.evidence] };
    return {
      ...base,
      cause: isFinal ? 'not_recorded' : 'nothing_found',
      action: isFinal ? 'turn_on_recording' : 'check_now',
    };
  }
  const cause =
    known.call.record === false
      ? 'recording_not_wanted'
      : known.lineRecords === false
        ? 'recording_off'
        : 'not_recorded';
  return { ...base, cause, action: 'turn_on_recording', evidence: [...evidence, ...settingOf(known)] };
};

function settingOf(known: Known): VerdictEvidence[] {
  const code =
    known.call.record === false ? 'call.record' : known.lineRecords === false ? 'line.record' : null;
  return code === null ? [] : [{ kind: 'setting', atMs: known.call.startedAtMs, code }];
}

function notYet(known: Known, evidence: VerdictEvidence[], providerId: string): Omit<Draft, 'cause'> {
  return {
    action: 'check_now',
    evidence,
    isFinal: false,
    nextLookAtMs: nextLook(known),
    providerId,
    sinceMs: known.endedAtMs,
  };
}

/** A service that has no recordings of calls, and no carrier below it that Tapedeck knows. */
function nobodyToAsk(known: Known): Draft | null {
  const isKnown = known.providers.some(
    ({ providerId, isSetUp }) => providerId === known.call.providerId && isSetUp,
  );
  if (!isKnown) return null;
  const isEarly = known.nowMs - known.endedAtMs < known.notYetMs;
  const end = known.events.findLast(({ event }) => event.kind === 'call.ended');
  return {
    cause: isEarly && known.liveJobs.length > 0 ? 'nothing_yet' : 'carrier_not_recording',
    action: 'turn_on_recording',
    evidence: end === undefined ? [] : [eventEvidence(end)],
    isFinal: !isEarly,
    nextLookAtMs: nextLook(known),
    sinceMs: known.endedAtMs,
  };
}
