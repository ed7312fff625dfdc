// Trouble that every stand-in can make, as switches with one meaning everywhere. Chances are from 0 (never) to 1 and
// come from the seed and from what they are about, never from the moment: the same seed decides the same, in whatever
// order requests come in.
import type { CallWish } from './plan-call.ts';
import { createRandom, type Random } from './random.ts';

export interface CallWeather {
  /** Calls that nobody answers (or where the line is busy), and calls that are over at once. */
  unanswered: number;
  tooShort: number;
  /** Recordings in which nobody says a word. */
  silent: number;
  /** How long calls last that nobody gave a length, in milliseconds; null for 20 s to 6 min. */
  talkMs: { least: number; most: number } | null;
}

export interface WebhookWeather {
  /** A webhook is never sent, is sent twice. */
  dropWebhooks: number;
  duplicateWebhooks: number;
  /** All of a call are held back to its end and then sent in another order. */
  shuffleWebhooks: number;
  /** Each webhook waits up to so long. */
  delayWebhooksMs: number;
  /** While true no webhook leaves at all. */
  webhookOutage: boolean;
}

export interface RequestWeather {
  /** Requests answered 429 with Retry-After, and 503; nothing has been done then. */
  rateLimit: number;
  failRequests: number;
  /** A dial that happens although its answer never arrives. */
  loseDialAnswers: number;
}

export interface MediaWeather<Kind extends string> {
  /** What downloads bring instead of the sound; `any` lets the seed choose for each download, the sound being one choice. */
  mediaTrouble: Kind | 'any' | null;
  /** So many downloads of each recording, from the first on. */
  mediaTroubleTimes: number;
  /** The sound answers 404 for up to so long after the recording is said to be ready. */
  mediaLateMs: number;
}

export const calmCalls: CallWeather = { unanswered: 0, tooShort: 0, silent: 0, talkMs: null };
export const calmWebhooks: WebhookWeather = {
  dropWebhooks: 0,
  duplicateWebhooks: 0,
  shuffleWebhooks: 0,
  delayWebhooksMs: 0,
  webhookOutage: false,
};
export const calmRequests: RequestWeather = { rateLimit: 0, failRequests: 0, loseDialAnswers: 0 };
export const calmMedia = { mediaTrouble: null, mediaTroubleTimes: 1, mediaLateMs: 0 } as const;

export interface Fates {
  /** The chance that belongs to this time of asking about a subject. @returns times: 1 for the first */
  next(subject: string): { random: Random; times: number };
}

/** @param seed with it and the subject, the n-th fate is always the same */
export function createFates(seed: string): Fates {
  const counts = new Map<string, number>();
  return {
    next(subject) {
      const times = (counts.get(subject) ?? 0) + 1;
      counts.set(subject, times);
      return { times, random: createRandom(`${seed}/${subject}/${times}`) };
    },
  };
}

/** A wish with what the weather decides of all that it leaves open. @param seed of the call */
export function inWeather<W extends Pick<CallWish, 'outcome' | 'talkMs'>>(
  wish: W,
  weather: CallWeather,
  seed: string,
): W {
  const random = createRandom(`${seed}/weather`);
  // Chances are taken whether they matter or not, so that one switch does not change another's luck.
  const [unanswered, tooShort] = [random.chance(weather.unanswered), random.chance(weather.tooShort)];
  const silence = random.pick(['no_answer', 'busy'] as const);
  const { least, most } = weather.talkMs ?? { least: 0, most: 0 };
  const talkMs = Math.round(random.between(least, most));
  const outcome = wish.outcome ?? (unanswered ? silence : tooShort ? ('too_short' as const) : undefined);
  return {
    ...wish,
    ...(outcome === undefined ? {} : { outcome }),
    ...(weather.talkMs === null || wish.talkMs !== undefined ? {} : { talkMs }),
  };
}

/** What becomes of one webhook. */
export function fateOfWebhook(random: Random, weather: WebhookWeather) {
  const isDropped = random.chance(weather.dropWebhooks);
  const copies = random.chance(weather.duplicateWebhooks) ? 2 : 1;
  const waitMs = random.next() * weather.delayWebhooksMs;
  return { isDropped, copies, waitMs };
}

/** What becomes of one request before anything is done: null when all is well. */
export function fateOfRequest(random: Random, weather: RequestWeather): 'limited' | 'failed' | null {
  const [isLimited, isFailed] = [random.chance(weather.rateLimit), random.chance(weather.failRequests)];
  return isLimited ? 'limited' : isFailed ? 'failed' : null;
}

/** What one download brings instead of the sound; null: the sound. @param kinds that this stand-in knows */
export function fateOfDownload<Kind extends string>(
  { random, times }: ReturnType<Fates['next']>,
  { mediaTrouble, mediaTroubleTimes }: MediaWeather<Kind>,
  kinds: readonly Kind[],
): Kind | null {
  if (mediaTrouble === null || times > mediaTroubleTimes) return null;
  return mediaTrouble === 'any' ? random.pick([null, ...kinds]) : mediaTrouble;
}
