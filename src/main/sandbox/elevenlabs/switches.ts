import type { SoundTrouble } from '../send-sound.ts';
import {
  calmMedia,
  calmRequests,
  calmWebhooks,
  type MediaWeather,
  type RequestWeather,
  type WebhookWeather,
} from '../weather.ts';

/**
 * Behaviour of the ElevenLabs stand-in that may be changed at any time. Whether its calls are answered is decided by
 * the network that it dials on.
 */
export interface ElevenLabsSwitches extends WebhookWeather, RequestWeather, MediaWeather<SoundTrouble> {
  /** Zero retention: `has_audio` stays false and no audio is sent. */
  noAudio: boolean;
  /** Audio is at least so large; 45 MB make a webhook of 60 MB. */
  audioBytes: number;
  /** How many of the conversations have audio of that size; from 0 to 1. */
  largeAudio: number;
  /** A placed call is missing in lists for up to so long. */
  listedLateMs: number;
  /** Lists know no filter: any conversation comes back. */
  ignoreFilters: boolean;
  /** Dials are answered `success: false`. */
  refusesDials: boolean;
  /** Every request is answered with this status; null: as it should be. */
  failsWith: number | null;
  /** More requests than this at the same time are answered 429. */
  maxConcurrent: number | null;
  sendsTranscription: boolean;
  sendsAudio: boolean;
  sendsFailures: boolean;
  /** How wrong the clock is that signs webhooks. */
  clockSkewMs: number;
}

/** All is well. */
export function calmElevenLabs(): ElevenLabsSwitches {
  return {
    ...calmWebhooks,
    ...calmRequests,
    ...calmMedia,
    noAudio: false,
    audioBytes: 0,
    largeAudio: 1,
    listedLateMs: 0,
    ignoreFilters: false,
    refusesDials: false,
    failsWith: null,
    maxConcurrent: null,
    sendsTranscription: true,
    sendsAudio: true,
    sendsFailures: true,
    clockSkewMs: 0,
  };
}
