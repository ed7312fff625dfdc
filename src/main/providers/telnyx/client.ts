// Telnyx's SDK on our transport: every request goes through the guarded fetch, once; the job queue does the retrying.
// The SDK is loaded at the first request and made anew for each, so that a changed key holds at once.
// Source: telnyx 7.24.0 (client.d.ts: apiKey, baseURL, fetch, maxRetries, timeout, logLevel)
import type Telnyx from 'telnyx';
import { AppError } from '../../domain/errors.ts';
import type { GuardedFetch } from '../../net/net.ts';
import { refusalOf } from './refusals.ts';

export interface TelnyxAccess {
  fetch: GuardedFetch;
  apiKey: () => string;
  /** Ends in /v2. */
  baseUrl: () => string;
  now: () => number;
}

export type Ask = <T>(
  signal: AbortSignal,
  request: (client: Telnyx, options: Telnyx.RequestOptions) => PromiseLike<T>,
) => Promise<T>;

const timeoutMs = 30_000;
/** A full page of 250 recordings with signed links is under 1 MB. */
const maxBytes = 16 * 2 ** 20;

/**
 * @returns asks Telnyx once. Errors: secret_missing, those of the guarded fetch, and refusals as AppErrors
 *   (TelnyxRefusal where Telnyx gave a code of its own)
 */
export function createAsk(access: TelnyxAccess): Ask {
  return async (signal, request) => {
    const apiKey = access.apiKey();
    if (apiKey === '') throw new AppError('secret_missing', 'The Telnyx API key is not set.');
    const { default: Client } = await import('telnyx');
    let trouble: AppError | null = null;
    const client = new Client({
      apiKey,
      baseURL: access.baseUrl(),
      maxRetries: 0,
      // Our own time limit comes first and knows why.
      timeout: timeoutMs + 5_000,
      logLevel: 'off',
      fetch: async (input, init) => {
        try {
          return await send(access.fetch, input, init, signal);
        } catch (error) {
          // The SDK would wrap it beyond recognition.
          if (error instanceof AppError) trouble = error;
          throw error;
        }
      },
    });
    try {
      return await request(client, { maxRetries: 0, signal });
    } catch (error) {
      throw trouble ?? refusalOf(error, access.now());
    }
  };
}

async function send(
  guarded: GuardedFetch,
  input: string | URL | Request,
  init: RequestInit | undefined,
  signal: AbortSignal,
): Promise<Response> {
  const method = (init?.method ?? 'GET').toUpperCase();
  if (method !== 'GET' && method !== 'POST' && method !== 'DELETE') {
    throw new AppError('internal', 'The Telnyx SDK used a method that is not expected.');
  }
  const body = init?.body;
  const answer = await guarded({
    url: input instanceof Request ? input.url : String(input),
    method,
    headers: Object.fromEntries(new Headers(init?.headers)),
    ...(typeof body === 'string' ? { body } : {}),
    timeoutMs,
    maxBytes,
    signal,
  });
  // A captive portal or a proxy answers 200 with a page of its own, which the SDK would hand on as a text.
  const isJson = /^application\/json\b/i.test(answer.headers['content-type'] ?? '');
  if (answer.status < 300 && !isJson) {
    await answer.drain();
    throw new AppError('provider_unavailable', 'Something else than Telnyx answered.', { retryable: true });
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of answer.body) pieces.push(piece);
  const empty = answer.status === 204 || answer.status === 304;
  return new Response(empty ? null : Buffer.concat(pieces), {
    status: answer.status,
    headers: { ...answer.headers },
  });
}
