// How much of this computer a stranger may use through the public listener. Wall-clock time throughout: a simulator's
// faster clock must not make real sockets look slow.

export interface WebhookLimits {
  /** Open connections. One more evicts the slowest that never proved to be a provider. */
  maxSockets: number;
  /** Until the last header byte; a provider sends them at once. */
  headersTimeoutMs: number;
  /** An idle connection is kept for so long after an answer. */
  keepAliveTimeoutMs: number;
  /** How often timeouts and rates are looked at. */
  checkEveryMs: number;
  /** A body may take so long before its rate counts ... */
  bodyGraceMs: number;
  /** ... and must then have come at this average at least. */
  minBodyBytesPerSecond: number;
  /** The longest that any body may take. */
  maxBodyMs: number;
  /** Large bodies of streaming routes that are taken in at the same time, per provider; the others wait their turn. */
  audioAtOnce: number;
  /** Until a body holds so much it needs no turn. */
  smallBodyBytes: number;
  /** The rules above for a body whose turn it is: a stranger must not keep its turn by dripping. */
  audioGraceMs: number;
  minAudioBytesPerSecond: number;
  maxAudioMs: number;
  /** What is still read, and dropped, after a refusal, so that the sender can read the answer instead of a reset. */
  drainBytes: number;
  drainMs: number;
  /** Answers under way get so long when the listener stops. */
  closeGraceMs: number;
}

export const defaultLimits: WebhookLimits = {
  maxSockets: 2_048,
  headersTimeoutMs: 5_000,
  keepAliveTimeoutMs: 5_000,
  checkEveryMs: 500,
  bodyGraceMs: 5_000,
  minBodyBytesPerSecond: 1_024,
  maxBodyMs: 120_000,
  audioAtOnce: 2,
  smallBodyBytes: 256 * 1024,
  audioGraceMs: 15_000,
  // 160 MB over a line of 2 Mbit/s take 11 minutes.
  minAudioBytesPerSecond: 32 * 1024,
  maxAudioMs: 15 * 60_000,
  drainBytes: 1024 * 1024,
  drainMs: 2_000,
  closeGraceMs: 2_000,
};
