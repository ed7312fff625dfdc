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

/** Behaviour of the Telnyx stand-in that may be changed at any time. Its silent recordings are silent audio. */
export interface TelnyxSwitches
  extends CallWeather,
    WebhookWeather,
    RequestWeather,
    MediaWeather<SoundTrouble | 'expired'> {
  /** Telnyx's clock, as webhooks tell it, against the sandbox's. */
  clockSkewMs: number;
  /** As in the description: `call.recording.saved` has neither recording_id nor call_control_id. */
  savedWithoutIds: boolean;
  /** Recordings go to a storage of the customer's own. */
  externalStorage: boolean;
  /** A recording ends in call.recording.error and is never listed. */
  failRecordings: number;
  /** Saved recordings are listed up to so long later (a 404 until then). */
  recordingsLateMs: number;
  /** Placed calls are in no list for up to so long. */
  callsListedLateMs: number;
  /** List filters do nothing, as unknown ones never do. */
  ignoreFilters: boolean;
}

/** All is well. */
export function calmSwitches(): TelnyxSwitches {
  return {
    ...calmCalls,
    ...calmWebhooks,
    ...calmRequests,
    ...calmMedia,
    clockSkewMs: 0,
    savedWithoutIds: false,
    externalStorage: false,
    failRecordings: 0,
    recordingsLateMs: 0,
    callsListedLateMs: 0,
    ignoreFilters: false,
  };
}
