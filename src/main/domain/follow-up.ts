// What is to be done after an event was stored: which jobs it causes. Pure, so that the webhook, the poll and the dial
// all follow one rule, and made for every callback before its answer, so cheap.
import type { CallKey } from '../../preload/contract/calls.ts';
import type { NewJob } from './job.ts';
import type { DomainEvent } from './provider-event.ts';

/** What a provider wants done after certain events (the shape of `following` of the provider port). */
export interface FollowingRules {
  canStartRecording: boolean;
  needsFollowing: (event: DomainEvent) => boolean;
  findsRecordings: boolean;
}

export interface FollowUpDeps {
  /** Null for a provider that is not known or not set up: it could not be asked anything. */
  rules: (providerId: string) => FollowingRules | null;
  recordingIdOf: (providerId: string, providerRecordingId: string) => string;
}

/** A provider finishes its file a moment after the call has ended. */
const findSoonMs = 5_000;
/** Nobody spoke: there is nothing to look for. */
const neverAnswered: ReadonlySet<string> = new Set(['busy', 'no_answer', 'canceled']);

/**
 * The jobs that these events cause. The same events give the same jobs (equal `dedupe`), so that a fact heard twice,
 * or by two ways, is followed once.
 * @param nowMs when they are first due
 */
export function followUps(deps: FollowUpDeps, events: readonly DomainEvent[], nowMs: number): NewJob[] {
  const jobs: NewJob[] = [];
  for (const event of events) {
    if (event.kind === 'recording.available') {
      const recordingId = deps.recordingIdOf(event.providerId, event.data.providerRecordingId);
      jobs.push({
        kind: 'fetch-recording',
        dedupe: recordingId,
        payload: { recordingId },
        providerId: event.providerId,
        runAtMs: nowMs,
      });
      jobs.push(...tellerJobs(deps.rules, event, nowMs));
    } else if (event.kind.startsWith('call.')) {
      jobs.push(...callJobs(deps.rules, event, nowMs));
    }
  }
  return jobs;
}

/** Audio may be the first that is heard of a call: whose it is has to be asked then. */
function tellerJobs(rules: FollowUpDeps['rules'], event: DomainEvent, nowMs: number): NewJob[] {
  const callKey = keyOf(event, event.providerId);
  return callKey !== null && rules(event.providerId)?.needsFollowing(event) === true
    ? [followJob(callKey, nowMs)]
    : [];
}

function callJobs(rules: FollowUpDeps['rules'], event: DomainEvent, nowMs: number): NewJob[] {
  const jobs: NewJob[] = [];
  for (const providerId of providersOf(event)) {
    const rule = rules(providerId);
    const callKey = keyOf(event, providerId);
    if (rule === null || callKey === null) continue;
    const about = { dedupe: dedupeOf(callKey), payload: { callKey }, providerId };
    const isOwn = providerId === event.providerId;
    // Whether the call is to be recorded is decided by the job and not here: the event often names no number and not
    // our order (a call that ElevenLabs places at Twilio), and what it joins may be learnt after it. One row that says
    // no costs less than a recording that was never started.
    if (isOwn && event.kind === 'call.answered' && rule.canStartRecording && !isChildLeg(event)) {
      jobs.push({ ...about, kind: 'start-recording', runAtMs: nowMs });
    }
    if (rule.needsFollowing(event)) jobs.push(followJob(callKey, nowMs));
    if (rule.findsRecordings && (mayBeRecorded(event) || (isOwn && isSavedUnnamed(event)))) {
      jobs.push({ ...about, kind: 'find-recordings', runAtMs: nowMs + findSoonMs });
    }
  }
  return jobs;
}

function mayBeRecorded(event: DomainEvent): boolean {
  return event.kind === 'call.ended' && !neverAnswered.has(event.data.status ?? '');
}

/** There is a recording, and only its list names it. */
function isSavedUnnamed(event: DomainEvent): boolean {
  return event.kind === 'call.told' && event.data.what === 'recording_saved';
}

/** The provider that tells, and every other one whose exact id it names: the carrier below an agent or a trunk. */
function providersOf({ providerId, keys }: DomainEvent): Set<string> {
  return new Set([providerId, ...keys.map((key) => key.providerId)]);
}

/** The id that a provider is asked by: its leg's own where the event says which, else the first it names. */
function keyOf(event: DomainEvent, providerId: string): CallKey | null {
  const own = event.keys.filter((key) => key.providerId === providerId);
  const leg = legOf(event);
  const exact = leg === null ? undefined : own.find(({ value }) => value === leg.legId);
  return exact ?? own[0] ?? null;
}

function legOf(event: DomainEvent): { legId: string; parentLegId: string | null } | null {
  return 'leg' in event.data && event.data.leg !== undefined ? event.data.leg : null;
}

/** The other half of a transfer or <Dial>: the leg above it is the one that is recorded. */
function isChildLeg(event: DomainEvent): boolean {
  return (legOf(event)?.parentLegId ?? null) !== null;
}

/** The asking of a provider how this call stands. */
export function followJob(callKey: CallKey, nowMs: number): NewJob {
  return {
    kind: 'follow-call',
    dedupe: dedupeOf(callKey),
    payload: { callKey },
    providerId: callKey.providerId,
    runAtMs: nowMs,
  };
}

function dedupeOf({ providerId, kind, value }: CallKey): string {
  return `${providerId} ${kind} ${value}`;
}
