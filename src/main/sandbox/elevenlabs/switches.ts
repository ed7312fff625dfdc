/** Behaviour of the ElevenLabs stand-in that may be changed at any time. */
export interface ElevenLabsSwitches {
  /** Zero retention: `has_audio` stays false and no audio is sent. */
  noAudio: boolean;
  /** Audio is at least so large; 45 MB make a webhook of 60 MB. */
  audioBytes: number;
  /** A placed call is missing in lists for up to so long. */
  listedLateMs: number;
  /** Lists know no filter: any conversation comes back. */
  ignoresFilters: boolean;
  /** Calls are dialled, but the answer is lost: the connection breaks. */
  losesAnswers: boolean;
  /** Dials are answered `success: false`. */
  refusesDials: boolean;
  /** Every request is answered with this status; null: as it should be. */
  failsWith: number | null;
  /** More requests than this at the same time are answered 429. */
  maxConcurrent: number | null;
  /** The audio endpoint stops in the middle. */
  cutsAudio: boolean;
  /** The audio endpoint sends an error page with 200. */
  sendsErrorPage: boolean;
  sendsTranscription: boolean;
  sendsAudio: boolean;
  sendsFailures: boolean;
  /** How wrong the clock is that signs webhooks. */
  clockOffMs: number;
}

export const usualElevenLabs: ElevenLabsSwitches = {
  noAudio: false,
  audioBytes: 0,
  listedLateMs: 0,
  ignoresFilters: false,
  losesAnswers: false,
  refusesDials: false,
  failsWith: null,
  maxConcurrent: null,
  cutsAudio: false,
  sendsErrorPage: false,
  sendsTranscription: true,
  sendsAudio: true,
  sendsFailures: true,
  clockOffMs: 0,
};
