/** The part of the product's clock that the sandbox goes by, so that both run at the same speed. */
export interface SandboxClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `delayMs` of this clock's time, or at once when `signal` aborts. */
  delay(delayMs: number, signal?: AbortSignal): Promise<void>;
}
