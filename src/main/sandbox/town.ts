// The whole made-up outside world of sample mode and tests: a telephone network each of Twilio and Telnyx, and
// ElevenLabs and LiveKit, which dial through them as in life. All keys are made up.
import type { Carrier } from './carrier.ts';
import type { SandboxClock } from './clock.ts';
import { createElevenLabsStandIn, type ElevenLabsStandIn } from './elevenlabs/stand-in.ts';
import { planHistory, planNext } from './history.ts';
import { createLiveKitStandIn, type LiveKitStandIn } from './livekit/server.ts';
import type { SandboxLog } from './outbox.ts';
import { clinicLines, inventNumber } from './plan-call.ts';
import { createRandom } from './random.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { createTelnyxStandIn, type TelnyxStandIn } from './telnyx/telnyx.ts';

export interface TownOptions {
  /** The product's own clock: both run at the same speed. */
  clock: SandboxClock;
  /** Same seed, same calls: ids, numbers, relative times and sound. */
  seed: number;
  log?: SandboxLog;
}

export interface Town extends Pick<Sandbox, 'place' | 'callsPlaced' | 'lines'> {
  start(): Promise<void>;
  /** Every setting of every provider by its configuration name: made-up keys, and once started where the stand-ins are. */
  readonly settings: Readonly<Record<string, string>>;
  /** Says where webhooks of all of them go from now on; only loopback addresses are ever connected to. */
  connect(target: { webhookBaseUrl: string }): void;
  /** Calls of earlier today and the days before, a few of them at Telnyx, told at once. */
  seedHistory(options: { count: number }): Promise<void>;
  /** While on, a new call begins every 40 to 90 s, and one at another service every few minutes. */
  autopilot(on: boolean): void;
  /** Resolves when no call is under way anywhere and every webhook was delivered or given up. */
  idle(): Promise<void>;
  stop(): Promise<void>;
  /** API requests that reached each service so far, by provider; downloads of sound are none. */
  readonly requests: Readonly<Record<string, number>>;
  /** The stand-ins, with their switches. */
  readonly twilio: Sandbox;
  readonly telnyx: TelnyxStandIn;
  readonly elevenLabs: ElevenLabsStandIn;
  readonly liveKit: LiveKitStandIn;
  /** The SIP trunks between them; may be changed at any time. */
  readonly trunks: Trunks;
}

export interface Trunks {
  /** Where LiveKit's ends; whether that network records is said by LiveKit's switches. */
  liveKitEndsAt: Carrier['network'];
  /** Whether Telnyx records what ElevenLabs dials through it, and sends webhooks about it. */
  elevenLabs: { records: boolean; tells: boolean };
}

const keys = {
  TWILIO_ACCOUNT_SID: 'AC5a3b1e0d5a3b1e0d5a3b1e0d5a3b1e0d',
  TWILIO_AUTH_TOKEN: 'sample-calls-have-a-made-up-token',
  TELNYX_API_KEY: 'KEY0123456789ABCDEF_madeupforsamplecalls',
  TELNYX_CONNECTION_ID: '1684641123236054244',
  ELEVENLABS_API_KEY: 'sk_made_up_for_sample_calls',
  ELEVENLABS_WEBHOOK_SECRET: 'wsec_made_up_for_sample_calls',
  ELEVENLABS_AGENT_ID: 'agent_sandbox_front_desk',
  LIVEKIT_API_KEY: 'APImadeupsample',
  LIVEKIT_API_SECRET: 'made-up-secret-for-sample-calls-only',
  LIVEKIT_SIP_TRUNK_ID: 'ST_sampletrunk01',
} as const;

