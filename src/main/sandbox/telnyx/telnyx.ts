// The made-up Telnyx as one thing: its API on loopback, its signed webhooks, and its network for others to dial through.
import type { Carrier, CarrierCall, CarrierProgress } from '../carrier.ts';
import type { SandboxClock } from '../clock.ts';
import type { SandboxLog } from '../outbox.ts';
import { type CallPlan, type CallWish, planCall } from '../plan-call.ts';
import { createRandom } from '../random.ts';
import type { Sound } from '../send-sound.ts';
import { inWeather } from '../weather.ts';
import { createTelnyxLifecycle } from './lifecycle.ts';
import { createTelnyxMedia } from './media.ts';
import { createTelnyxPost, signingKey } from './post.ts';
import { createTelnyxServer, type SeenTelnyxRequest } from './server.ts';
import { calmSwitches, type TelnyxSwitches } from './switches.ts';
import { createTelnyxWorld, type TelnyxCall, type TelnyxRecording, type TelnyxWorld } from './world.ts';

export interface TelnyxStandInOptions {
  /** The product's own clock: both run at the same speed. */
  clock: SandboxClock;
  /** Same seed, same calls. */
  seed: string;
  apiKey: string;
  connectionId: string;
  log?: SandboxLog;
  onRequest?: (request: SeenTelnyxRequest) => void;
}

export interface TelnyxStandIn {
  /** @returns what the product has to be told: TELNYX_BASE_URL (ends in /v2) and TELNYX_PUBLIC_KEY */
  start(): Promise<{ baseUrl: string; publicKey: string }>;
  /** Where the connection's webhooks go from now on: `<webhookBaseUrl>/api/webhooks/telnyx/call-events`. */
  connect(target: { webhookBaseUrl: string }): void;
  /** Lets calls that come in (or that another program placed) begin now. */
  place(wishes: readonly (Omit<CallWish, 'startsAtMs'> & { startsAtMs?: number })[]): TelnyxCall[];
  readonly carrier: Carrier;
  /** Another SIP connection of the account, which has no webhook address. */
  readonly quietCarrier: Carrier;
  /** Behaviour; may be changed at any time. */
  readonly switches: TelnyxSwitches;
  /** What exists there, for tests to compare with what the product found. */
  readonly world: TelnyxWorld;
  /** The sound of a recording, as its links bring it. */
  soundOf(recording: TelnyxRecording): Sound;
  hangUp(call: TelnyxCall): void;
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** @returns a stand-in that listens once started; it keeps nothing on disk */
export function createTelnyxStandIn(options: TelnyxStandInOptions): TelnyxStandIn {
  const { clock, seed, connectionId } = options;
  const switches = calmSwitches();
  const world = createTelnyxWorld();
  const { privateKey, publicKey } = signingKey(seed);
  let origin = '';
  let webhookBaseUrl: string | null = null;
  const webhookUrl = (): string | null =>
    webhookBaseUrl === null ? null : `${webhookBaseUrl}/api/webhooks/telnyx/call-events`;
  const media = createTelnyxMedia({ clock, seed, world, switches, origin: () => origin });
  const post = createTelnyxPost({ clock, seed, privateKey, switches, log: options.log ?? null });
  const lifecycle = createTelnyxLifecycle({ clock, seed, world, post, switches, linkOf: media.linkOf });
  const server = createTelnyxServer({
    clock,
    seed,
    world,
    lifecycle,
    switches,
    connectionId,
    webhookUrl,
    apiKey: options.apiKey,
    media,
    onRequest: options.onRequest ?? null,
  });
  let placed = 0;
  const planOf = (callSeed: string, wish: CallWish): CallPlan => {
    const planSeed = `${seed}/telnyx/${callSeed}`;
    return planCall(createRandom(planSeed), inWeather(wish, switches, planSeed));
  };

  // Whoever dials through the trunk has its credentials, so to Telnyx it is an outgoing call; it is recorded where
  // the trunk's voice profile says so.
  const carrier = (target: () => string | null): Carrier => ({
    network: 'telnyx',
    dial(order): CarrierCall {
      const { outcome, talkMs, to, from } = order;
      const wish = { startsAtMs: clock.now(), direction: 'outbound', outcome, talkMs, to, from } as const;
      const plan = planOf(`carrier/${order.seed}`, wish);
      const listeners = new Set<(progress: CarrierProgress) => void>();
      const { call } = lifecycle.begin(`carrier/${order.seed}`, plan, {
        connectionId,
        sipCallId: order.sipCallId,
        headers: Object.entries(order.headers).map(([name, value]) => ({ name, value })),
        webhookUrl: target(),
        record: order.record ? { channels: 'dual', format: 'wav', initiatedBy: 'Trunking' } : null,
        onProgress: (progress) => {
          for (const listener of listeners) listener(progress);
        },
      });
      return {
        providerCallId: call.controlId,
        onProgress: (listener) => void listeners.add(listener),
        hangUp: () => lifecycle.hangUp(call),
      };
    },
  });

  return {
    switches,
    world,
    soundOf: media.soundOf,
    async start() {
      origin = await server.start();
      return { baseUrl: `${origin}/v2`, publicKey };
    },
    connect(to) {
      webhookBaseUrl = to.webhookBaseUrl.replace(/\/+$/, '');
    },
    place: (wishes) =>
      wishes.map((wish) => {
        const callSeed = `place/${placed++}`;
        const plan = planOf(callSeed, { startsAtMs: clock.now(), ...wish });
        const { call } = lifecycle.begin(callSeed, plan, {
          connectionId,
          webhookUrl: webhookUrl(),
          record: plan.record ? { channels: 'dual', format: 'wav', initiatedBy: 'OutboundAPI' } : null,
        });
        return call;
      }),
    carrier: carrier(webhookUrl),
    quietCarrier: carrier(() => null),
    hangUp: lifecycle.hangUp,
    idle: lifecycle.idle,
    async stop() {
      await lifecycle.stop();
      await server.stop();
    },
  };
}
