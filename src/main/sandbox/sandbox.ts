// The sandbox: a made-up telephone provider for sample mode and tests. It serves Twilio's API on loopback and sends
// signed callbacks, so that the product meets it exactly as it meets Twilio: over HTTP and in no other way.
import type { Input } from '../../preload/contract/api.ts';
import type { Carrier } from './carrier.ts';
import type { SandboxClock } from './clock.ts';
import { planHistory, planNext } from './history.ts';
import { noDisorder } from './letterbox.ts';
import { createLifecycle } from './lifecycle.ts';
import { createOutbox, type SandboxLog } from './outbox.ts';
import { type CallPlan, type CallWish, clinicLines, type Line, planCall } from './plan-call.ts';
import { createRandom, sidOf } from './random.ts';
import type { Sound } from './send-sound.ts';
import { createTwilioCarrier } from './twilio/carrier.ts';
import { soundOf } from './twilio/media.ts';
import { createTwilioServer, type SeenRequest } from './twilio/server.ts';
import { calmTwilio, type TwilioSwitches } from './twilio/switches.ts';
import { inWeather } from './weather.ts';
import { type CallbackTarget, createWorld, type SimNumber, type SimRecording, type World } from './world.ts';

export interface SandboxOptions {
  /** The product's own clock: both run at the same speed. */
  clock: SandboxClock;
  /** Same seed, same calls: ids, numbers, relative times and sound. */
  seed: number;
  accountSid: string;
  authToken: string;
  log?: SandboxLog;
  /** Told of every request that the Twilio stand-in let in (checks of what the product sends). */
  onRequest?: (request: SeenRequest) => void;
}

export interface MoreWishes
  extends Pick<CallWish, 'line' | 'from' | 'to' | 'record' | 'putThrough' | 'mediaLateMs'> {
  /** In the past: all of it has happened already. Default: now. */
  startsAtMs?: number;
}

export interface Sandbox {
  start(): Promise<{ twilioBaseUrl: string }>;
  /**
   * Says where callbacks go from now on: `<webhookBaseUrl>/webhooks/twilio-call-status` and `-recording`. The same
   * address is signed. Only loopback addresses are ever connected to.
   * @param numbers `connected` (the default) also sets the StatusCallback of every number that reports to nobody or
   *   to the address before; `as_they_are` leaves that to whoever uses the API
   */
  connect(target: { webhookBaseUrl: string; numbers?: 'connected' | 'as_they_are' }): void;
  /** Lets calls begin now, all at once. */
  place(input?: Input<'sandbox.place'>, more?: MoreWishes): Promise<{ callSids: string[] }>;
  /** Calls of earlier today and the days before, told at once. Resolves when all but the one still going on are told. */
  seedHistory(options: { count: number }): Promise<{ callSids: string[] }>;
  /** While on, a new call begins every 40 to 90 s. */
  autopilot(on: boolean): void;
  /** Resolves when no call is under way and every callback was delivered or given up. */
  idle(): Promise<void>;
  stop(): Promise<void>;
  callsPlaced(): number;
  readonly lines: readonly Line[];
  /** Twilio as the telephone network of the other stand-ins: through its API, or through a SIP trunk. */
  readonly carriers: { readonly api: Carrier; readonly trunk: Carrier };
  /** What exists there, for tests to compare with what the product found. */
  readonly world: World;
  /** The sound of a recording, as its media brings it on all its channels. */
  soundOf(recording: SimRecording): Sound;
  /** Behaviour of the Twilio stand-in; may be changed at any time. */
  readonly switches: TwilioSwitches;
}

const statusPath = '/webhooks/twilio-call-status';
const recordingPath = '/webhooks/twilio-recording';
const progressEvents = ['initiated', 'ringing', 'answered', 'completed'];

/** The product's other address, where the first one is the product's. */
function recordingAddressBeside(progress: CallbackTarget | null): CallbackTarget | null {
  const url = progress?.url.split('#', 1)[0] ?? '';
  if (!url.endsWith(statusPath)) return null;
  return {
    url: url.slice(0, -statusPath.length) + recordingPath,
    method: 'POST',
    events: new Set(['in-progress', 'completed', 'absent']),
  };
}

function numberOf(number: string, label: string, nowMs: number): SimNumber {
  return {
    sid: sidOf('PN', number),
    number,
    label,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    statusCallback: '',
    statusCallbackMethod: 'POST',
  };
}

