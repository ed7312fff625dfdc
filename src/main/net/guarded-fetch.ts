// The one way out. Nothing else in the product opens an outgoing connection (a lint rule holds it to that), so what
// is refused here cannot be reached at all: a provider, or whoever sits between, cannot make Tapedeck ask the
// clinic's own network. Proxy settings of the environment are not read.
import { lookup as systemLookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { AppError } from '../domain/errors.ts';
import { isMetadataAddress, isPublicAddress } from './address-policy.ts';
import type { GuardedFetch, GuardedRequest, GuardedResponse } from './net.ts';
import { checkRedirect, checkUrl, type Target, type UrlPolicy } from './url-policy.ts';

/** Every address of a name. */
export type Resolve = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

export interface GuardedFetchDeps {
  /** Asked at each request, because settings can change. Exact names, or `*.suffix`. */
  allowedHosts: () => readonly string[];
  /** Base URLs that the user set (TWILIO_API_BASE_URL): the only ones that may be http, private or on another port. */
  overrides: () => readonly string[];
  lookup?: Resolve;
  /** Default 3. */
  maxRedirects?: number;
  /** No byte for so long ends a request. Default 30 s. */
  idleTimeoutMs?: number;
}

/** What may follow a redirect to another origin. Everything else could be a credential. */
const harmlessHeaders = new Set(['accept', 'accept-language', 'range', 'user-agent']);

/** An error page that is not wanted is read up to here to keep the connection, else the connection is dropped. */
const drainBytes = 64 * 1024;

/**
 * Makes the guarded fetch.
 * Errors of a request: blocked_address (not retryable when the URL itself is refused, retryable when a resolver or a
 * redirect led astray: a captive portal goes away), network_failed, timed_out, too_large, truncated (body only).
 */
export function createGuardedFetch(deps: GuardedFetchDeps): GuardedFetch {
  const { maxRedirects = 3, idleTimeoutMs = 30_000, lookup = resolveBySystem } = deps;
  // Two pools: a connection that was allowed to a private address must not be found by a request that is not.
  const strict = poolOf(lookup, isPublicAddress);
  const trusted = poolOf(lookup, (address) => !isMetadataAddress(address));

  return async (request) => {
    const policy: UrlPolicy = { allowedHosts: deps.allowedHosts(), overrides: deps.overrides() };
    const method = request.method ?? 'GET';
    const limit = limitTime(request);
    try {
      let target = checkUrl(request.url, policy, true);
      let headers = prepareHeaders(request.headers);
      for (let hops = 0; ; hops++) {
        const answer = await send(
          { url: target.url, method, headers, body: request.body, signal: limit.signal, idleTimeoutMs },
          target.trusted ? trusted : strict,
        );
        const location = redirectOf(answer, method);
        if (location === null) return respond(answer, target, method, request.maxBytes, limit);
        answer.destroy();
        if (hops === maxRedirects) throw networkFailed('The provider redirects without end.');
        const next = checkRedirect(target, location, policy);
        if (next.url.origin !== target.url.origin) headers = pick(headers);
        target = next;
      }
    } catch (error) {
      limit.clear();
      throw asAppError(error, limit.signal);
    }
  };
}

interface Pool {
  http: http.Agent;
  https: https.Agent;
  lookup: LookupFunction;
}

function poolOf(resolve: Resolve, allowed: (address: string) => boolean): Pool {
  const options = { keepAlive: true, maxFreeSockets: 8 };
  const lookup: LookupFunction = (hostname, { all }, callback) => {
    checkedAddresses(hostname, resolve, allowed).then(
      ([first, ...rest]) => {
        if (all === true) callback(null, [first, ...rest]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), []),
    );
  };
  return { http: new http.Agent(options), https: new https.Agent(options), lookup };
}

type Address = { address: string; family: number };

async function checkedAddresses(
  hostname: string,
  resolve: Resolve,
  allowed: (address: string) => boolean,
): Promise<[Address, ...Address[]]> {
  const [first, ...rest] = await resolve(hostname);
  if (first === undefined) throw networkFailed('The name of the host has no address.');
  // One bad address among good ones is refused as a whole: a name that answers so is not to be trusted.
  if ([first, ...rest].some(({ address }) => !allowed(address))) {
    throw new AppError('blocked_address', 'The name of the host leads to a private address.', {
      retryable: true,
    });
  }
  return [first, ...rest];
}

async function resolveBySystem(hostname: string): Promise<readonly Address[]> {
  return systemLookup(hostname, { all: true });
}

function prepareHeaders(given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const lower = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]);
  // No decompression anywhere: a small answer cannot become a large one.
  return { 'user-agent': 'Tapedeck', ...Object.fromEntries(lower), 'accept-encoding': 'identity' };
}

