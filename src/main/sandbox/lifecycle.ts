// Lets calls happen: moves each one along its plan on the given clock and tells whoever asked to be told. Moments are
// the plan's own, not those at which timers fire, so that a seed gives the same times at every speed.
import { createCallPost } from './call-post.ts';
import { callStatusParams, recordingStatusParams } from './callback-params.ts';
import type { CarrierProgress } from './carrier.ts';
import type { SandboxClock } from './clock.ts';
import type { Disorder } from './letterbox.ts';
import type { Outbox } from './outbox.ts';
import type { CallPlan, LegPlan } from './plan-call.ts';
import { createRandom, sidOf } from './random.ts';
import type { CallWeather, MediaWeather, WebhookWeather } from './weather.ts';
import {
  type CallbackTarget,
  isRunning,
  outcomeOf,
  resumeAt,
  type SimCall,
  type SimRecording,
  soundMs,
  type World,
} from './world.ts';

/** Shorter recordings are thrown away by the provider with 16101. */
const shortestMs = 1_000;

export interface RecordingWish {
  source: SimRecording['source'];
  track: SimRecording['track'];
  channels: 1 | 2;
  callback: CallbackTarget | null;
}

export interface Lifecycle {
  /**
   * Sets a call going.
   * @param seed decides the SID, with the number of calls that were begun with it
   * @returns the call as it begins, and a promise of its last callback having been delivered or given up
   */
  begin(seed: string, plan: CallPlan, wish: BeginWish): { call: SimCall; done: Promise<void> };
  /** Hangs up now; a call that has ended stays as it is. */
  hangUp(call: SimCall): void;
  /** Starts a recording of a call in progress. */
  record(call: SimCall, wish: RecordingWish, atMs?: number): SimRecording;
  pause(recording: SimRecording, behavior: 'skip' | 'silence'): void;
  resume(recording: SimRecording): void;
  stopRecording(recording: SimRecording): void;
  /** Resolves when no call is under way and every callback was delivered or given up. */
  idle(): Promise<void>;
  /** Breaks off whatever is under way. */
  stop(): Promise<void>;
}

export interface BeginWish {
  /** Default: inbound, or outbound through the API. */
  direction?: SimCall['direction'];
  /** Whoever had the call placed is told how it goes, beside all callbacks. */
  onProgress?: (progress: CarrierProgress) => void;
  statusCallback: CallbackTarget | null;
  /** How to record when the plan says so. */
  recording: RecordingWish;
  /** Default: none but the weather's. */
  disorder?: Disorder;
}

interface Course {
  plan: CallPlan;
  onProgress: (progress: CarrierProgress) => void;
  post: ReturnType<typeof createCallPost>;
  /** Aborted when somebody hangs up, and when the sandbox stops. */
  cut: AbortController;
  hungUpAtMs: number | null;
  finishing: Promise<void>[];
}

interface Deps {
  clock: SandboxClock;
  seed: string;
  accountSid: string;
  world: World;
  outbox: Outbox;
  weather: WebhookWeather & Pick<CallWeather, 'silent'> & Pick<MediaWeather<string>, 'mediaLateMs'>;
}

