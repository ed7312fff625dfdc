// Asks ElevenLabs over its documented HTTP. Its SDK refuses whole answers for a field that is missing or new, so it
// serves the tests only.
// Source: https://elevenlabs.io/docs/api-reference/introduction, .../authentication
import { z } from 'zod';
import { AppError, type AppErrorOptions } from '../../domain/errors.ts';
import type { GuardedFetch } from '../../net/net.ts';

export interface ElevenLabsAccess {
  /** No trailing slash. */
  baseUrl: string;
  apiKey: string;
}

export interface Answer {
  status: number;
  /** Undefined for what is no JSON. */
  json: unknown;
  /** ElevenLabs' own word for what is wrong (`detail.status`); null where it gives none. */
  code: string | null;
  headers: Readonly<Record<string, string>>;
}

export interface Client {
  /** One request, whatever comes back. Errors: secret_missing, those of the guarded fetch. */
  send(method: 'GET' | 'POST', pathAndQuery: string, body: unknown, signal: AbortSignal): Promise<Answer>;
  /**
   * Asks for JSON.
   * @returns null for 404. Errors: provider_unauthorized, provider_rate_limited, provider_unavailable, provider_refused
   */
  get(pathAndQuery: string, signal: AbortSignal): Promise<unknown>;
}

const timeoutMs = 30_000;
/** A conversation of hours with all its tool calls stays below this. */
const maxBytes = 16 * 1024 * 1024;

const detail = z.object({ detail: z.object({ status: z.string().regex(/^[a-z_]{1,60}$/) }) });

export function createClient(deps: { fetch: GuardedFetch; access: () => ElevenLabsAccess }): Client {
  const send: Client['send'] = async (method, pathAndQuery, body, signal) => {
    const { baseUrl, apiKey } = deps.access();
    if (apiKey === '') throw new AppError('secret_missing', 'The ElevenLabs API key is not set.');
    const answer = await deps.fetch({
      url: baseUrl + pathAndQuery,
      method,
      headers: {
        'xi-api-key': apiKey,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs,
      maxBytes,
      signal,
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of answer.body) pieces.push(piece);
    const json = parseJson(Buffer.concat(pieces));
    const told = detail.safeParse(json);
    return {
      status: answer.status,
      json,
      code: told.success ? told.data.detail.status : null,
      headers: answer.headers,
    };
  };

  return {
    send,
    async get(pathAndQuery, signal) {
      const answer = await send('GET', pathAndQuery, undefined, signal);
      if (answer.status === 404) return null;
      if (answer.status !== 200) throw errorOf(answer);
      if (answer.json === undefined) {
        throw new AppError('provider_unavailable', 'ElevenLabs sent something that is no JSON.', {
          retryable: true,
        });
      }
      return answer.json;
    },
  };
}

/** How long ElevenLabs asks to wait, in milliseconds; null when it does not say. */
export function retryAfterMsOf({ headers }: Pick<Answer, 'headers'>): number | null {
  const wait = headers['retry-after'] ?? '';
  return /^\d{1,6}$/.test(wait) ? Number(wait) * 1000 : null;
}

/** What an answer other than 200 means. Source: https://elevenlabs.io/docs/developers/resources/error-messages */
export function errorOf({ status, headers }: Pick<Answer, 'status' | 'headers'>): AppError {
  const retryAfterMs = retryAfterMsOf({ headers });
  const later: AppErrorOptions = { retryable: true, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  if (status === 401 || status === 403)
    return new AppError('provider_unauthorized', 'ElevenLabs refused our API key.');
  if (status === 429) return new AppError('provider_rate_limited', 'ElevenLabs asked to wait.', later);
  if (status === 408 || status === 425 || status >= 500)
    return new AppError('provider_unavailable', 'ElevenLabs is in trouble.', later);
  return new AppError('provider_refused', 'ElevenLabs refused this request.');
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
