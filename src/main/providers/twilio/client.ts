// Twilio's SDK on our transport: it makes the requests, the guarded fetch sends them, once each; the job queue does
// the retrying. The SDK takes 0.2 s to load, so it is loaded at the first request; a client is made anew for each, so
// that changed settings hold at once.
// Source: twilio 6.2.0 (httpClient, base/RequestClient.js, base/Version.js, base/Page.js)
import type twilio from 'twilio';
import { AppError } from '../../domain/errors.ts';
import type { GuardedFetch, GuardedRequest } from '../../net/net.ts';
import { accountSidPattern } from './ids.ts';
import { isJson, type Json } from './json.ts';
import { type AnswerHead, refusalOf } from './refusals.ts';

export interface TwilioAccess {
  fetch: GuardedFetch;
  accountSid: () => string;
  authToken: () => string;
  /** No trailing slash; null when the region or edge of the settings is none. */
  baseUrl: () => string | null;
  now: () => number;
}

export interface Answer {
  status: number;
  /** As Twilio wrote it; empty for an answer without a body. */
  json: Json;
}

/**
 * Asks Twilio once and answers with its own words instead of the SDK's reading of them.
 * Errors: secret_missing, those of the guarded fetch, and refusals (refusals.ts)
 */
export type Ask = (
  signal: AbortSignal,
  request: (client: twilio.Twilio, baseUrl: string) => PromiseLike<unknown>,
) => Promise<Answer>;

/** Of the SDK, whose own name for it is not exported. */
type RequestOptions<T> = Parameters<typeof twilio.RequestClient.prototype.request<T>>[0];
type Send = (request: Pick<GuardedRequest, 'url' | 'method' | 'headers' | 'body'>) => Promise<Raw>;

interface Raw extends AnswerHead {
  text: string;
}

const timeoutMs = 30_000;
/** A page of 1,000 recordings is some 1.3 MB. */
const maxBytes = 16 * 2 ** 20;

type Connect = (
  access: { accountSid: string; authToken: string; baseUrl: string },
  send: Send,
) => twilio.Twilio;
let loading: Promise<Connect> | null = null;

async function load(): Promise<Connect> {
  const { default: sdk } = await import('twilio');
  class Transport extends sdk.RequestClient {
    readonly #send: Send;
    constructor(send: Send) {
      super();
      this.#send = send;
    }
    override async request<T>(options: RequestOptions<T>) {
      const { status, headers, text } = await this.#send(toGuarded(options));
      return { statusCode: status, headers, body: bodyOf(status, text), toString: () => String(status) };
    }
  }
  return ({ accountSid, authToken, baseUrl }, send) => {
    // Empty edge and region: left out, the SDK takes TWILIO_EDGE and TWILIO_REGION of the environment and would bend
    // any address with them. The base address has them already.
    const client = sdk(accountSid, authToken, {
      httpClient: new Transport(send),
      edge: '',
      region: '',
      autoRetry: false,
    });
    client.api.baseUrl = baseUrl;
    return client;
  };
}

export function createAsk(access: TwilioAccess): Ask {
  return async (signal, request) => {
    const accountSid = access.accountSid();
    const authToken = access.authToken();
    const baseUrl = access.baseUrl();
    if (!accountSidPattern.test(accountSid) || authToken === '' || baseUrl === null) {
      throw new AppError('secret_missing', 'The account SID, auth token or region of Twilio is not set.');
    }
    let last: Raw | null = null;
    let trouble: AppError | null = null;
    const send: Send = async (one) => {
      try {
        last = await exchange(access.fetch, one, signal);
        return last;
      } catch (error) {
        if (error instanceof AppError) trouble = error;
        throw error;
      }
    };
    try {
      loading ??= load();
      const connect = await loading;
      await request(connect({ accountSid, authToken, baseUrl }, send), baseUrl);
    } catch (error) {
      throw trouble ?? refusalOf(error, last, access.now());
    }
    return answerOf(last);
  };
}

async function exchange(
  fetch: GuardedFetch,
  request: Parameters<Send>[0],
  signal: AbortSignal,
): Promise<Raw> {
  const { status, headers, body } = await fetch({ ...request, timeoutMs, maxBytes, signal });
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return { status, headers, text: Buffer.concat(pieces).toString('utf8') };
}

function toGuarded<T>({ method, uri, username, password, headers, params, data }: RequestOptions<T>) {
  const verb = method.toUpperCase();
  if (verb !== 'GET' && verb !== 'POST' && verb !== 'DELETE') {
    throw new AppError('internal', 'The Twilio SDK used a method that is not expected.');
  }
  const query = formOf(params);
  const credentials = Buffer.from(`${username}:${password}`).toString('base64');
  const request: Parameters<Send>[0] = {
    url: query === '' ? uri : `${uri}${uri.includes('?') ? '&' : '?'}${query}`,
    method: verb,
    headers: { ...headers, authorization: `Basic ${credentials}` },
    ...(verb === 'POST' ? { body: formOf(data) } : {}),
  };
  return request;
}

/** Lists are sent as the SDK's own transport sends them: the field once per value. */
function formOf(fields: unknown): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(isJson(fields) ? fields : {})) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    for (const one of values) {
      if (one !== undefined && one !== null)
        form.append(name, typeof one === 'string' ? one : JSON.stringify(one));
    }
  }
  return form.toString();
}

/** An error page stays text, which the SDK takes for an error without a code; a page in place of an answer is none. */
function bodyOf(status: number, text: string) {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (status >= 400) return text;
    throw new AppError('network_failed', 'Something else than Twilio answered.', { retryable: true, cause });
  }
}

function answerOf(last: Raw | null): Answer {
  if (last === null) throw new AppError('internal', 'The Twilio SDK asked nothing.');
  const json: unknown = bodyOf(last.status, last.text);
  if (!isJson(json)) {
    throw new AppError('network_failed', 'Twilio gave no answer that can be read.', { retryable: true });
  }
  return { status: last.status, json };
}
