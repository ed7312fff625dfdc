// Rules about the call itself: whether it was dialled, whose it is, whether anybody spoke. They come first: a call
// that nobody answered cannot have a recording, whatever else went wrong at the same time.
import type { VerdictAction, VerdictCause } from '../../../preload/contract/verdicts.ts';
import { isPausedBy } from './paused.ts';
import { type Draft, eventEvidence, type Known, lastTold, nextLook, type Rule } from '../verdict-known.ts';

const dialCauses = {
  waiting: { cause: 'waiting_in_queue', action: 'none', isFinal: false },
  dialing: { cause: 'dialing', action: 'none', isFinal: false },
  refused: { cause: 'dial_refused', action: 'decide_dial', isFinal: true },
  unknown: { cause: 'dial_unknown', action: 'decide_dial', isFinal: true },
  canceled: { cause: 'dial_canceled', action: 'none', isFinal: true },
} as const;

const dialKinds: ReadonlySet<string> = new Set([
  'call.placed',
  'call.dial_started',
  'call.dial_refused',
  'call.dial_unknown',
  'call.canceled',
]);

/** A call of ours that did not get as far as a provider. */
export const dialRule: Rule = (known) => {
  const { dialState, dialCode } = known.call;
  if (dialState === null || dialState === 'dialed') return null;
  const last = known.events.findLast(({ event }) => dialKinds.has(event.kind));
  const told = last === undefined ? [] : [eventEvidence(last)];
  const code = dialCode === null ? {} : { code: dialCode };
  return {
    ...dialCauses[dialState],
    ...(last === undefined ? {} : { sinceMs: last.event.occurredAtMs }),
    evidence: told.map((item) => ({ ...item, ...code })),
    nextLookAtMs: nextLook(known),
  };
};

/** Audio that nobody's call fits is no missing recording: it is here and waits for a person. */
export const matchingRule: Rule = (known) => {
  if (!known.call.unmatched) return null;
  const first = known.events[0];
  return {
    cause: known.candidates >= 2 ? 'choose_call' : 'unmatched',
    action: known.candidates >= 2 ? 'choose' : 'match',
    evidence: first === undefined ? [] : [eventEvidence(first)],
    isFinal: known.liveJobs.length === 0,
    isSafe: known.main?.status === 'stored',
  };
};

const unanswered: Partial<Record<Known['call']['status'], VerdictCause>> = {
  busy: 'line_busy',
  no_answer: 'no_answer',
  canceled: 'call_canceled',
  failed: 'call_failed',
};

/** The provider's own word on how it ended. A recording that exists all the same (voicemail) says more. */
export const unansweredRule: Rule = (known) => {
  const cause = unanswered[known.call.status];
  // A conversation may fail after people have talked: then there is something to look for.
  if (cause === undefined || known.main !== null) return null;
  if (known.call.status === 'failed' && known.call.answeredAtMs !== null) return null;
  const end = known.events.findLast(
    ({ event }) => event.kind === 'call.ended' || event.kind === 'call.noted',
  );
  return {
    cause,
    action: 'none',
    evidence: end === undefined ? [] : [eventEvidence(end)],
    isFinal: true,
    isSaid: true,
    sinceMs: known.endedAtMs,
  };
};

/** A call that goes on. */
export const liveRule: Rule = (known) => {
  const { status } = known.call;
  if (status === 'queued' || status === 'ringing') return live(known, 'not_answered_yet', 'none');
  if (status !== 'in_progress') return null;
  if (known.main?.status === 'recording') {
    return isPausedBy(known.events)
      ? live(known, 'recording_paused', 'none')
      : live(known, 'recording_now', 'none');
  }
  if (known.main !== null) return null;
  const starting = known.liveJobs.find(({ kind }) => kind === 'start-recording');
  // Its dial failed to be recorded already: that is said below, with its reason.
  if (lastTold(known, 'recording_not_started') !== null && starting === undefined) return null;
  if (starting === undefined || !isWanted(known)) return live(known, 'not_recording', 'start_recording');
  return { ...live(known, 'recording_starting', 'none'), nextLookAtMs: nextLook(known, [starting]) };
};

/** Whether Tapedeck was to start a recording of this call. */
export function isWanted({ call, lineRecords }: Known): boolean {
  return call.record ?? lineRecords === true;
}

function live(known: Known, cause: VerdictCause, action: VerdictAction): Draft {
  const last = known.events.findLast(
    ({ event }) => event.kind.startsWith('call.') || event.kind === 'recording.started',
  );
  return {
    cause,
    action,
    evidence: last === undefined ? [] : [eventEvidence(last)],
    isFinal: false,
    sinceMs: known.call.answeredAtMs ?? known.call.startedAtMs,
    nextLookAtMs: null,
  };
}
