// Every status in plain words: a typed catalogue, so that a new status without words is a compile error.
import type { CallRecordingStatus, CallView } from '../../preload/contract/calls.ts';
import type { RecordingView } from '../../preload/contract/recordings.ts';
import { notYetMs } from '../../preload/contract/verdict-words.ts';
import { dialWords } from './placing-words.ts';
import { absentWords, type ReasonContext, reasonSentence } from './reasons.ts';

export type Tone = 'live' | 'ok' | 'info' | 'wait' | 'err' | 'mute';
export type StatusIcon = 'live' | 'check' | 'down' | 'clock' | 'none' | 'alert' | 'ring';
export type NextAction = 'play' | 'retry' | 'match' | 'decide' | 'record' | null;

export interface StatusWords {
  icon: StatusIcon;
  /** In a row: a word or two. */
  label: string;
  /** Heading of the note in the detail pane. */
  title: string;
  /** Says what is safe before what went wrong. */
  sentence: string;
  action: NextAction;
  tone: Tone;
  /** Quiet statuses are regular grey text; only rows that need a look are coloured and bold. */
  quiet: boolean;
}

export interface StatusContext extends ReasonContext {
  /** The product's clock: `none_yet` means "not yet" for ten minutes after the end, then "never". */
  nowMs: number;
  /** 0..1 while a copy is being fetched and the total is known. */
  fetched: number | null;
}

type Words = (call: CallView, recording: RecordingView | null, context: StatusContext) => StatusWords;

const catalogue: Record<CallRecordingStatus, Words> = {
  recording: () => ({
    icon: 'live',
    label: 'Recording now',
    title: 'Recording now',
    sentence: 'This call is being recorded.',
    action: null,
    tone: 'live',
    quiet: false,
  }),
  processing: (_call, _recording, { service }) => gettingReady(service),
  available: (_call, _recording, { service }) => gettingReady(service),
  fetching: (_call, _recording, { service, fetched }) => ({
    icon: 'down',
    label: fetched === null ? 'Fetching' : `Fetching ${Math.floor(fetched * 100)}%`,
    title: 'Fetching the recording',
    sentence: `Copying the recording from ${service}.`,
    action: null,
    tone: 'info',
    quiet: false,
  }),
  stored: (_call, recording) => ({
    icon: 'check',
    label: 'Saved',
    title: 'Recording saved',
    sentence:
      recording?.flags.includes('duration_differs') === true
        ? 'Kept on this computer. Its length differs from what the phone service said.'
        : 'Kept on this computer.',
    action: 'play',
    tone: 'ok',
    quiet: true,
  }),
  absent: (call, recording, context) => ({
    icon: 'none',
    action: null,
    ...absentWords(reasonOf(call, recording), context),
  }),
  external: (_call, _recording, { service }) => ({
    icon: 'none',
    label: 'Kept elsewhere',
    title: 'Kept in your own storage',
    sentence: `${service} saved this recording in your own storage, so there is no copy here.`,
    action: null,
    tone: 'mute',
    quiet: true,
  }),
  failed: (call, recording, context) => ({
    icon: 'alert',
    label: 'Needs attention',
    title: 'Recording not saved yet',
    sentence: reasonSentence(reasonOf(call, recording), context),
    action: 'retry',
    tone: 'err',
    quiet: false,
  }),
  deleted: () => ({
    icon: 'none',
    label: 'Deleted',
    title: 'Recording deleted',
    sentence: 'This recording was removed from this computer.',
    action: null,
    tone: 'mute',
    quiet: true,
  }),
  none_yet: (call, _recording, context) => nothingYet(call, context),
  not_recorded: (_call, _recording, { service }) => notRecorded(service),
  not_expected: () => ({
    icon: 'none',
    label: 'No audio',
    title: 'No audio',
    sentence: 'Nobody spoke, so there is nothing to play.',
    action: null,
    tone: 'mute',
    quiet: true,
  }),
};

/**
 * All words for a call, as of now: first whether it was dialled and whose it is, then its recording.
 * @param recording the one that Play means, where it is known
 */
export function statusWords(
  call: CallView,
  recording: RecordingView | null,
  context: StatusContext,
): StatusWords {
  if (call.unmatched) return unmatchedWords(call);
  return dialWords(call, context) ?? recordingWords(call, recording, context);
}

/** For a call whose recording stands still because somebody said so. */
export const pausedWords: StatusWords = {
  icon: 'none',
  label: 'Paused',
  title: 'Recording paused',
  sentence: 'What is said now is not recorded.',
  action: null,
  tone: 'wait',
  quiet: false,
};

/** The words for one recording of a call, whatever else there is to say about the call. */
export function recordingWords(
  call: CallView,
  recording: RecordingView | null,
  context: StatusContext,
): StatusWords {
  return catalogue[call.recordingStatus](call, recording, context);
}

/** True while two people may still be talking, or a phone may be ringing. A call that waits to be dialled is neither. */
export function isLive(call: CallView): boolean {
  if (call.dialState === 'waiting') return false;
  return call.status === 'queued' || call.status === 'ringing' || call.status === 'in_progress';
}

/** A row knows its main recording's reason before the recording itself is read. */
function reasonOf(call: CallView, recording: RecordingView | null): string | null {
  return recording === null ? call.recordingReason : recording.reason;
}

function unmatchedWords({ recordingCount }: CallView): StatusWords {
  return {
    icon: 'alert',
    label: 'No call found',
    title: 'No call found',
    sentence: `A ${recordingCount > 0 ? 'recording' : 'transcript'} arrived but no call fits it.`,
    action: 'match',
    tone: 'wait',
    quiet: false,
  };
}

function nothingYet(call: CallView, { nowMs, service }: StatusContext): StatusWords {
  if (call.status === 'queued' || call.status === 'ringing') {
    return {
      icon: 'ring',
      label: 'Ringing',
      title: 'Not answered yet',
      sentence: 'This call has not been answered yet.',
      action: null,
      tone: 'mute',
      quiet: true,
    };
  }
  if (call.status === 'in_progress') {
    return {
      icon: 'none',
      label: 'Not recording',
      title: 'Not recording',
      sentence: 'This call is happening but is not being recorded.',
      action: 'record',
      tone: 'wait',
      quiet: false,
    };
  }
  const endedAtMs = call.endedAtMs ?? call.startedAtMs;
  return nowMs - endedAtMs < notYetMs
    ? { ...gettingReady(service), sentence: `${service} has nothing for this call yet.` }
    : notRecorded(service);
}

function gettingReady(service: string): StatusWords {
  return {
    icon: 'clock',
    label: 'Getting ready',
    title: 'Getting ready',
    sentence: `${service} is preparing the recording. This usually takes 1 to 5 minutes.`,
    action: null,
    tone: 'wait',
    quiet: false,
  };
}

function notRecorded(service: string): StatusWords {
  return {
    icon: 'none',
    label: 'Not recorded',
    title: 'Not recorded',
    sentence: `${service} has no recording of this call. Recording was probably off for this line.`,
    action: null,
    tone: 'wait',
    quiet: false,
  };
}
