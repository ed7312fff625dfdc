// Refusals in Twilio's words. https://www.twilio.com/docs/api/errors

/** Answered as `{code, message, more_info, status}`. */
export class TwilioError extends Error {
  readonly code: number;
  readonly status: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  body(): Record<string, unknown> {
    return {
      code: this.code,
      message: this.message,
      more_info: `https://www.twilio.com/docs/errors/${this.code}`,
      status: this.status,
    };
  }
}

/** @param path of the request, without its query */
export function notFound(path: string): TwilioError {
  return new TwilioError(404, 20_404, `The requested resource ${path} was not found`);
}

export function invalid(message: string): TwilioError {
  return new TwilioError(400, 20_001, message);
}
