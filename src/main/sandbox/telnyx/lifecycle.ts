// Lets calls at the made-up Telnyx happen, each along its plan on the given clock. Moments are the plan's own, not
// those at which timers fire, so that a seed gives the same times at every speed.
import type { CarrierProgress } from '../carrier.ts';
import type { SandboxClock } from '../clock.ts';
import type { CallPlan } from '../plan-call.ts';
import { createRandom, uuidOf } from '../random.ts';
import type { Ending, Payload } from './payloads.ts';
import { answered, hangup, initiated, recordingError, recordingSaved } from './payloads.ts';
import type { CallPost, TelnyxPost } from './post.ts';
import type { TelnyxSwitches } from './switches.ts';
import { idsOf, isRunning, type TelnyxCall, type TelnyxRecording, type TelnyxWorld } from './world.ts';

export interface BeginWish {
  connectionId: string;
  sipCallId?: string;
  headers?: TelnyxCall['headers'];
  clientState?: string | null;
  webhookUrl: string | null;
  /** Null: not recorded from the answer on. */
  record: RecordWish | null;
  onProgress?: (progress: CarrierProgress) => void;
}

export interface RecordWish {
  channels: TelnyxRecording['channels'];
  format: TelnyxRecording['format'];
  initiatedBy: TelnyxRecording['initiatedBy'];
}

export interface TelnyxLifecycle {
  /** Sets a call going; with a wish to record, its recording has its id from the beginning. */
  begin(seed: string, plan: CallPlan, wish: BeginWish): { call: TelnyxCall; done: Promise<void> };
  hangUp(call: TelnyxCall): void;
  record(call: TelnyxCall, wish: RecordWish): TelnyxRecording;
  pause(recording: TelnyxRecording): void;
  resume(recording: TelnyxRecording): void;
  stopRecording(recording: TelnyxRecording): void;
  log(call: TelnyxCall, name: string, metadata: Payload): void;
  idle(): Promise<void>;
  stop(): Promise<void>;
}

interface Course {
  plan: CallPlan;
  post: CallPost;
  cut: AbortController;
  hungUpAtMs: number | null;
  finishing: Promise<void>[];
  tellProgress: (progress: CarrierProgress) => void;
}

interface Deps {
  clock: SandboxClock;
  seed: string;
  world: TelnyxWorld;
  post: TelnyxPost;
  switches: TelnyxSwitches;
  /** A fresh link to a recording's sound. */
  linkOf: (recording: TelnyxRecording) => string;
}

/** How each outcome of a plan ends. */
const endings: Record<CallPlan['outcome'], Ending> = {
  answered: { cause: 'normal_clearing', source: 'callee', sipCode: '200' },
  too_short: { cause: 'normal_clearing', source: 'callee', sipCode: '200' },
  busy: { cause: 'user_busy', source: 'callee', sipCode: '486' },
  no_answer: { cause: 'timeout', source: 'unknown', sipCode: '487' },
};

