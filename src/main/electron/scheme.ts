// The console's pages and audio in the desktop application: a scheme of our own instead of file:// or a port, so that
// pages have a real origin and nothing outside this process can ask.
import type { Protocol } from 'electron';
import type { ConsolePages } from '../console-pages.ts';
import { appScheme, type Endpoints, endpointAt } from './endpoints.ts';

/** Before the app is ready, once. `stream` lets <audio> seek; `standard` gives pages an origin. */
export function registerScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

export function serveScheme(
  protocol: Pick<Protocol, 'handle'>,
  endpoints: Endpoints,
  pages: ConsolePages,
): void {
  protocol.handle(appScheme, (request) => pages(request, endpointAt(endpoints, request.url)?.media ?? null));
}
