// Lets conversations happen: each is a call on a carrier's network, and what becomes of that call becomes of it.
import type { Carrier, CarrierCall, CarrierOrder, CarrierProgress } from '../carrier.ts';
import type { SandboxClock } from '../clock.ts';
import { createLetterbox } from '../letterbox.ts';
import { createRandom, sidOf, uuidOf } from '../random.ts';
import { type SimConversation, writeLines } from './conversations.ts';
import type { ElevenLabsOutbox } from './outbox.ts';
import type { ElevenLabsSwitches } from './switches.ts';
import { audioBody, type Body, failureBody, transcriptionBody } from './webhook-bodies.ts';

export interface PhoneNumber {
  phoneNumberId: string;
  number: string;
  label: string;
  /** Network that it is connected to. */
  carrier: Carrier;
  type: 'twilio' | 'sip_trunking';
}

export interface Placing {
  agentId: string;
  number: PhoneNumber;
  to: string;
  userId: string | null;
  dynamicVariables: Readonly<Record<string, unknown>>;
  /** Whether ElevenLabs asks Twilio to record. */
  record: boolean;
  outcome?: CarrierOrder['outcome'];
  talkMs?: number;
}

export interface Course {
  /** Dials now. */
  place(placing: Placing): SimConversation;
  /** Resolves when no conversation is under way and every webhook was answered or given up. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

interface Deps {
  clock: SandboxClock;
  seed: string;
  conversations: Map<string, SimConversation>;
  outbox: ElevenLabsOutbox;
  switches: ElevenLabsSwitches;
  /** Where webhooks go; null: nowhere. */
  webhookUrl: () => string | null;
}

export function createCourse(deps: Deps): Course {
  const { clock, conversations, outbox, switches } = deps;
  const underWay = new Set<Promise<void>>();
  const calls = new Set<CarrierCall>();
  const stopping = new AbortController();

  const post = async (conversation: SimConversation, ...letters: Body[]): Promise<void> => {
    const seed = conversation.seed;
    const box = createLetterbox({ seed, weather: switches, clock, signal: stopping.signal });
    for (const body of letters) {
      box.put(async () => {
        const url = deps.webhookUrl();
        if (url !== null) await outbox.send(url, body, clock.now() + switches.clockSkewMs);
      });
    }
    await box.flush();
  };

  const finish = async (conversation: SimConversation, talked: boolean): Promise<void> => {
    const random = createRandom(`${conversation.seed}/after`);
    if (!talked) return;
    conversation.status = 'processing';
    await clock.delay(random.between(1_500, 5_000), stopping.signal);
    conversation.hasAudio = !switches.noAudio;
    conversation.status = 'done';
    const atMs = clock.now();
    if (random.chance(switches.largeAudio)) conversation.audioBytes = switches.audioBytes;
    if (conversation.hasAudio) conversation.audioFromMs = atMs + random.next() * switches.mediaLateMs;
    const letters: Body[] = [];
    if (switches.sendsTranscription) letters.push(transcriptionBody(conversation, atMs));
    if (switches.sendsAudio && conversation.hasAudio) {
      letters.push(audioBody(conversation, atMs));
    }
    // Their order is not defined.
    await post(conversation, ...random.shuffled(letters));
  };

  const follow = (conversation: SimConversation, call: CarrierCall): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    const end = async (progress: Extract<CarrierProgress, { state: 'ended' }>): Promise<void> => {
      conversation.endedAtMs = progress.atMs;
      if (progress.outcome === 'completed' && conversation.acceptedAtMs !== null) {
        conversation.lines = writeLines(progress.atMs - conversation.acceptedAtMs);
        return finish(conversation, true);
      }
      conversation.status = 'failed';
      const reason =
        progress.outcome === 'busy' ? 'busy' : progress.outcome === 'no_answer' ? 'no-answer' : 'unknown';
      if (switches.sendsFailures) await post(conversation, failureBody(conversation, clock.now(), reason));
    };
    call.onProgress((progress) => {
      if (progress.state === 'in_progress') {
        conversation.status = 'in-progress';
        conversation.acceptedAtMs = progress.atMs;
      } else if (progress.state === 'ended') {
        end(progress).then(resolve, reject);
      }
    });
    return promise;
  };

  return {
    place({ agentId, number, to, userId, dynamicVariables, record, outcome, talkMs }) {
      const before = [...conversations.values()].filter(({ phone }) => phone.externalNumber === to).length;
      const seed = `${deps.seed}/conversation/${to}/${before}`;
      const sipCallId = uuidOf(`${seed}/sip`);
      const createdAtMs = clock.now();
      const call = number.carrier.dial({
        seed,
        to,
        from: number.number,
        headers: {},
        record,
        sipCallId,
        ...(outcome === undefined ? {} : { outcome }),
        ...(talkMs === undefined ? {} : { talkMs }),
      });
      const isTwilio = number.type === 'twilio';
      const conversation: SimConversation = {
        conversationId: `conv_${sidOf('CA', seed).slice(2, 28)}`,
        seed,
        agentId,
        userId,
        dynamicVariables,
        status: 'initiated',
        createdAtMs,
        acceptedAtMs: null,
        endedAtMs: null,
        listedFromMs: createdAtMs + createRandom(`${seed}/listed`).between(0.5, 1) * switches.listedLateMs,
        hasAudio: false,
        audioBytes: 0,
        audioFromMs: null,
        lines: [],
        phone: {
          type: number.type,
          direction: 'outbound',
          phoneNumberId: number.phoneNumberId,
          agentNumber: number.number,
          externalNumber: to,
          callSid: isTwilio ? call.providerCallId : `SCL_${sidOf('CA', `${seed}/scl`).slice(2, 14)}`,
          callId: isTwilio ? null : sipCallId,
        },
      };
      conversations.set(conversation.conversationId, conversation);
      calls.add(call);
      const done = follow(conversation, call).finally(() => {
        calls.delete(call);
        underWay.delete(done);
      });
      underWay.add(done);
      return conversation;
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async stop() {
      stopping.abort();
      outbox.stop();
      for (const call of calls) call.hangUp();
      await Promise.allSettled(underWay);
    },
  };
}
