// The port of going out. Only guarded-fetch.ts implements it; everything that speaks to the outside gets it as an argument.

export interface GuardedRequest {
  url: string;
  method?: 'GET' | 'POST' | 'DELETE' | 'HEAD';
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Whole time until the last byte, milliseconds. */
  timeoutMs: number;
  /** The answer's body may not be longer. */
  maxBytes: number;
  signal?: AbortSignal;
}

export interface GuardedResponse {
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** The URL that answered, after redirects. */
  url: string;
  /** Content-Length where the server gave one and no encoding is in the way. */
  sizeBytes: number | null;
  /** Read once. Throws AppError: truncated, too_large, timed_out, network_failed. */
  body: AsyncIterable<Uint8Array>;
  /** Reads and drops the body so that the connection is free again. */
  drain(): Promise<void>;
}

/**
 * The one way out: https only (unless an override names the host), host allow-list, literal and resolved addresses
 * checked, redirects by hand with credentials dropped on a host change, caps on size and time.
 * Errors: blocked_address, network_failed, timed_out, too_large.
 */
export type GuardedFetch = (request: GuardedRequest) => Promise<GuardedResponse>;
