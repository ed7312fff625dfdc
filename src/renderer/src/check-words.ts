// Checks in plain words: a run, a phone service's part of it, and what was found for a call.
import type { CheckProviderView, CheckRunView, ChecksView } from '../../preload/contract/checks.ts';
import { clockTime, counted, dayHeading, lengthInWords } from './format.ts';
import type { Tone } from './words.ts';

const triggers: Record<CheckRunView['trigger'], string> = {
  interval: 'regular',
  person: 'asked for',
  program: 'asked for by a program',
  start: 'after the start',
  wake: 'after sleep',
  web_link: 'after the web link came back',
  refusal: 'after a request that was not trusted',
  nightly: 'daily, over 30 days',
};
const kinds: Record<CheckRunView['kind'], string> = {
  poll: 'Open calls',
  sweep: 'Comparison',
  backfill: 'Older calls',
};

/** `Open calls, regular` */
export function runTitle({ kind, trigger }: Pick<CheckRunView, 'kind' | 'trigger'>): string {
  return kind === 'backfill' ? kinds.backfill : `${kinds[kind]}, ${triggers[trigger]}`;
}

/** How it stands, in one or two words, and how loud. */
export function runState({ state, problems, providers }: CheckRunView): { text: string; tone: Tone } {
  switch (state) {
    case 'running':
      return { text: 'Under way', tone: 'info' };
    case 'paused':
      return { text: 'Paused', tone: 'wait' };
    case 'canceled':
      return { text: 'Stopped', tone: 'mute' };
    case 'interrupted':
      return { text: 'Cut short', tone: 'wait' };
    case 'failed':
      return { text: 'Not possible', tone: 'err' };
    case 'done': {
      const hasTrouble =
        problems > 0 || providers.some(({ state: one }) => one === 'failed' || one === 'resting');
      return hasTrouble ? { text: 'Done, with problems', tone: 'wait' } : { text: 'Done', tone: 'ok' };
    }
  }
}

/** `Checked 412 of its calls. Found 37 recordings that were new.` */
export function runSentence(run: CheckRunView): string {
  if (run.kind === 'poll') {
    if (run.state === 'running') return 'Looking at the calls that have no recording yet.';
    if (run.lookedAt === 0) return 'No call was waiting for a recording.';
    return `Looked at ${counted(run.lookedAt, 'call')}, saved ${counted(run.processed, 'recording')}.`;
  }
  const sum = (pick: (one: CheckProviderView) => number): number =>
    run.providers.reduce((total, one) => total + pick(one), 0);
  const found = sum(({ newRecordings }) => newRecordings);
  const seen = `Compared ${counted(
    sum(({ calls }) => calls),
    'call',
  )} and ${counted(
    sum(({ recordings }) => recordings),
    'recording',
  )}.`;
  return `${seen} ${found === 0 ? 'Nothing was new.' : `${counted(found, 'recording')} new.`}`;
}

/** How long it took or takes, `4 s`. */
export function runLength({ startedAtMs, finishedAtMs }: CheckRunView, nowMs: number): string {
  return lengthInWords(Math.max(1_000, (finishedAtMs ?? nowMs) - startedAtMs));
}

/** How far a run has come, 0 to 1; null where it cannot be told. */
export function runProgress({ fromMs, toMs, providers }: CheckRunView): number | null {
  const asked = providers.filter(({ state }) => state !== 'unsupported');
  if (asked.length === 0 || toMs <= fromMs) return null;
  const parts = asked.map(({ state, doneToMs }) =>
    state === 'done' ? 1 : Math.min(1, Math.max(0, ((doneToMs ?? fromMs) - fromMs) / (toMs - fromMs))),
  );
  return parts.reduce((sum, part) => sum + part, 0) / parts.length;
}

/** One phone service's part, in a sentence. */
export function partSentence(part: CheckProviderView, service: string): string {
  switch (part.state) {
    case 'waiting':
    case 'running':
      return `${service} is being asked.`;
    case 'resting':
      return `${service} was not asked: it did not accept the account details.`;
    case 'failed':
      return `${service} could not be asked to the end.`;
    case 'unsupported':
      return `${service} has no list of past calls.`;
    case 'canceled':
      return `${service}: stopped.`;
    case 'done':
      return `${service}: ${counted(part.calls, 'call')}, ${counted(part.recordings, 'recording')}, ${counted(part.requests, 'request')}.`;
  }
}

/** `Checked with Twilio at 10:40; Twilio has 212 recordings, we have 212.` */
export function markSentence(mark: ChecksView['marks'][number], service: string, nowMs: number): string {
  const since = dayHeading(mark.fromMs, nowMs);
  const { providerRecordings: theirs, ourRecordings: ours } = mark;
  const has = theirs === 0 ? 'no recordings' : counted(theirs, 'recording');
  return `Checked with ${service} at ${clockTime(mark.checkedAtMs)}. Since ${since}, ${service} has ${has}, we have ${ours.toLocaleString('en')}.`;
}

const outcomes: Record<string, { meaning: string; tone: Tone }> = {
  no_recordings: { meaning: 'Nothing there yet', tone: 'info' },
  call_in_progress: { meaning: 'Call goes on', tone: 'info' },
  processing: { meaning: 'Getting ready', tone: 'info' },
  uploaded: { meaning: 'Saved', tone: 'ok' },
  already_uploaded: { meaning: 'Saved before', tone: 'ok' },
  storage_pending: { meaning: 'Saved here', tone: 'ok' },
  absent: { meaning: 'No audio', tone: 'mute' },
  external_storage: { meaning: 'Kept in your own storage there', tone: 'mute' },
  download_failed: { meaning: 'Could not be fetched', tone: 'err' },
  storage_failed: { meaning: 'Could not be saved', tone: 'err' },
};

/** What was found for a call. @param status a poll outcome */
export function outcomeWords(status: string): { meaning: string; tone: Tone } {
  return outcomes[status] ?? { meaning: 'The phone service refused', tone: 'err' };
}

/** When the next check comes, for a line that is read every second. */
export function nextCheckText(checks: ChecksView, nowMs: number): string {
  if (!checks.isPolling) return 'Regular checks are off.';
  if (checks.running?.kind === 'poll') return 'Checking now.';
  const leftSeconds = Math.max(0, Math.ceil(((checks.nextPollAtMs ?? nowMs) - nowMs) / 1_000));
  return `Next check in ${Math.floor(leftSeconds / 60)}:${String(leftSeconds % 60).padStart(2, '0')}.`;
}
