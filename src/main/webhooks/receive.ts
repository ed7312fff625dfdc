// The way of one request to a provider's route: what may be refused unread, the raw bytes, the signature over them,
// the journal, and only then 2xx. Express's part ends before this.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { RefusalReason } from '../../preload/contract/activity.ts';
import type { Clock } from '../domain/clock.ts';
import { codeOf } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import type { Provider, WebhookRoute } from '../providers/provider.ts';
import type { ApplyProviderEvent } from '../recordings/apply-provider-event.ts';
import type { Tunnel } from '../tunnel/tunnel.ts';
import type { BodyOutcome, BodyReader } from './read-body.ts';
import type { RefusalNotes } from './refusals.ts';
import type { SocketPool } from './sockets.ts';

export interface ReceiveDeps {
  apply: ApplyProviderEvent;
  tunnel: Pick<Tunnel, 'acceptedUrls'>;
  clock: Clock;
  log: Log;
  bodies: BodyReader;
  sockets: SocketPool;
  refusals: RefusalNotes;
  /** Only in fault tests: where the process may be killed. */
  crashPoint?: ((name: string) => void) | undefined;
}

export type Receive = (request: IncomingMessage, response: ServerResponse) => void;

const statusOf: Record<RefusalReason, number> = {
  bad_signature: 403,
  signature_missing: 403,
  secret_missing: 503,
  wrong_method: 405,
  wrong_content_type: 415,
  content_encoding: 415,
  too_large: 413,
  too_slow: 408,
  cannot_store: 503,
};

const empty: OutgoingHttpHeaders = { 'Content-Length': '0' };
const emptyAndClose: OutgoingHttpHeaders = { 'Content-Length': '0', Connection: 'close' };

/**
 * Answers without a body. What the sender is still sending is dropped for a moment before the connection closes: a
 * reset would take the answer with it.
 */
export function answer(
  bodies: BodyReader,
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  extra?: OutgoingHttpHeaders,
): void {
  if (response.headersSent || response.destroyed) return;
  const { 'content-length': length = '0', 'transfer-encoding': chunked } = request.headers;
  const hasMore = !request.complete && (length !== '0' || chunked !== undefined);
  const headers = hasMore ? emptyAndClose : empty;
  response.writeHead(status, extra === undefined ? headers : { ...headers, ...extra });
  if (!hasMore) {
    response.end();
    return;
  }
  response.flushHeaders();
  bodies.drain(request, () => response.end());
}

/** Makes the handler of one route. */
export function createReceive(deps: ReceiveDeps, provider: Provider, route: WebhookRoute): Receive {
  const { apply, tunnel, clock, log, bodies, sockets, refusals, crashPoint } = deps;

  const refuse = (
    request: IncomingMessage,
    response: ServerResponse,
    reason: RefusalReason,
    sizeBytes: number,
    body: Buffer | null,
  ): void => {
    const httpStatus = statusOf[reason];
    answer(bodies, request, response, httpStatus, reason === 'wrong_method' ? { Allow: 'POST' } : undefined);
    const headerNames = Object.keys(request.headers);
    refusals.note({
      providerId: provider.providerId,
      path: route.path,
      reason,
      httpStatus,
      sizeBytes,
      headerNames,
      body,
    });
  };

  const accept = (response: ServerResponse): void => {
    crashPoint?.('webhook:before-2xx');
    if (response.destroyed) return;
    response.writeHead(200, empty);
    if (crashPoint === undefined) response.end();
    else response.end(() => crashPoint('webhook:after-2xx'));
  };

  const take = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    const pathAndQuery = request.url ?? '/';
    const { path } = route;
    const { headers, method = 'POST', socket } = request;
    const verdict = provider.verify({ path, pathAndQuery, headers, body }, tunnel.acceptedUrls());
    if (!verdict.ok) return refuse(request, response, verdict.reason, body.length, body);
    sockets.trust(socket);
    crashPoint?.('webhook:verified');
    const receivedAtMs = clock.now();
    apply(provider, {
      source: 'webhook',
      verification: 'verified',
      method,
      path,
      pathAndQuery,
      headers,
      body,
      receivedAtMs,
    }).then(
      () => accept(response),
      (error: unknown) => {
        log.error('delivery could not be stored', { providerId: provider.providerId, code: codeOf(error) });
        refuse(request, response, 'cannot_store', body.length, body);
      },
    );
  };

  const takeOrFail = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    try {
      take(request, response, body);
    } catch (error) {
      // A fault of ours must look like one to the provider, which may then try again.
      log.error('delivery could not be read', { providerId: provider.providerId, code: codeOf(error) });
      refuse(request, response, 'cannot_store', body.length, body);
    }
  };

  return (request, response) => {
    const reason = refusalBeforeBody(request, route);
    if (reason !== null) return refuse(request, response, reason, declaredBytes(request), null);
    // Node leaves it to us to say "go on" to a sender that asks first (server.ts, checkContinue).
    if (request.headers.expect !== undefined) response.writeContinue();
    bodies.read(request, route.maxBodyBytes, (outcome: BodyOutcome, body, sizeBytes) => {
      if (outcome === 'whole') takeOrFail(request, response, body);
      else refuse(request, response, outcome, sizeBytes, null);
    });
  };
}

/** What can be refused by the headers alone. */
function refusalBeforeBody(request: IncomingMessage, route: WebhookRoute): RefusalReason | null {
  if (request.method !== 'POST') return 'wrong_method';
  const { 'content-type': type = '', 'content-encoding': encoding } = request.headers;
  if (!route.contentTypes.includes(mediaType(type))) return 'wrong_content_type';
  // The signature is over the bytes as sent, and an unpacked body could be any size.
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') return 'content_encoding';
  return declaredBytes(request) > route.maxBodyBytes ? 'too_large' : null;
}

function mediaType(contentType: string): string {
  const semicolon = contentType.indexOf(';');
  return (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

/** Content-Length, which Node has checked to be a number; 0 when there is none (chunked). */
function declaredBytes(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}
