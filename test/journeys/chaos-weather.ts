// The worst day that the sandbox can make, and the calls of that day.
import type { Town } from '../../src/main/sandbox/town.ts';
import type { Input } from '../../src/preload/contract/api.ts';
import { createRandom } from '../../src/main/sandbox/random.ts';
import { numberOfNobody } from '../town-rig.ts';

const webhooks = {
  dropWebhooks: 0.25,
  duplicateWebhooks: 0.2,
  shuffleWebhooks: 0.2,
  delayWebhooksMs: 20_000,
  webhookOutage: false,
};
const requests = { rateLimit: 0.06, failRequests: 0.06, loseDialAnswers: 0.2 };
const media = { mediaTrouble: 'any', mediaTroubleTimes: 2, mediaLateMs: 15_000 } as const;
const calls = { unanswered: 0.08, tooShort: 0.06, silent: 0.05, talkMs: { least: 4_000, most: 30_000 } };

/** Parts of the day, each with a trouble of its own beside those that there are always. */
export const parts = ['everything at once', 'no webhook at all', 'wrong clocks', 'everything again'] as const;
export type Part = (typeof parts)[number];

/** Sets every switch of every service for a part of the day. */
export function makeWeather({ twilio, telnyx, elevenLabs, liveKit, trunks }: Town, part: Part): void {
  const webhookOutage = part === 'no webhook at all';
  // Out of what any signature is good for: five minutes at most services, half an hour at ElevenLabs.
  const clockSkewMs = part === 'wrong clocks' ? -40 * 60_000 : 0;
  const isOdd = part === 'no webhook at all' || part === 'everything again';
  const ignoreFilters = true;
  Object.assign(twilio.switches, {
    ...webhooks,
    ...requests,
    ...media,
    ...calls,
    webhookOutage,
    ignoreFilters,
    listLateMs: 60_000,
  });
  Object.assign(telnyx.switches, {
    ...webhooks,
    ...requests,
    ...media,
    ...calls,
    webhookOutage,
    clockSkewMs,
    ignoreFilters,
    savedWithoutIds: isOdd,
    recordingsLateMs: 20_000,
    callsListedLateMs: 60_000,
    failRecordings: 0.03,
  });
  Object.assign(elevenLabs.switches, {
    ...webhooks,
    ...requests,
    ...media,
    webhookOutage,
    clockSkewMs,
    ignoreFilters,
    listedLateMs: 60_000,
    audioBytes: 45_000_000,
    largeAudio: 0.06,
  });
  // Its calls can be asked for only while they last, so they last.
  Object.assign(liveKit.switches, {
    ...webhooks,
    ...requests,
    webhookOutage,
    clockSkewMs,
    listLateMs: 20_000,
    talkMs: 240_000,
    record: isOdd,
  });
  trunks.liveKitEndsAt = part === 'everything at once' || part === 'no webhook at all' ? 'twilio' : 'telnyx';
  trunks.elevenLabs = { records: true, tells: isOdd };
}

/** Good weather for what is still on its way. */
export function clearUp({ twilio, telnyx, elevenLabs, liveKit }: Town): void {
  for (const { switches } of [twilio, telnyx, elevenLabs, liveKit])
    Object.assign(switches, { rateLimit: 0, failRequests: 0, webhookOutage: false, ignoreFilters: false });
}

export type PlannedCall =
  | { number: string; at: 'twilio' | 'telnyx'; isTransferred: boolean }
  | { number: string; order: Input<'calls.place'> };

const vias = ['elevenlabs-twilio', 'telnyx', 'elevenlabs-sip', 'livekit'] as const;

/** The calls of a part, two out of five coming in. @param first how many calls were planned before */
export function planCalls(seed: number, first: number, count: number): PlannedCall[] {
  const random = createRandom(`chaos/${seed}/${first}`);
  return Array.from({ length: count }, (_, i) => {
    const nth = first + i;
    const number = numberOfNobody(nth);
    if (nth % 5 === 0) return { number, at: 'twilio', isTransferred: random.chance(0.3) };
    if (nth % 5 === 1) return { number, at: 'telnyx', isTransferred: false };
    const via = vias[nth % vias.length] ?? vias[0];
    const kind = random.chance(0.05) ? 'priority-queue' : 'voice-bot';
    return { number, order: { kind, via, to: number, record: true } };
  });
}
