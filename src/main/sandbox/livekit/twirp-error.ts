/** A refusal as Twirp writes it. https://twitchtv.github.io/twirp/docs/errors.html */
export class TwirpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly meta: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, meta: Record<string, string> = {}) {
    super(message);
    this.name = 'TwirpError';
    this.status = status;
    this.code = code;
    this.meta = meta;
  }

  body(): Record<string, unknown> {
    const { code, message, meta } = this;
    return { code, msg: message, ...(Object.keys(meta).length === 0 ? {} : { meta }) };
  }
}