function pick(headers: Record<string, string>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => harmlessHeaders.has(name));
  return prepareHeaders(Object.fromEntries(kept));
}

interface TimeLimit {
  signal: AbortSignal;
  clear(): void;
}

/** One signal for the caller's own wish to stop and for the whole time of the request, redirects and body included. */
function limitTime({ timeoutMs, signal }: GuardedRequest): TimeLimit {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(timedOut()), Math.min(timeoutMs, 2 ** 31 - 1));
  const cancel = (): void => controller.abort(networkFailed('The request was cancelled.'));
  if (signal?.aborted === true) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    },
  };
}

interface Outgoing {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
  signal: AbortSignal;
  idleTimeoutMs: number;
}

function send(outgoing: Outgoing, pool: Pool): Promise<http.IncomingMessage> {
  const { url, method, headers, signal } = outgoing;
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const request = (secure ? https : http).request(url, {
      method,
      headers,
      agent: secure ? pool.https : pool.http,
      lookup: pool.lookup,
      signal,
      timeout: outgoing.idleTimeoutMs,
    });
    request.on('timeout', () => request.destroy(timedOut()));
    request.on('response', resolve);
    request.on('error', (error) => {
      // A kept connection can be closed by the server in the very moment we use it; that is nobody's fault.
      const stale = request.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      if (!stale || signal.aborted || (method !== 'GET' && method !== 'HEAD')) return reject(error);
      send(outgoing, { ...pool, http: new http.Agent(), https: new https.Agent() }).then(resolve, reject);
    });
    request.end(outgoing.body);
  });
}

function redirectOf(answer: http.IncomingMessage, method: string): string | null {
  const isRedirect = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0);
  return isRedirect && (method === 'GET' || method === 'HEAD') ? (answer.headers.location ?? null) : null;
}

function respond(
  answer: http.IncomingMessage,
  target: Target,
  method: string,
  maxBytes: number,
  limit: TimeLimit,
): GuardedResponse {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  const length = Number(answer.headers['content-length'] ?? Number.NaN);
  const sizeBytes = Number.isSafeInteger(length) ? length : null;
  const problem =
    encoding.toLowerCase() !== 'identity'
      ? networkFailed('The answer is compressed although that was not asked for.')
      : sizeBytes !== null && sizeBytes > maxBytes && method !== 'HEAD'
        ? tooLarge()
        : null;
  if (problem !== null) {
    answer.destroy();
    throw problem;
  }
  const body = readBody(answer, method === 'HEAD' ? null : sizeBytes, maxBytes, limit);
  return {
    status: answer.statusCode ?? 0,
    headers: flatten(answer.headers),
    url: target.url.href,
    sizeBytes,
    body,
    drain: () => drain(body),
  };
}

async function* readBody(
  answer: http.IncomingMessage,
  sizeBytes: number | null,
  maxBytes: number,
  limit: TimeLimit,
): AsyncGenerator<Uint8Array, void> {
  let receivedBytes = 0;
  try {
    for await (const chunk of answer) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('a body is read as bytes');
      receivedBytes += chunk.length;
      if (receivedBytes > maxBytes) throw tooLarge();
      yield chunk;
    }
    // node ends a body without complaint when the connection closes where no length was promised; elsewhere it throws.
    if (!answer.complete || (sizeBytes !== null && receivedBytes !== sizeBytes)) throw truncated();
  } catch (error) {
    if (error instanceof AppError || limit.signal.aborted) throw asAppError(error, limit.signal);
    throw answer.complete ? asAppError(error, limit.signal) : truncated(error);
  } finally {
    limit.clear();
    answer.destroy();
  }
}

async function drain(body: AsyncIterable<Uint8Array>): Promise<void> {
  let readBytes = 0;
  try {
    for await (const chunk of body) {
      readBytes += chunk.length;
      if (readBytes > drainBytes) return;
    }
  } catch {
    // Nobody wants these bytes; that they did not all come changes nothing.
  }
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function asAppError(error: unknown, signal: AbortSignal): AppError {
  if (error instanceof AppError) return error;
  if (signal.aborted && signal.reason instanceof AppError) return signal.reason;
  return networkFailed('The provider could not be reached.', error);
}

function networkFailed(message: string, cause?: unknown): AppError {
  return new AppError('network_failed', message, { retryable: true, cause });
}

function timedOut(): AppError {
  return new AppError('timed_out', 'The provider took too long to answer.', { retryable: true });
}

function tooLarge(): AppError {
  return new AppError('too_large', 'The answer is larger than what is accepted.');
}

function truncated(cause?: unknown): AppError {
  return new AppError('truncated', 'The answer ended before it was whole.', { retryable: true, cause });
}
