import type { ErrorCode } from '../../preload/contract/errors.ts';

export interface AppErrorOptions {
  cause?: unknown;
  /** Trying the same thing later may work. Default false. */
  retryable?: boolean;
  /** Not before this many milliseconds from now (a provider's Retry-After). */
  retryAfterMs?: number;
}

/** The one error of the product: a closed code that machines compare and one plain sentence that people read. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/**
 * The closed code of anything thrown.
 * @returns the code of an AppError, else `internal`
 */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof AppError ? error.code : 'internal';
}
