// Trouble that tests switch on and off while the stand-in runs. Chances are from 0 (never) to 1 and come from the seed.

export interface TelnyxSwitches {
  /** A webhook is never sent, is sent twice, all of a call are held back and sent in random order. */
  dropWebhooks: number;
  duplicateWebhooks: number;
  shuffleWebhooks: number;
  /** Each webhook waits up to so long. */
  delayWebhooksMs: number;
  /** While true no webhook leaves at all. */
  webhookOutage: boolean;
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
  /** Requests answered 429 with Retry-After, and 503. */
  rateLimit: number;
  failRequests: number;
  /** A dial that happens although its answer never arrives. */
  loseDialAnswers: number;
  /** What the first `mediaTroubleTimes` downloads of each recording bring instead of its sound. */
  mediaTrouble: 'error_page' | 'truncated' | 'expired' | null;
  mediaTroubleTimes: number;
  /** Nobody says a word. */
  silent: boolean;
  /** Calls placed by the API that nobody answers. */
  unanswered: number;
}

/** All is well. */
export function calmSwitches(): TelnyxSwitches {
  return {
    dropWebhooks: 0,
    duplicateWebhooks: 0,
    shuffleWebhooks: 0,
    delayWebhooksMs: 0,
    webhookOutage: false,
    clockSkewMs: 0,
    savedWithoutIds: false,
    externalStorage: false,
    failRecordings: 0,
    recordingsLateMs: 0,
    callsListedLateMs: 0,
    ignoreFilters: false,
    rateLimit: 0,
    failRequests: 0,
    loseDialAnswers: 0,
    mediaTrouble: null,
    mediaTroubleTimes: 1,
    silent: false,
    unanswered: 0,
  };
}
