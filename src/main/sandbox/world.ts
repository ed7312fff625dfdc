// What exists in the made-up telephone world: calls and recordings as the provider would hold them. Kept in memory;
// a sandbox that ends takes its world with it.

export const callStates = [
  'queued',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'failed',
  'no-answer',
  'canceled',
] as const;
export type CallState = (typeof callStates)[number];

export const recordingStates = [
  'in-progress',
  'paused',
  'stopped',
  'processing',
  'completed',
  'absent',
  'deleted',
] as const;
export type RecordingState = (typeof recordingStates)[number];

/** Where somebody wants to be told of something. */
export interface CallbackTarget {
  /** Absolute; a `#rc=…` fragment overrides how it is delivered and is neither signed nor sent. */
  url: string;
  method: 'GET' | 'POST';
  events: ReadonlySet<string>;
}

export interface SimCall {
  sid: string;
  parentCallSid: string | null;
  /** `trunking-terminating`: through a SIP trunk of somebody else. */
  direction: 'inbound' | 'outbound-api' | 'outbound-dial' | 'trunking-terminating';
  from: string;
  to: string;
  state: CallState;
  createdAtMs: number;
  updatedAtMs: number;
  /** Answered, or dialled while not yet answered; null while queued. */
  startedAtMs: number | null;
  endedAtMs: number | null;
  statusCallback: CallbackTarget | null;
  /** SequenceNumber of its next status callback. */
  nextSequence: number;
  recordings: SimRecording[];
  /** What callbacks that were answered 2xx told of it, e.g. `call ringing`, `recording completed`. */
  told: Set<string>;
}

export interface SimRecording {
  sid: string;
  call: SimCall;
  state: RecordingState;
  source: 'OutboundAPI' | 'DialVerb' | 'StartCallRecordingAPI' | 'Trunking';
  track: 'both' | 'inbound' | 'outbound';
  channels: 1 | 2;
  createdAtMs: number;
  updatedAtMs: number;
  startedAtMs: number;
  /** Null until it has ended. */
  durationMs: number | null;
  /** Times of this recording in which it was paused; a pause that still lasts has no end. */
  pauses: { fromMs: number; toMs: number | null; behavior: 'skip' | 'silence' }[];
  /** 16101 too short, 16102 silent; null when nothing is wrong. */
  errorCode: number | null;
  /** Media answers 404 before this moment; null until it is completed. */
  mediaFromMs: number | null;
  callback: CallbackTarget | null;
}

/** A telephone number of the account. */
export interface SimNumber {
  sid: string;
  number: string;
  label: string;
  createdAtMs: number;
  updatedAtMs: number;
  /** Where its incoming calls are reported to; empty: to nobody. */
  statusCallback: string;
  statusCallbackMethod: 'GET' | 'POST';
}

export interface World {
  numbers: Map<string, SimNumber>;
  calls: Map<string, SimCall>;
  recordings: Map<string, SimRecording>;
  /** By creation; of equal moments the later made first, so that pages never change their order. */
  callsNewestFirst(): SimCall[];
  recordingsNewestFirst(): SimRecording[];
}

/** An empty world. */
export function createWorld(): World {
  const numbers = new Map<string, SimNumber>();
  const calls = new Map<string, SimCall>();
  const recordings = new Map<string, SimRecording>();
  const newestFirst = <T extends { createdAtMs: number }>(items: Iterable<T>): T[] =>
    [...items].reverse().sort((a, b) => b.createdAtMs - a.createdAtMs);
  return {
    numbers,
    calls,
    recordings,
    callsNewestFirst: () => newestFirst(calls.values()),
    recordingsNewestFirst: () => newestFirst(recordings.values()),
  };
}

/** True while a recording still takes in sound, or could again. */
export function isRunning(recording: SimRecording): boolean {
  return recording.state === 'in-progress' || recording.state === 'paused';
}

/** Ends a pause; a recording that is not paused stays as it is. */
export function resumeAt(recording: SimRecording, atMs: number): void {
  if (recording.state !== 'paused') return;
  recording.state = 'in-progress';
  recording.updatedAtMs = atMs;
  const pause = recording.pauses.at(-1);
  if (pause !== undefined) pause.toMs = atMs;
}

/** How much sound a recording has at a moment: all of its time but the pauses that leave nothing. */
export function soundMs({ pauses, startedAtMs }: SimRecording, atMs: number): number {
  const skippedMs = pauses
    .filter(({ behavior }) => behavior === 'skip')
    .reduce((sum, { fromMs, toMs }) => sum + (toMs ?? atMs) - fromMs, 0);
  return Math.max(0, atMs - startedAtMs - skippedMs);
}

/** How a call ended, in the words that all networks share. */
export function outcomeOf({ state }: SimCall): 'completed' | 'busy' | 'no_answer' | 'failed' {
  if (state === 'completed' || state === 'busy') return state;
  return state === 'failed' ? 'failed' : 'no_answer';
}
