import type { WavEncoding } from '../audio/wav.ts';
import type { SoundTrouble } from '../send-sound.ts';
import {
  calmCalls,
  calmMedia,
  calmRequests,
  calmWebhooks,
  type CallWeather,
  type MediaWeather,
  type RequestWeather,
  type WebhookWeather,
} from '../weather.ts';
import type { AccountState } from './numbers.ts';

/** Behaviour of the Twilio stand-in that may be changed at any time. Its silent recordings end as absent, with 16102. */
export interface TwilioSwitches
  extends CallWeather,
    WebhookWeather,
    RequestWeather,
    MediaWeather<SoundTrouble> {
  /** More requests than this at the same time are answered 429 with 20429; null for no limit. */
  maxConcurrent: number | null;
  wavEncoding: WavEncoding;
  /** Placed calls (not incoming ones) are in no list until they are this old, up to 60 s; 0 by default. */
  listLateMs: number;
  /** List filters do nothing, as unknown ones never do. */
  ignoreFilters: boolean;
  account: AccountState;
  /** Numbers of lines that do not record by themselves: somebody has to start the recording. */
  unrecordedLines: ReadonlySet<string>;
  /**
   * What a connected number tells of incoming calls: every step, as TwiML that asks for statusCallbackEvent does, or
   * the end only, which is all that StatusCallback of a number is by itself.
   */
  lineEvents: 'all' | 'end';
}

/** All is well. */
export function calmTwilio(): TwilioSwitches {
  return {
    ...calmCalls,
    ...calmWebhooks,
    ...calmRequests,
    ...calmMedia,
    maxConcurrent: null,
    wavEncoding: 'pcm16',
    listLateMs: 0,
    ignoreFilters: false,
    account: { type: 'Full', status: 'active' },
    unrecordedLines: new Set(),
    lineEvents: 'all',
  };
}