export function createLifecycle({ clock, seed, accountSid, world, outbox, weather }: Deps): Lifecycle {
  const courses = new Map<SimCall, Course>();
  /** How many calls were begun with each seed. */
  const begun = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();

  const waitUntil = async (atMs: number, signal: AbortSignal): Promise<void> => {
    const delayMs = atMs - clock.now();
    if (delayMs > 0 && !signal.aborted) await clock.delay(delayMs, signal);
  };

  const tell = (call: SimCall, course: Course, event: string, status: string, atMs: number): void => {
    const sequence = call.nextSequence++;
    call.updatedAtMs = atMs;
    if (call.statusCallback?.events.has(event) !== true) return;
    const params = callStatusParams(accountSid, call, status, sequence, atMs);
    course.post.post(call.statusCallback, params, () => call.told.add(`call ${status}`));
  };

  const tellRecording = (recording: SimRecording, course: Course): void => {
    if (recording.callback?.events.has(recording.state) !== true) return;
    const params = recordingStatusParams(accountSid, recording);
    const { call, state } = recording;
    course.post.post(recording.callback, params, () => call.told.add(`recording ${state}`));
  };

  const record: Lifecycle['record'] = (call, wish, atMs = clock.now()) => {
    const recording: SimRecording = {
      sid: sidOf('RE', `${seed}/${call.sid}/${call.recordings.length}`),
      call,
      state: 'in-progress',
      ...wish,
      createdAtMs: atMs,
      updatedAtMs: atMs,
      startedAtMs: atMs,
      durationMs: null,
      pauses: [],
      errorCode: null,
      mediaFromMs: null,
    };
    call.recordings.push(recording);
    world.recordings.set(recording.sid, recording);
    const course = courses.get(call);
    if (course !== undefined) tellRecording(recording, course);
    return recording;
  };

  const endRecording = (recording: SimRecording, state: 'processing' | 'stopped', atMs: number): void => {
    const course = courses.get(recording.call);
    if (course === undefined || !isRunning(recording)) return;
    resumeAt(recording, atMs);
    recording.durationMs = soundMs(recording, atMs);
    recording.state = state;
    recording.updatedAtMs = atMs;
    course.finishing.push(finishRecording(recording, course, atMs + course.plan.processingMs));
  };

  const finishRecording = async (recording: SimRecording, course: Course, atMs: number): Promise<void> => {
    await waitUntil(atMs, stopping.signal);
    if (stopping.signal.aborted || recording.state === 'deleted') return;
    const random = createRandom(`${seed}/finish/${recording.sid}`);
    const isTooShort = (recording.durationMs ?? 0) < shortestMs;
    const isSilent = random.chance(weather.silent);
    const isAbsent = isTooShort || isSilent;
    const lateMs = course.plan.mediaLateMs + random.next() * weather.mediaLateMs;
    recording.state = isAbsent ? 'absent' : 'completed';
    recording.errorCode = isTooShort ? 16_101 : isSilent ? 16_102 : null;
    recording.mediaFromMs = isAbsent ? null : atMs + lateMs;
    recording.updatedAtMs = atMs;
    tellRecording(recording, course);
  };

  /** One leg that the call dials out to. Its callbacks go where those of the call go, each leg counting its own. */
  const driveLeg = async (parent: SimCall, course: Course, leg: LegPlan, nth: number): Promise<void> => {
    const { cut } = course;
    await waitUntil(leg.startsAtMs, cut.signal);
    if (cut.signal.aborted) return;
    const child: SimCall = {
      ...parent,
      sid: sidOf('CA', `${parent.sid}/leg/${nth}`),
      parentCallSid: parent.sid,
      direction: 'outbound-dial',
      to: leg.to,
      state: 'queued',
      createdAtMs: leg.startsAtMs,
      updatedAtMs: leg.startsAtMs,
      startedAtMs: null,
      endedAtMs: null,
      nextSequence: 0,
      recordings: [],
      told: new Set(),
    };
    world.calls.set(child.sid, child);
    // Who hangs up a leg ends the call: nothing is to be done after it.
    courses.set(child, course);
    tell(child, course, 'initiated', 'initiated', leg.startsAtMs);
    await waitUntil(leg.ringsAtMs, cut.signal);
    if (!cut.signal.aborted) {
      child.state = 'ringing';
      child.startedAtMs = leg.ringsAtMs;
      tell(child, course, 'ringing', 'ringing', leg.ringsAtMs);
    }
    await waitUntil(leg.answersAtMs ?? leg.endsAtMs, cut.signal);
    if (leg.answersAtMs !== null && !cut.signal.aborted) {
      child.state = 'in-progress';
      child.startedAtMs = leg.answersAtMs;
      tell(child, course, 'answered', 'in-progress', leg.answersAtMs);
    }
    await waitUntil(leg.endsAtMs, cut.signal);
    if (!stopping.signal.aborted) finish(child, course, course.hungUpAtMs ?? leg.endsAtMs);
  };

  const drive = async (call: SimCall, course: Course, wish: BeginWish): Promise<void> => {
    const { plan, cut } = course;
    if (plan.direction === 'outbound') tell(call, course, 'initiated', 'initiated', plan.startsAtMs);
    const legs = Promise.all(plan.legs.map((leg, nth) => driveLeg(call, course, leg, nth)));
    await waitUntil(plan.ringsAtMs, cut.signal);
    if (!cut.signal.aborted) {
      call.state = 'ringing';
      call.startedAtMs = plan.ringsAtMs;
      tell(call, course, 'ringing', 'ringing', plan.ringsAtMs);
      course.onProgress({ state: 'ringing', atMs: plan.ringsAtMs });
    }
    await waitUntil(plan.answersAtMs ?? plan.endsAtMs, cut.signal);
    if (plan.answersAtMs !== null && !cut.signal.aborted) {
      call.state = 'in-progress';
      call.startedAtMs = plan.answersAtMs;
      tell(call, course, 'answered', 'in-progress', plan.answersAtMs);
      course.onProgress({ state: 'in_progress', atMs: plan.answersAtMs });
      if (plan.record) record(call, wish.recording, plan.answersAtMs);
    }
    await waitUntil(plan.endsAtMs, cut.signal);
    // The legs of a call hang up before it does.
    await legs;
    if (stopping.signal.aborted) return;
    const endedAtMs = course.hungUpAtMs ?? plan.endsAtMs;
    finish(call, course, endedAtMs);
    for (const recording of call.recordings) endRecording(recording, 'processing', endedAtMs);
    course.onProgress({ state: 'ended', atMs: endedAtMs, outcome: outcomeOf(call) });
    await Promise.all(course.finishing);
    await course.post.flush();
  };

  const finish = (call: SimCall, course: Course, atMs: number): void => {
    const answered = call.state === 'in-progress';
    const unanswered = course.plan.outcome === 'busy' ? 'busy' : 'no-answer';
    call.state = answered ? 'completed' : course.hungUpAtMs === null ? unanswered : 'canceled';
    call.startedAtMs ??= atMs;
    call.endedAtMs = atMs;
    tell(call, course, 'completed', call.state, atMs);
  };

  return {
    begin(callSeed, plan, wish) {
      const nth = begun.get(callSeed) ?? 0;
      begun.set(callSeed, nth + 1);
      const sid = sidOf('CA', `${seed}/${callSeed}/${nth}`);
      const call: SimCall = {
        sid,
        parentCallSid: null,
        direction: wish.direction ?? (plan.direction === 'inbound' ? 'inbound' : 'outbound-api'),
        from: plan.from,
        to: plan.to,
        state: plan.direction === 'inbound' ? 'ringing' : 'queued',
        createdAtMs: plan.startsAtMs,
        updatedAtMs: plan.startsAtMs,
        startedAtMs: null,
        endedAtMs: null,
        statusCallback: wish.statusCallback,
        nextSequence: 0,
        recordings: [],
        told: new Set(),
      };
      const { disorder } = wish;
      const { signal } = stopping;
      const post = createCallPost({ outbox, seed: `${seed}/${sid}`, weather, clock, signal, disorder });
      const course = {
        plan,
        onProgress: wish.onProgress ?? (() => undefined),
        post,
        cut: new AbortController(),
        hungUpAtMs: null,
        finishing: [],
      };
      world.calls.set(sid, call);
      courses.set(call, course);
      const done = drive(call, course, wish).finally(() => underWay.delete(done));
      underWay.add(done);
      return { call, done };
    },
    hangUp(call) {
      const course = courses.get(call);
      if (course === undefined || call.endedAtMs !== null || course.hungUpAtMs !== null) return;
      course.hungUpAtMs = clock.now();
      course.cut.abort();
    },
    record,
    pause(recording, behavior) {
      if (recording.state !== 'in-progress') return;
      recording.state = 'paused';
      recording.updatedAtMs = clock.now();
      recording.pauses.push({ fromMs: clock.now(), toMs: null, behavior });
    },
    resume: (recording) => resumeAt(recording, clock.now()),
    stopRecording: (recording) => endRecording(recording, 'stopped', clock.now()),
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async stop() {
      stopping.abort();
      for (const course of courses.values()) course.cut.abort();
      outbox.stop();
      await Promise.all(underWay);
    },
  };
}
