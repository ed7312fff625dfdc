// LiveKit's API: Twirp, which is JSON by POST. Asked exactly once, at exactly one address: the SDK would repeat a
// request that failed, also the one that dials, at other regions.
// Source: https://docs.livekit.io/reference/other/roomservice-api/, https://twitchtv.github.io/twirp/docs/spec_v7.html
import { AppError } from '../../domain/errors.ts';
import type { GuardedFetch, GuardedResponse } from '../../net/net.ts';
import { canonicalJson, type Json, parseObject, textOf } from './json.ts';
import { type Grants, signToken } from './jwt.ts';

export const listMethod = 'livekit.RoomService/ListParticipants';

const timeoutMs = 20_000;
/** A room of a telephone call has a handful of participants, each of a few KB. */
const maxBytes = 4 * 1024 * 1024;

export interface RpcAnswer {
  status: number;
  /** Null when it is not a JSON object: not LiveKit's answer. */
  json: Json | null;
  /** Twirp's own word for what went wrong, e.g. `not_found`; empty when there is none. */
  code: string;
  retryAfterMs: number | null;
}

export interface RpcRequest {
  /** E.g. `livekit.SIP/CreateSIPParticipant`. */
  method: string;
  grants: Grants;
  body: Json;
  /** Equal for requests that mean the same; the server may drop the second. */
  requestId?: string;
  signal: AbortSignal;
}

export type Rpc = (request: RpcRequest) => Promise<RpcAnswer>;

export interface RpcDeps {
  setting: (name: string) => string | undefined;
  fetch: GuardedFetch;
  now: () => number;
}

/**
 * The API's address from LIVEKIT_URL, which is often given as the one that clients connect to (wss://).
 * @returns null when it is no address; never with a trailing slash
 */
export function apiUrlOf(setting: RpcDeps['setting']): URL | null {
  const text = (setting('LIVEKIT_URL') ?? '').trim().replace(/^ws(s?):/i, 'http$1:');
  const url = URL.canParse(text) ? new URL(text) : null;
  const isFit = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  return isFit ? url : null;
}

/** Path under which a method is called. */
export function pathOf(method: string): string {
  return `/twirp/${method}`;
}

/** Errors of a request: secret_missing and those of the guarded fetch. */
export function createRpc({ setting, fetch, now }: RpcDeps): Rpc {
  return async ({ method, grants, body, requestId, signal }) => {
    const url = apiUrlOf(setting);
    const [apiKey = '', apiSecret = ''] = [setting('LIVEKIT_API_KEY'), setting('LIVEKIT_API_SECRET')];
    if (url === null || apiKey === '' || apiSecret === '')
      throw new AppError('secret_missing', 'LiveKit is not set up.');
    const answer = await fetch({
      url: `${url.origin}${url.pathname.replace(/\/+$/, '')}${pathOf(method)}`,
      method: 'POST',
      headers: {
        authorization: `Bearer ${signToken({ apiKey, apiSecret }, grants, now())}`,
        'content-type': 'application/json',
        ...(requestId === undefined ? {} : { 'x-livekit-request-id': requestId }),
      },
      body: canonicalJson(body),
      timeoutMs,
      maxBytes,
      signal,
    });
    const json = parseObject(await readAll(answer));
    const code = json === null || answer.status < 400 ? '' : textOf(json, 'code');
    return {
      status: answer.status,
      json,
      code: /^[a-z_]{1,40}$/.test(code) ? code : '',
      retryAfterMs: retryAfterMsOf(answer.headers['retry-after'], now()),
    };
  };
}

async function readAll(answer: GuardedResponse): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function retryAfterMsOf(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

/**
 * What was answered, when that is what was asked for.
 * Errors: provider_unauthorized, provider_rate_limited, provider_unavailable (also when something that is not LiveKit
 * answered, e.g. a login page of the network), provider_refused
 */
export function requireAnswer(answer: RpcAnswer): Json {
  if (answer.status === 200 && answer.json !== null) return answer.json;
  throw errorOf(answer);
}

/** The error that an answer other than a good one is. */
export function errorOf({ status, code, retryAfterMs }: RpcAnswer): AppError {
  const later = { retryable: true, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  if (status === 401 || status === 403)
    return new AppError('provider_unauthorized', 'LiveKit refused the API key or secret.');
  if (status === 429) return new AppError('provider_rate_limited', 'LiveKit asked to wait.', later);
  if (status === 408 || status >= 500)
    return new AppError('provider_unavailable', 'LiveKit is in trouble.', later);
  if (status >= 400)
    return new AppError('provider_refused', code === '' ? 'LiveKit refused.' : `LiveKit refused: ${code}.`);
  return new AppError('provider_unavailable', 'Something else answered in place of LiveKit.', later);
}
