// The way of one request to a provider's route: what may be refused unread, the raw bytes, the signature over them,
// the journal, and only then 2xx. Express's part ends before this.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../domain/clock.ts';
import { codeOf } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import type { Provider, WebhookRoute } from '../providers/provider.ts';
import type { ApplyProviderEvent } from '../recordings/apply-provider-event.ts';
import type { Tunnel } from '../tunnel/tunnel.ts';
import type { BodyOutcome, BodyReader } from './read-body.ts';
import type { RefusalNotes } from './refusals.ts';
import { createReplies, declaredBytes, refusalBeforeBody } from './replies.ts';
import type { SocketPool } from './sockets.ts';

export interface ReceiveDeps {
  apply: ApplyProviderEvent;
  tunnel: Pick<Tunnel, 'acceptedUrls' | 'retiredUrls'>;
  clock: Clock;
  log: Log;
  bodies: BodyReader;
  sockets: SocketPool;
  refusals: RefusalNotes;
  /** Only in fault tests: where the process may be killed. */
  crashPoint?: ((name: string) => void) | undefined;
}

export type Receive = (request: IncomingMessage, response: ServerResponse) => void;

/** Makes the handler of one route. */
export function createReceive(deps: ReceiveDeps, provider: Provider, route: WebhookRoute): Receive {
  const { apply, tunnel, clock, log, bodies, sockets, crashPoint } = deps;
  const { refuse, accept } = createReplies(deps, provider, route);

  const take = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    const pathAndQuery = request.url ?? '/';
    const { path } = route;
    const { headers, method = 'POST', socket } = request;
    const signed = { path, pathAndQuery, headers, body };
    const verdict = provider.verify(signed, tunnel.acceptedUrls());
    const isForOldAddress = (): boolean => {
      const retired = tunnel.retiredUrls();
      return retired.length > 0 && provider.verify(signed, retired).ok;
    };
    if (!verdict.ok) {
      const reason =
        verdict.reason === 'bad_signature' && isForOldAddress() ? 'stale_address' : verdict.reason;
      return refuse(request, response, reason, body.length, body);
    }
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
