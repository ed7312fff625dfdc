// "Why is there no recording?": the first rule that knows an answer gives it. The order is the justification. What a
// provider said beats what we concluded; what is about this very call beats what merely happened at the same time;
// and where the facts are too thin, that is the answer: a wrong reason costs more trust than none.
import type { Verdict } from '../../preload/contract/verdicts.ts';
import type { VerdictFacts } from './verdict-facts.ts';
import {
  type Draft,
  eventEvidence,
  jobEvidence,
  type Known,
  nextLook,
  type Rule,
  toKnown,
} from './verdict-known.ts';
import { dialRule, liveRule, matchingRule, unansweredRule } from './verdict-rules/call.ts';
import { cannotAskRule, nothingRule, notStartedRule, toldRule } from './verdict-rules/not-made.ts';
import { recordingRule } from './verdict-rules/recording.ts';

const rules: readonly Rule[] = [
  // Not dialled: there is no call yet.
  dialRule,
  // Whose it is has to be settled before anything can be said of "its" recording.
  matchingRule,
  // Nobody spoke: the provider's own word, and there is nothing to look for.
  unansweredRule,
  // Still going on.
  liveRule,
  // There is a recording: its own status says what stands in the way.
  recordingRule,
  // There is none. First what the provider told by itself ...
  toldRule,
  // ... then how it answered when it was told to record ...
  notStartedRule,
  // ... then whether it can be asked at all ...
  cannotAskRule,
  // ... and last what it answers when asked.
  nothingRule,
];

/**
 * Answers for one call why there is no recording, from what is known here: nobody is asked.
 * @returns null when there is a playable recording and nothing to explain
 */
export function judgeVerdict(facts: VerdictFacts): Verdict | null {
  const known = toKnown(facts);
  for (const rule of rules) {
    const draft = rule(known);
    if (draft !== null) return finish(known, draft);
    if (rule === recordingRule && known.main?.status === 'stored') return null;
  }
  return finish(known, notEnough(known));
}

/** With what is known, so that a person may see more in it than the rules do. */
function notEnough(known: Known): Draft {
  const last = known.events.at(-1);
  return {
    cause: 'not_enough_evidence',
    action: known.liveJobs.length > 0 ? 'none' : 'check_now',
    evidence: [
      ...(last === undefined ? [] : [eventEvidence(last)]),
      ...known.jobs.slice(-3).map(jobEvidence),
      ...known.refusals.slice(-3).map(({ refusalId, atMs, reason }) => ({
        kind: 'refusal' as const,
        id: refusalId,
        atMs,
        code: reason,
      })),
      ...known.outages.slice(-3).map(({ outageId, fromMs, kind }) => ({
        kind: 'outage' as const,
        id: outageId,
        atMs: fromMs,
        code: kind,
      })),
    ],
    isFinal: false,
    nextLookAtMs: nextLook(known),
  };
}

function finish(known: Known, draft: Draft): Verdict {
  const isStillTried = draft.isSaid !== true && known.liveJobs.length > 0;
  const isFinal = draft.isFinal && !isStillTried;
  return {
    cause: draft.cause,
    isSafe: draft.isSafe ?? false,
    isFinal,
    sinceMs: draft.sinceMs ?? known.call.startedAtMs,
    nextLookAtMs: isFinal ? null : (draft.nextLookAtMs ?? null),
    providerId: draft.providerId ?? known.call.providerId,
    evidence: draft.evidence,
    action: draft.action,
  };
}