/** @returns a world whose stand-ins listen once started; it keeps nothing on disk */
export function createTown({ clock, seed, log }: TownOptions): Town {
  const common = { clock, ...(log === undefined ? {} : { log }) };
  const requests: Record<string, number> = {};
  const counting = (providerId: string) => ({
    onRequest({ path = '' }: { method: string; path?: string }): void {
      const isSound = /\/audio$|\.(?:mp3|wav)$/.test(path);
      if (!isSound) requests[providerId] = (requests[providerId] ?? 0) + 1;
    },
  });
  const [frontDesk] = clinicLines;
  const queueLine = clinicLines.at(-1) ?? frontDesk;
  const twilio = createSandbox({
    ...common,
    ...counting('twilio'),
    seed,
    accountSid: keys.TWILIO_ACCOUNT_SID,
    authToken: keys.TWILIO_AUTH_TOKEN,
  });
  const telnyx = createTelnyxStandIn({
    ...common,
    ...counting('telnyx'),
    seed: String(seed),
    apiKey: keys.TELNYX_API_KEY,
    connectionId: keys.TELNYX_CONNECTION_ID,
  });
  const trunks: Trunks = { liveKitEndsAt: 'telnyx', elevenLabs: { records: false, tells: false } };
  const liveKitTrunk = (): Carrier =>
    trunks.liveKitEndsAt === 'telnyx' ? telnyx.carrier : twilio.carriers.trunk;
  const liveKit = createLiveKitStandIn({
    ...common,
    ...counting('livekit'),
    seed: String(seed),
    keys: { apiKey: keys.LIVEKIT_API_KEY, apiSecret: keys.LIVEKIT_API_SECRET },
    trunk: { trunkId: keys.LIVEKIT_SIP_TRUNK_ID, number: queueLine.number },
    carrier: {
      get network() {
        return liveKitTrunk().network;
      },
      dial: (order) => liveKitTrunk().dial(order),
    },
  });
  // Tapedeck starts the recordings of such calls itself.
  liveKit.switches.record = false;
  const elevenLabs = createElevenLabsStandIn({
    ...common,
    ...counting('elevenlabs'),
    seed,
    apiKey: keys.ELEVENLABS_API_KEY,
    webhookSecret: keys.ELEVENLABS_WEBHOOK_SECRET,
    agentId: keys.ELEVENLABS_AGENT_ID,
    twilio: twilio.carriers.api,
    sip: {
      network: 'telnyx',
      dial(order) {
        const { records: record, tells } = trunks.elevenLabs;
        return (tells ? telnyx.carrier : telnyx.quietCarrier).dial({ ...order, record });
      },
    },
  });
  const settings: Record<string, string> = { ...keys };
  const random = createRandom(`${seed}/town`);
  let pilot: AbortController | null = null;

  /** Calls that another program of the clinic placed, or that came in, at the other services in turn. */
  const beginElsewhere = (turn: number): void => {
    if (turn % 3 === 2) {
      telnyx.place([{ ...planNext(random, clock.now()), line: frontDesk }]);
      return;
    }
    elevenLabs.place(turn % 3 === 0 ? 'twilio' : 'sip', {
      to: inventNumber(random),
      talkMs: Math.round(random.between(20_000, 150_000)),
    });
  };
  const fly = async (signal: AbortSignal): Promise<void> => {
    for (let turn = 0; ; turn++) {
      await clock.delay(random.between(100_000, 220_000), signal);
      if (signal.aborted) return;
      beginElsewhere(turn);
    }
  };

  return {
    twilio,
    telnyx,
    elevenLabs,
    liveKit,
    lines: twilio.lines,
    trunks,
    requests,
    settings,
    async start() {
      const [{ twilioBaseUrl }, { baseUrl: telnyxUrl, publicKey }, { baseUrl: elevenLabsUrl }, liveKitUrl] =
        await Promise.all([twilio.start(), telnyx.start(), elevenLabs.start(), liveKit.start()]);
      Object.assign(settings, {
        TWILIO_API_BASE_URL: twilioBaseUrl,
        TELNYX_BASE_URL: telnyxUrl,
        TELNYX_PUBLIC_KEY: publicKey,
        TELNYX_FROM_NUMBER: frontDesk.number,
        ELEVENLABS_BASE_URL: elevenLabsUrl,
        ELEVENLABS_PHONE_NUMBER_ID: elevenLabs.phoneNumberIds.twilio ?? '',
        ELEVENLABS_SIP_PHONE_NUMBER_ID: elevenLabs.phoneNumberIds.sip ?? '',
        LIVEKIT_URL: liveKitUrl,
        LIVEKIT_FROM_NUMBER: queueLine.number,
      });
    },
    connect(target) {
      for (const standIn of [twilio, telnyx, elevenLabs, liveKit]) standIn.connect(target);
    },
    place: (input, more) => twilio.place(input, more),
    async seedHistory({ count }) {
      const elsewhere = Math.floor(count / 7);
      // The latest calls show one of everything and stay Twilio's; of those before some were Telnyx's.
      const older = planHistory(createRandom(`${seed}/telnyx-history`), clock.now(), 11 + elsewhere).slice(
        11,
      );
      telnyx.place(older.map((wish) => ({ ...wish, line: frontDesk })));
      await Promise.all([twilio.seedHistory({ count: count - elsewhere }), telnyx.idle()]);
    },
    autopilot(on) {
      twilio.autopilot(on);
      pilot?.abort();
      pilot = on ? new AbortController() : null;
      if (pilot !== null) void fly(pilot.signal);
    },
    async idle() {
      // Those who dial first: what they do to the networks has begun by then.
      await Promise.all([elevenLabs.idle(), liveKit.idle()]);
      await Promise.all([twilio.idle(), telnyx.idle()]);
    },
    async stop() {
      pilot?.abort();
      await Promise.all([elevenLabs.stop(), liveKit.stop()]);
      await Promise.all([twilio.stop(), telnyx.stop()]);
    },
    // Everything that rings rings at one of the two networks.
    callsPlaced: () => twilio.callsPlaced() + telnyx.world.calls.size,
  };
}
