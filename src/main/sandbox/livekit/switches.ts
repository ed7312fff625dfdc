import { calmRequests, calmWebhooks, type RequestWeather, type WebhookWeather } from '../weather.ts';
import type { Fate } from './post.ts';

/** Something that goes wrong with a request: before it is carried out, or only its answer. */
export interface Trouble {
  /** `hang_up` closes the connection without an answer. */
  answer: 'hang_up' | { status: number; code: string; retryAfterSeconds?: number };
  /** The request is carried out all the same. */
  isDone: boolean;
}

/**
 * Behaviour of the LiveKit stand-in that may be changed at any time. What `outcome` and `talkMs` leave open is decided
 * by the network that the trunk ends at, and so is the sound.
 */
export interface LiveKitSwitches extends WebhookWeather, RequestWeather {
  /** Participants are listed so late after they were dialled; up to 60,000 ms in life. */
  listLateMs: number;
  /** Whether the carrier records calls from their answer (a setting of its trunk or number). */
  record: boolean;
  /** What becomes of the calls dialled from now on; null lets the seed decide. */
  outcome: 'answered' | 'busy' | 'no_answer' | 'too_short' | null;
  talkMs: number | null;
  /** How wrong the clock is that signs webhooks. */
  clockSkewMs: number;
  /** Asked for every request, by the name of the method. */
  trouble: (method: string) => Trouble | null;
  /** Asked for every webhook, by the name of the event. */
  fate: (event: string) => Fate;
}

/** All is well. */
export function calmLiveKit(): LiveKitSwitches {
  return {
    ...calmWebhooks,
    ...calmRequests,
    listLateMs: 0,
    record: true,
    outcome: null,
    talkMs: null,
    clockSkewMs: 0,
    trouble: () => null,
    fate: () => 'send',
  };
}
