// What a refusal of Twilio's REST API means. The SDK throws two kinds: RestException ({code, message, more_info,
// status}) and, for bodies of RFC 9457, TwilioServiceException ({type, title, status, code, detail}).
// Source: https://www.twilio.com/docs/usage/twilios-response, https://www.twilio.com/docs/api/errors, twilio 6.2.0
import type { ErrorCode } from '../../../preload/contract/errors.ts';
import { AppError, type AppErrorOptions } from '../../domain/errors.ts';
import { isJson } from './json.ts';

/** A refusal in Twilio's own words. */
export class TwilioRefusal extends AppError {
  readonly httpStatus: number;
  /** Twilio's code, e.g. 21220; null where it gave none. */
  readonly providerCode: string | null;

  constructor(
    meaning: { code: ErrorCode; message: string },
    facts: { httpStatus: number; providerCode: string | null },
    options: AppErrorOptions,
  ) {
    super(meaning.code, meaning.message, options);
    this.httpStatus = facts.httpStatus;
    this.providerCode = facts.providerCode;
  }
}

/** The status line and headers of the answer that the SDK threw about. */
export interface AnswerHead {
  status: number;
  headers: Readonly<Record<string, string>>;
}

/**
 * Maps what the SDK throws.
 * @param answer what came from Twilio last; null when nothing did
 * @returns provider_unauthorized (401, 403, 20003), provider_not_found (404, 20404), provider_rate_limited (429, 20429,
 *   with retryAfterMs), provider_unavailable (408, 5xx), provider_refused (all else that was answered), network_failed
 *   (an answer that cannot be read, or none)
 */
export function refusalOf(error: unknown, answer: AnswerHead | null, nowMs: number): AppError {
  if (error instanceof AppError) return error;
  if (answer === null || answer.status < 400) {
    return new AppError('network_failed', 'Twilio gave no answer that can be read.', {
      retryable: true,
      cause: error,
    });
  }
  const providerCode = codeIn(error);
  const { retryable, ...meaning } = meaningOf(answer.status, providerCode);
  const retryAfterMs = readRetryAfter(answer.headers['retry-after'], nowMs);
  // The SDK's error is no cause to keep: its message can name numbers.
  return new TwilioRefusal(
    meaning,
    { httpStatus: answer.status, providerCode },
    { retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  );
}

function codeIn(error: unknown): string | null {
  const code = isJson(error) ? error['code'] : undefined;
  return typeof code === 'number' && Number.isInteger(code) && code > 0 ? String(code) : null;
}

function meaningOf(
  status: number,
  providerCode: string | null,
): { code: ErrorCode; message: string; retryable: boolean } {
  if (status === 401 || status === 403 || providerCode === '20003') {
    return {
      code: 'provider_unauthorized',
      message: 'Twilio refused the account SID and auth token.',
      retryable: false,
    };
  }
  if (status === 404 || providerCode === '20404')
    return { code: 'provider_not_found', message: 'Twilio does not know this.', retryable: false };
  if (status === 429 || providerCode === '20429')
    return { code: 'provider_rate_limited', message: 'Twilio asked to wait.', retryable: true };
  if (status === 408 || status >= 500)
    return { code: 'provider_unavailable', message: 'Twilio is in trouble.', retryable: true };
  return { code: 'provider_refused', message: 'Twilio refused this request.', retryable: false };
}

/** Seconds or a date. */
function readRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  const given = text?.trim() ?? '';
  if (/^\d{1,9}$/.test(given)) return Number(given) * 1000;
  const untilMs = Date.parse(given);
  return Number.isNaN(untilMs) ? undefined : Math.max(0, untilMs - nowMs);
}
