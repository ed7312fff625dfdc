// Refusals in Telnyx's words. https://developers.telnyx.com/docs/overview/errors/10005

/** Answered as `{errors: [{code, title, detail, meta}]}`. */
export class TelnyxError extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly pointer: string | null;

  constructor(status: number, code: string, title: string, detail: string, pointer: string | null = null) {
    super(detail);
    this.status = status;
    this.code = code;
    this.title = title;
    this.pointer = pointer;
  }

  body(): Record<string, unknown> {
    return {
      errors: [
        {
          code: this.code,
          title: this.title,
          detail: this.message,
          ...(this.pointer === null ? {} : { source: { pointer: this.pointer } }),
          meta: { url: `https://developers.telnyx.com/docs/overview/errors/${this.code}` },
        },
      ],
    };
  }
}

export function notFound(): TelnyxError {
  return new TelnyxError(
    404,
    '10005',
    'Resource not found',
    'The requested resource or URL could not be found.',
  );
}

export function missingParameter(name: string): TelnyxError {
  return new TelnyxError(
    422,
    '10004',
    'Missing required parameter',
    `The '${name}' parameter is required.`,
    `/${name}`,
  );
}

export function invalidParameter(name: string): TelnyxError {
  return new TelnyxError(
    422,
    '10015',
    'Invalid parameter',
    `The '${name}' parameter is invalid.`,
    `/${name}`,
  );
}

export const ended = (): TelnyxError =>
  new TelnyxError(
    422,
    '90018',
    'Call has already ended',
    "This call is no longer active and can't receive commands.",
  );
export const notAnswered = (): TelnyxError =>
  new TelnyxError(
    422,
    '90034',
    'Call not answered yet',
    "This call can't receive this command because it has not been answered yet.",
  );
export const badControlId = (): TelnyxError =>
  new TelnyxError(
    422,
    '90015',
    'Invalid Call Control ID',
    'The call_control_id provided was not valid.',
    '/call_control_id',
  );