/** @returns a sandbox whose Twilio stand-in listens once started; it keeps nothing on disk */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { clock, accountSid, authToken } = options;
  const seed = String(options.seed);
  const world = createWorld();
  const outbox = createOutbox({ authToken, random: createRandom(`${seed}/waits`), log: options.log ?? null });
  const switches = calmTwilio();
  const lifecycle = createLifecycle({ clock, seed, accountSid, world, outbox, weather: switches });
  for (const { number, label } of clinicLines) {
    const item = numberOf(number, label, clock.now());
    world.numbers.set(item.sid, item);
  }
  const onRequest = options.onRequest ?? null;
  const server = createTwilioServer({
    clock,
    seed,
    world,
    lifecycle,
    accountSid,
    authToken,
    switches,
    onRequest,
  });
  let webhookBaseUrl: string | null = null;
  let pilot: AbortController | null = null;
  let placed = 0;

  /** Where a call's progress goes: an incoming one's to what its number says, an outgoing one's to the product. */
  const progressOf = ({ direction, to }: CallPlan): CallbackTarget | null => {
    if (direction === 'outbound') {
      return webhookBaseUrl === null
        ? null
        : { url: webhookBaseUrl + statusPath, method: 'POST', events: new Set(progressEvents) };
    }
    const line = [...world.numbers.values()].find(({ number }) => number === to);
    if (line === undefined || line.statusCallback === '') return null;
    const events = switches.lineEvents === 'all' ? progressEvents : ['completed'];
    return { url: line.statusCallback, method: line.statusCallbackMethod, events: new Set(events) };
  };

  /**
   * The clinic's lines report progress as TwiML with `<Dial record="record-from-answer-dual">` and
   * statusCallbackEvent on both directions would; all is recorded on two channels from the answer on. A number that
   * does not report to the product tells it of no recording either.
   */
  const begin = (callSeed: string, plan: CallPlan, disorder = noDisorder) => {
    placed += 1;
    const progress = progressOf(plan);
    const line = plan.direction === 'inbound' ? plan.to : plan.from;
    const record = plan.record && !switches.unrecordedLines.has(line);
    return lifecycle.begin(callSeed, record ? plan : { ...plan, record }, {
      statusCallback: progress,
      recording: {
        source: plan.direction === 'inbound' ? 'DialVerb' : 'OutboundAPI',
        track: 'both',
        channels: 2,
        callback: recordingAddressBeside(progress),
      },
      disorder,
    });
  };
  const plan = (callSeed: string, wish: CallWish): CallPlan =>
    planCall(createRandom(`${seed}/${callSeed}`), inWeather(wish, switches, `${seed}/${callSeed}`));

  const fly = async (signal: AbortSignal): Promise<void> => {
    const random = createRandom(`${seed}/autopilot`);
    for (let flown = 0; ; flown++) {
      await clock.delay(random.between(40_000, 90_000), signal);
      if (signal.aborted) return;
      const callSeed = `autopilot/${flown}`;
      begin(callSeed, plan(callSeed, planNext(random, clock.now())));
    }
  };

  const carrier = (through: 'api' | 'trunk'): Carrier => {
    const onDial = (): void => {
      placed += 1;
    };
    return createTwilioCarrier({ clock, seed, lifecycle, weather: switches, onDial }, through);
  };

  return {
    lines: clinicLines,
    world,
    soundOf: (recording) => soundOf({ seed, encoding: switches.wavEncoding }, recording, recording.channels),
    carriers: { api: carrier('api'), trunk: carrier('trunk') },
    switches,
    start: async () => ({ twilioBaseUrl: await server.start() }),
    connect(to) {
      const before = webhookBaseUrl === null ? '' : webhookBaseUrl + statusPath;
      webhookBaseUrl = to.webhookBaseUrl.replace(/\/+$/, '');
      if (to.numbers === 'as_they_are') return;
      for (const item of world.numbers.values()) {
        const isFree = item.statusCallback === '' || item.statusCallback === before;
        if (isFree) item.statusCallback = webhookBaseUrl + statusPath;
      }
    },
    async place(input = {}, more = {}) {
      const { count = 1, outcome, direction, talkMs, duplicate = false, shuffle = false } = input;
      const batch = input.seed === undefined ? `place/${placed}` : `seed/${input.seed}`;
      const startsAtMs = more.startsAtMs ?? clock.now();
      const callSids = Array.from({ length: count }, (_, i) => {
        const callSeed = `${batch}/${i}`;
        const wish = { ...more, startsAtMs, outcome, direction, talkMs };
        return begin(callSeed, plan(callSeed, wish), { duplicate, shuffle }).call.sid;
      });
      return { callSids };
    },
    async seedHistory({ count }) {
      const nowMs = clock.now();
      const begun = planHistory(createRandom(`${seed}/history`), nowMs, count).map((wish, i) => {
        const callPlan = plan(`history/${i}`, wish);
        const isOver = callPlan.endsAtMs + callPlan.processingMs <= nowMs;
        return { isOver, ...begin(`history/${i}`, callPlan) };
      });
      await Promise.all(begun.filter(({ isOver }) => isOver).map(({ done }) => done));
      return { callSids: begun.map(({ call }) => call.sid) };
    },
    autopilot(on) {
      pilot?.abort();
      pilot = on ? new AbortController() : null;
      if (pilot !== null) void fly(pilot.signal);
    },
    idle: lifecycle.idle,
    async stop() {
      pilot?.abort();
      await lifecycle.stop();
      await server.stop();
    },
    callsPlaced: () => placed,
  };
}
