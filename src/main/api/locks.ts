// The private listener's locks. Any web page that the user visits can send requests to a loopback port, and a DNS
// name that turns to 127.0.0.1 can even read the answers (DNS rebinding); other programs on this computer and pages
// on other ports count as "same site". So each request must pass all of these, before anything of it is read:
// it comes from this computer, names us exactly as Host, and, where it comes from a page, comes from our own.
import type { IncomingMessage } from 'node:http';
import type { ErrorView } from '../../preload/contract/errors.ts';

export interface Refusal {
  status: number;
  error: ErrorView;
}

const loopback = /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$|^::1$/;

/**
 * @param port the listener's own
 * @returns why the request is refused, or null when it may go on to authentication
 */
export function checkLocks(request: IncomingMessage, port: number): Refusal | null {
  if (!loopback.test(request.socket.remoteAddress ?? '')) {
    return refuse(403, 'unauthorized', 'Only this computer may ask.');
  }
  const host = hostOf(request);
  // Exactly these: a name that resolves to 127.0.0.1 is somebody else's.
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    return refuse(421, 'forbidden_origin', 'This is not the address of Tapedeck.');
  }
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`) return foreignPage;
  return comesFromForeignPage(request) ? foreignPage : null;
}

const foreignPage = refuse(403, 'forbidden_origin', 'Only the console itself may ask.');

function refuse(status: number, code: ErrorView['code'], message: string): Refusal {
  return { status, error: { code, message } };
}

/** @returns null for a repeated Host and for a request line that names another server (`GET http://...`) */
function hostOf(request: IncomingMessage): string | null {
  const repeats = request.rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === 'host').length;
  return repeats === 1 && request.url?.startsWith('/') === true ? (request.headers.host ?? null) : null;
}

/**
 * Browsers say where a request comes from, and pages cannot change it. `same-site` is foreign, too: sites ignore
 * ports, so any other program's page on localhost has it, along with our cookie. Only typing or following a link to
 * the front page is allowed from anywhere: it shows nothing that its origin could read.
 */
function comesFromForeignPage({ headers, method, url }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  const opensFrontPage =
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    url?.split('?', 1)[0] === '/';
  return !opensFrontPage;
}
