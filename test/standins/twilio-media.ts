// A tiny media server in Twilio's place: Basic auth, three forms of one recording, and answers that a test scripts.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { accountSid, authToken } from '../twilio-callback.ts';
import { makeWav } from './wav.ts';

export type MediaAnswer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

export interface MediaStandin {
  url: string;
  /** Paths asked so far, with query. */
  asked: string[];
  /** Answers for the next requests, in order; when they run out `otherwise` answers. */
  next: MediaAnswer[];
  otherwise: MediaAnswer;
  close(): Promise<void>;
}

const credentials = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

/** An answer with a body of known length. */
export function send(
  status: number,
  body: string | Buffer,
  headers: http.OutgoingHttpHeaders = {},
): MediaAnswer {
  return (_, response) => {
    const bytes = Buffer.from(body);
    response.writeHead(status, { 'content-length': bytes.length, ...headers }).end(bytes);
  };
}

/** An error as Twilio's API writes it. */
export function refuse(status: number, code: number, headers: http.OutgoingHttpHeaders = {}): MediaAnswer {
  const body = JSON.stringify({ code, message: 'refused', status });
  return send(status, body, { 'content-type': 'application/json', ...headers });
}

/** Promises `body`, sends its beginning and cuts the line. */
export function cut(body: Buffer, sentBytes: number, framing: 'length' | 'chunked'): MediaAnswer {
  return (_, response) => {
    response.writeHead(200, framing === 'length' ? { 'content-length': body.length } : {});
    response.write(body.subarray(0, sentBytes), () => response.socket?.destroySoon());
  };
}

/** A second of sound for every recording, each party on its own channel when asked so. */
const oneSecond: MediaAnswer = (request, response) => {
  const isDual = request.url?.endsWith('.wav?RequestedChannels=2') === true;
  send(200, makeWav({ channels: isDual ? 2 : 1 }), { 'content-type': 'audio/x-wav' })(request, response);
};

/** @param otherwise answers whenever no answer is scripted */
export async function createTwilioMedia(otherwise: MediaAnswer = oneSecond): Promise<MediaStandin> {
  const standin: Omit<MediaStandin, 'url' | 'close'> = { asked: [], next: [], otherwise };
  const server = http.createServer((request, response) => {
    standin.asked.push(request.url ?? '');
    // A link that carries its own permission is asked for without credentials.
    const needsCredentials = request.url?.startsWith('/link-') !== true;
    if (needsCredentials && request.headers.authorization !== credentials)
      return refuse(401, 20003)(request, response);
    (standin.next.shift() ?? standin.otherwise)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address: string | AddressInfo | null = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(standin, {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
