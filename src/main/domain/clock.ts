/**
 * The one clock of an application. Everything that asks for the time or waits asks this, so that sample mode and
 * tests can run faster than the wall (`TAPEDECK_TIME_SCALE`) and tests can stand still.
 */
export interface Clock {
  /** Epoch milliseconds of the product's time. */
  now(): number;
  /** Product milliseconds per wall millisecond; 1 outside sample mode and tests. */
  readonly scale: number;
  /** Resolves after `delayMs` of product time, or at once when `signal` aborts (without throwing). */
  delay(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` every `everyMs` of product time until the returned function is called. Never keeps the process alive. */
  every(everyMs: number, run: () => void): () => void;
}
