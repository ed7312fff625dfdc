// The sandbox: a made-up telephone provider for sample mode and tests. It serves Twilio's API on loopback and sends
// signed callbacks, so that the product meets it exactly as it meets Twilio: over HTTP and in no other way.
import type { Input } from '../../preload/contract/api.ts';
import type { SandboxClock } from './clock.ts';
import { planHistory, planNext } from './history.ts';
import { createLifecycle } from './lifecycle.ts';
import { createOutbox, type SandboxLog } from './outbox.ts';
import { type CallPlan, type CallWish, clinicLines, type Line, planCall } from './plan-call.ts';
import { createRandom } from './random.ts';
import { createTwilioServer, type SeenRequest, type TwilioSwitches } from './twilio/server.ts';
import { type CallbackTarget, createWorld } from './world.ts';

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

export interface Sandbox {
  start(): Promise<{ twilioBaseUrl: string }>;
  /**
   * Says where callbacks go from now on: `<webhookBaseUrl>/webhooks/twilio-call-status` and `-recording`. The same
   * address is signed. Only loopback addresses are ever connected to.
   */
  connect(target: { webhookBaseUrl: string }): void;
  /** Lets calls begin now, all at once. */
  place(input?: Input<'sandbox.place'>): Promise<{ callSids: string[] }>;
  /** Calls of earlier today and the days before, told at once. Resolves when all but the one still going on are told. */
  seedHistory(options: { count: number }): Promise<{ callSids: string[] }>;
  /** While on, a new call begins every 40 to 90 s. */
  autopilot(on: boolean): void;
  /** Resolves when no call is under way and every callback was delivered or given up. */
  idle(): Promise<void>;
  stop(): Promise<void>;
  callsPlaced(): number;
  readonly lines: readonly Line[];
  /** Behaviour of the Twilio stand-in; may be changed at any time. */
  readonly switches: TwilioSwitches;
}

/** @returns a sandbox whose Twilio stand-in listens once started; it keeps nothing on disk */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { clock, accountSid, authToken } = options;
  const seed = String(options.seed);
  const world = createWorld();
  const outbox = createOutbox({ authToken, random: createRandom(`${seed}/waits`), log: options.log ?? null });
  const lifecycle = createLifecycle({ clock, seed, accountSid, world, outbox });
  const switches: TwilioSwitches = { maxConcurrent: null, wavEncoding: 'pcm16' };
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

  const target = (path: string, events: readonly string[]): CallbackTarget | null =>
    webhookBaseUrl === null ? null : { url: webhookBaseUrl + path, method: 'POST', events: new Set(events) };

  /**
   * The clinic's lines report progress as TwiML with `<Dial record="record-from-answer-dual">` and
   * statusCallbackEvent on both directions would; all is recorded on two channels from the answer on.
   */
  const begin = (callSeed: string, plan: CallPlan, disorder = { duplicate: false, shuffle: false }) => {
    placed += 1;
    return lifecycle.begin(callSeed, plan, {
      statusCallback: target('/webhooks/twilio-call-status', [
        'initiated',
        'ringing',
        'answered',
        'completed',
      ]),
      recording: {
        source: plan.direction === 'inbound' ? 'DialVerb' : 'OutboundAPI',
        track: 'both',
        channels: 2,
        callback: target('/webhooks/twilio-recording', ['in-progress', 'completed', 'absent']),
      },
      disorder,
    });
  };
  const plan = (callSeed: string, wish: CallWish): CallPlan =>
    planCall(createRandom(`${seed}/${callSeed}`), wish);

  const fly = async (signal: AbortSignal): Promise<void> => {
    const random = createRandom(`${seed}/autopilot`);
    for (let flown = 0; ; flown++) {
      await clock.delay(random.between(40_000, 90_000), signal);
      if (signal.aborted) return;
      const callSeed = `autopilot/${flown}`;
      begin(callSeed, plan(callSeed, planNext(random, clock.now())));
    }
  };

  return {
    lines: clinicLines,
    switches,
    start: async () => ({ twilioBaseUrl: await server.start() }),
    connect(to) {
      webhookBaseUrl = to.webhookBaseUrl.replace(/\/+$/, '');
    },
    async place(input = {}) {
      const { count = 1, outcome, direction, talkMs, duplicate = false, shuffle = false } = input;
      const batch = input.seed === undefined ? `place/${placed}` : `seed/${input.seed}`;
      const startsAtMs = clock.now();
      const callSids = Array.from({ length: count }, (_, i) => {
        const callSeed = `${batch}/${i}`;
        const wish = { startsAtMs, outcome, direction, talkMs };
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