export function createTelnyxLifecycle(deps: Deps): TelnyxLifecycle {
  const { clock, seed, world, switches } = deps;
  const courses = new Map<TelnyxCall, Course>();
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();

  const waitUntil = async (atMs: number, signal: AbortSignal): Promise<void> => {
    const delayMs = atMs - clock.now();
    if (delayMs > 0 && !signal.aborted) await clock.delay(delayMs, signal);
  };

  const tell = (call: TelnyxCall, { post }: Course, type: string, atMs: number, payload: Payload): void => {
    const metadata = post.post({ type, atMs, payload }, () => call.told.add(type));
    world.events.push({ name: type, type: 'webhook', atMs, call, metadata });
  };

  const begun = new Map<string, number>();

  const addRecording = (call: TelnyxCall, wish: RecordWish, state: 'planned' | 'recording', atMs: number) => {
    const id = uuidOf(`${seed}/telnyx-recording/${call.legId}/${call.recordings.length}`);
    const recording: TelnyxRecording = {
      id,
      call,
      state,
      ...wish,
      startedAtMs: atMs,
      endedAtMs: null,
      durationMs: 0,
      isSilent: createRandom(`${seed}/telnyx-silent/${id}`).chance(switches.silent),
      pauses: [],
      listedFromMs: null,
      mediaFromMs: 0,
    };
    call.recordings.push(recording);
    world.recordings.set(recording.id, recording);
    return recording;
  };

  const endRecording = (recording: TelnyxRecording, atMs: number): void => {
    const course = courses.get(recording.call);
    if (course === undefined || !isRunning(recording)) return;
    resumeAt(recording, atMs);
    const pausedMs = recording.pauses.reduce((sum, { fromMs, toMs }) => sum + (toMs ?? atMs) - fromMs, 0);
    recording.durationMs = Math.max(0, atMs - recording.startedAtMs - pausedMs);
    recording.endedAtMs = atMs;
    recording.state = 'saving';
    course.finishing.push(save(recording, course, atMs + course.plan.processingMs));
  };

  const save = async (recording: TelnyxRecording, course: Course, atMs: number): Promise<void> => {
    await waitUntil(atMs, stopping.signal);
    if (stopping.signal.aborted) return;
    const random = createRandom(`${seed}/telnyx-save/${recording.id}`);
    if (random.chance(switches.failRecordings)) {
      recording.state = 'failed';
      tell(recording.call, course, 'call.recording.error', atMs, recordingError(recording));
      return;
    }
    recording.state = 'saved';
    recording.listedFromMs = atMs + random.next() * switches.recordingsLateMs + course.plan.mediaLateMs;
    recording.mediaFromMs = recording.listedFromMs + random.next() * switches.mediaLateMs;
    const url = deps.linkOf(recording);
    const payload = recordingSaved(recording, url, switches.savedWithoutIds);
    tell(recording.call, course, 'call.recording.saved', atMs, payload);
  };

  const drive = async (call: TelnyxCall, course: Course): Promise<void> => {
    const { plan, cut } = course;
    tell(call, course, 'call.initiated', plan.startsAtMs, initiated(call));
    await waitUntil(plan.ringsAtMs, cut.signal);
    if (!cut.signal.aborted) course.tellProgress({ state: 'ringing', atMs: plan.ringsAtMs });
    await waitUntil(plan.answersAtMs ?? plan.endsAtMs, cut.signal);
    if (plan.answersAtMs !== null && !cut.signal.aborted) {
      call.answeredAtMs = plan.answersAtMs;
      for (const recording of call.recordings) {
        if (recording.state !== 'planned') continue;
        recording.state = 'recording';
        recording.startedAtMs = plan.answersAtMs;
      }
      tell(call, course, 'call.answered', plan.answersAtMs, answered(call));
      course.tellProgress({ state: 'in_progress', atMs: plan.answersAtMs });
    }
    await waitUntil(plan.endsAtMs, cut.signal);
    if (stopping.signal.aborted) return;
    end(call, course, course.hungUpAtMs ?? plan.endsAtMs);
    await Promise.all(course.finishing);
    await course.post.flush();
  };

  const end = (call: TelnyxCall, course: Course, atMs: number): void => {
    const talked = call.answeredAtMs !== null;
    call.endedAtMs = atMs;
    const { outcome } = course.plan;
    const cut: Ending = { cause: 'originator_cancel', source: 'caller', sipCode: '487' };
    const ending = course.hungUpAtMs !== null && !talked ? cut : endings[outcome];
    tell(call, course, 'call.hangup', atMs, hangup(call, ending, atMs));
    const unanswered = outcome === 'busy' ? ('busy' as const) : ('no_answer' as const);
    course.tellProgress({ state: 'ended', atMs, outcome: talked ? 'completed' : unanswered });
    for (const recording of call.recordings) endRecording(recording, atMs);
  };

  return {
    begin(callSeed, plan, wish) {
      const nth = begun.get(callSeed) ?? 0;
      begun.set(callSeed, nth + 1);
      const ids = idsOf(`${seed}/${callSeed}/${nth}`);
      const random = createRandom(`${seed}/telnyx-listed/${ids.legId}`);
      const call: TelnyxCall = {
        ...ids,
        sipCallId: wish.sipCallId ?? `${uuidOf(`${seed}/sip/${ids.legId}`)}@sip.telnyx.example`,
        connectionId: wish.connectionId,
        direction: plan.direction === 'inbound' ? 'incoming' : 'outgoing',
        from: plan.from,
        to: plan.to,
        headers: wish.headers ?? [],
        clientState: wish.clientState ?? null,
        webhookUrl: wish.webhookUrl,
        createdAtMs: plan.startsAtMs,
        answeredAtMs: null,
        endedAtMs: null,
        recordings: [],
        commandIds: new Set(),
        told: new Set(),
        listedFromMs: plan.startsAtMs + random.next() * switches.callsListedLateMs,
      };
      const course: Course = {
        plan,
        post: deps.post.ofCall(ids.legId, () => call.webhookUrl),
        cut: new AbortController(),
        hungUpAtMs: null,
        finishing: [],
        tellProgress: wish.onProgress ?? (() => {}),
      };
      world.calls.set(call.controlId, call);
      courses.set(call, course);
      if (wish.record !== null) addRecording(call, wish.record, 'planned', plan.startsAtMs);
      const done = drive(call, course).finally(() => underWay.delete(done));
      underWay.add(done);
      return { call, done };
    },
    hangUp(call) {
      const course = courses.get(call);
      if (course === undefined || call.endedAtMs !== null || course.hungUpAtMs !== null) return;
      course.hungUpAtMs = clock.now();
      course.cut.abort();
    },
    record: (call, wish) => addRecording(call, wish, 'recording', clock.now()),
    pause(recording) {
      if (recording.state !== 'recording') return;
      recording.state = 'paused';
      recording.pauses.push({ fromMs: clock.now(), toMs: null });
    },
    resume: (recording) => resumeAt(recording, clock.now()),
    stopRecording: (recording) => endRecording(recording, clock.now()),
    log(call, name, metadata) {
      world.events.push({ name, type: 'command', atMs: clock.now(), call, metadata });
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async stop() {
      stopping.abort();
      for (const course of courses.values()) course.cut.abort();
      deps.post.stop();
      await Promise.all(underWay);
    },
  };
}

function resumeAt(recording: TelnyxRecording, atMs: number): void {
  if (recording.state !== 'paused') return;
  recording.state = 'recording';
  const pause = recording.pauses.at(-1);
  if (pause !== undefined) pause.toMs = atMs;
}
