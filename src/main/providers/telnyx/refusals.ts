// What a refusal of Telnyx means.
// Source: https://developers.telnyx.com/docs/overview/errors/10005 and its siblings (errors[].code, HTTP status, Retry-After)
import type { ErrorCode } from '../../../preload/contract/errors.ts';
import { AppError, type AppErrorOptions } from '../../domain/errors.ts';
import { isJson, listOf, textOf } from './json.ts';

/** A refusal in Telnyx's own words. */
export class TelnyxRefusal extends AppError {
  readonly httpStatus: number;
  /** Telnyx's code, e.g. 90018; null where it gave none. */
  readonly providerCode: string | null;

  constructor(
    code: ErrorCode,
    message: string,
    facts: { httpStatus: number; providerCode: string | null },
    options: AppErrorOptions,
  ) {
    super(code, message, options);
    this.httpStatus = facts.httpStatus;
    this.providerCode = facts.providerCode;
  }
}

/**
 * Maps what the SDK throws: its errors have `status`, `headers` and `error`, the body.
 * Source: telnyx 7.24.0, core/error.
 * @returns provider_unauthorized (401, 403), provider_not_found (404), provider_rate_limited (429, with retryAfterMs),
 *   provider_unavailable (408, 409, 5xx), provider_refused (all else that was answered), network_failed (no answer)
 */
export function refusalOf(error: unknown, nowMs: number): AppError {
  if (error instanceof AppError) return error;
  const fields = isErrorFields(error) ? error : {};
  const httpStatus = typeof fields.status === 'number' ? fields.status : 0;
  if (httpStatus === 0) {
    return new AppError('network_failed', 'Telnyx gave no answer that can be read.', {
      retryable: true,
      cause: error,
    });
  }
  const providerCode = codeIn(fields.error);
  const retryAfterMs = fields.headers instanceof Headers ? readRetryAfter(fields.headers, nowMs) : undefined;
  const { code, message, retryable } = meaningOf(httpStatus);
  return new TelnyxRefusal(
    code,
    message,
    { httpStatus, providerCode },
    { retryable, cause: error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  );
}

function isErrorFields(error: unknown): error is { status?: unknown; headers?: unknown; error?: unknown } {
  return typeof error === 'object' && error !== null;
}

/** `{errors: [{code, title, detail}]}`; the first one decides. */
function codeIn(body: unknown): string | null {
  const first = isJson(body) ? listOf(body, 'errors')[0] : undefined;
  const code = first === undefined ? undefined : textOf(first, 'code');
  return code !== undefined && /^\d{1,10}$/.test(code) ? code : null;
}

function meaningOf(status: number): { code: ErrorCode; message: string; retryable: boolean } {
  if (status === 401 || status === 403)
    return { code: 'provider_unauthorized', message: 'Telnyx refused our API key.', retryable: false };
  if (status === 404)
    return { code: 'provider_not_found', message: 'Telnyx does not know this.', retryable: true };
  if (status === 429)
    return { code: 'provider_rate_limited', message: 'Telnyx asked to wait.', retryable: true };
  if (status === 408 || status === 409 || status >= 500)
    return { code: 'provider_unavailable', message: 'Telnyx is in trouble.', retryable: true };
  return { code: 'provider_refused', message: 'Telnyx refused this request.', retryable: false };
}

/** Seconds or a date. */
function readRetryAfter(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const untilMs = Date.parse(text);
  return Number.isNaN(untilMs) ? undefined : Math.max(0, untilMs - nowMs);
}
