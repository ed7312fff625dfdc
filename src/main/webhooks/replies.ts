// What is said to a sender: answers without a body, refusals that are noted, and what can be refused unread.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { RefusalReason } from '../../preload/contract/activity.ts';
import type { Provider, WebhookRoute } from '../providers/provider.ts';
import type { BodyReader } from './read-body.ts';
import type { RefusalNotes } from './refusals.ts';

const statusOf: Record<RefusalReason, number> = {
  bad_signature: 403,
  signature_missing: 403,
  secret_missing: 503,
  stale_address: 403,
  clock_skew: 503,
  wrong_method: 405,
  wrong_content_type: 415,
  content_encoding: 415,
  too_large: 413,
  too_slow: 408,
  malformed: 400,
  not_audio: 422,
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

export interface Replies {
  /** Says no, and notes it. @param body null when it was not read */
  refuse(
    request: IncomingMessage,
    response: ServerResponse,
    reason: RefusalReason,
    sizeBytes: number,
    body: Buffer | null,
  ): void;
  /** 200, once what came is durable. */
  accept(response: ServerResponse): void;
}

/** The answers of one route. */
export function createReplies(
  deps: {
    bodies: BodyReader;
    refusals: RefusalNotes;
    /** Only in fault tests. */
    crashPoint?: ((name: string) => void) | undefined;
  },
  provider: Provider,
  route: WebhookRoute,
): Replies {
  const { bodies, refusals, crashPoint } = deps;
  return {
    refuse(request, response, reason, sizeBytes, body) {
      const httpStatus = statusOf[reason];
      answer(
        bodies,
        request,
        response,
        httpStatus,
        reason === 'wrong_method' ? { Allow: 'POST' } : undefined,
      );
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
    },
    accept(response) {
      crashPoint?.('webhook:before-2xx');
      if (response.destroyed) return;
      response.writeHead(200, empty);
      if (crashPoint === undefined) response.end();
      else response.end(() => crashPoint('webhook:after-2xx'));
    },
  };
}

/** What can be refused by the headers alone. */
export function refusalBeforeBody(request: IncomingMessage, route: WebhookRoute): RefusalReason | null {
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
export function declaredBytes(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}
