// The ElevenLabs stand-in: its API, its conversations on a carrier's network, and its webhooks.
import type { Carrier } from '../carrier.ts';
import type { SandboxClock } from '../clock.ts';
import type { SandboxLog } from '../outbox.ts';
import type { SimConversation } from './conversations.ts';
import { createCourse, type PhoneNumber, type Placing } from './course.ts';
import { createElevenLabsOutbox } from './outbox.ts';
import { createElevenLabsServer, type ServerDeps } from './server.ts';
import { calmElevenLabs, type ElevenLabsSwitches } from './switches.ts';

export interface ElevenLabsOptions {
  clock: SandboxClock;
  /** Same seed, same conversations: ids, words, times of the audio. */
  seed: number;
  apiKey: string;
  webhookSecret: string;
  agentId: string;
  /** The networks that its two phone numbers are connected to; without one there is no such number. */
  twilio?: Carrier;
  sip?: Carrier;
  log?: SandboxLog;
  onRequest?: NonNullable<ServerDeps['onRequest']>;
}

export interface ElevenLabsStandIn {
  start(): Promise<{ baseUrl: string }>;
  /** Says where webhooks go from now on: `<webhookBaseUrl>/webhooks/elevenlabs-post-call`. */
  connect(target: { webhookBaseUrl: string }): void;
  /** Ids of its phone numbers, for ELEVENLABS_PHONE_NUMBER_ID; null without that network. */
  readonly phoneNumberIds: { twilio: string | null; sip: string | null };
  /** A call that somebody else places through ElevenLabs. Errors: TypeError without that network. */
  place(
    network: 'twilio' | 'sip',
    placing: Pick<Placing, 'to' | 'outcome' | 'talkMs'>,
  ): Readonly<SimConversation>;
  conversations(): Readonly<SimConversation>[];
  idle(): Promise<void>;
  stop(): Promise<void>;
  readonly switches: ElevenLabsSwitches;
}

/** @returns a stand-in that listens once started; it keeps nothing on disk */
export function createElevenLabsStandIn(options: ElevenLabsOptions): ElevenLabsStandIn {
  const { clock, apiKey, agentId } = options;
  const conversations = new Map<string, SimConversation>();
  const switches = calmElevenLabs();
  const numbers = numbersOf(options);
  let webhookUrl: string | null = null;
  const outbox = createElevenLabsOutbox({ secret: options.webhookSecret, log: options.log ?? null });
  const course = createCourse({
    clock,
    seed: `${options.seed}/elevenlabs`,
    conversations,
    outbox,
    switches,
    webhookUrl: () => webhookUrl,
  });
  const server = createElevenLabsServer({
    clock,
    seed: `${options.seed}/elevenlabs`,
    apiKey,
    agentIds: [agentId],
    numbers,
    conversations,
    course,
    switches,
    webhookUrl: () => webhookUrl,
    onRequest: options.onRequest ?? null,
  });
  const idOf = (type: PhoneNumber['type']): string | null =>
    numbers.find((number) => number.type === type)?.phoneNumberId ?? null;

  return {
    switches,
    phoneNumberIds: { twilio: idOf('twilio'), sip: idOf('sip_trunking') },
    start: async () => ({ baseUrl: await server.start() }),
    connect(to) {
      webhookUrl = `${to.webhookBaseUrl.replace(/\/+$/, '')}/webhooks/elevenlabs-post-call`;
    },
    place(network, placing) {
      const type = network === 'twilio' ? 'twilio' : 'sip_trunking';
      const number = numbers.find((one) => one.type === type);
      if (number === undefined) throw new TypeError(`no phone number on ${network}`);
      return course.place({ ...placing, agentId, number, userId: null, dynamicVariables: {}, record: false });
    },
    conversations: () => [...conversations.values()],
    idle: () => course.idle(),
    async stop() {
      await course.stop();
      await server.stop();
    },
  };
}

function numbersOf({ twilio, sip }: ElevenLabsOptions): PhoneNumber[] {
  const numbers: PhoneNumber[] = [];
  if (twilio !== undefined) {
    numbers.push({
      phoneNumberId: 'phnum_sandbox_twilio',
      number: '+14155550101',
      label: 'Voice Bot',
      carrier: twilio,
      type: 'twilio',
    });
  }
  if (sip !== undefined) {
    numbers.push({
      phoneNumberId: 'phnum_sandbox_sip',
      number: '+14155550102',
      label: 'Priority queue',
      carrier: sip,
      type: 'sip_trunking',
    });
  }
  return numbers;
}
