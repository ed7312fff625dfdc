// The load generator: plain sockets, requests written out and signed before the clock starts, one at a time on each
// connection, only 2xx counted. A real HTTP client would take the very processor time that is being measured.
import { createHmac, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { authToken, obey, path, publicUrl } from './messages.ts';

let requests: Buffer[] = [];

function freshRequest(): Buffer {
  // Random as Twilio's are: ids that came in order would spare the product's indexes most of their work.
  const id = randomBytes(16).toString('hex');
  const account = 'AC5d41402abc4b2a76b9719d911017c592';
  const parameters: [string, string][] = [
    ['RecordingSource', 'StartCallRecordingAPI'],
    ['RecordingTrack', 'both'],
    ['RecordingSid', `RE${id}`],
    ['RecordingUrl', `https://api.twilio.com/2010-04-01/Accounts/${account}/Recordings/RE${id}`],
    ['RecordingStatus', 'completed'],
    ['RecordingChannels', '2'],
    ['ErrorCode', '0'],
    ['CallSid', `CA${id}`],
    ['RecordingStartTime', new Date(Date.now() - 95_000).toUTCString().replace('GMT', '+0000')],
    ['AccountSid', account],
    ['RecordingDuration', '95'],
  ];
  const body = new URLSearchParams(parameters).toString();
  const text = [...parameters]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .reduce((all, [n, v]) => all + n + v, publicUrl + path);
  const signature = createHmac('sha1', authToken).update(text).digest('base64');
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: tapedeck.example.com\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n` +
      'Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nX-Home-Region: us1\r\n' +
      `I-Twilio-Idempotency-Token: ${id}\r\nX-Twilio-Signature: ${signature}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

interface Tally {
  acknowledged: number;
  refused: number;
  latenciesMs: number[];
}

/** Sends one request after the other over one connection until there are none or the time is up. */
function drive(socket: Socket, untilMs: number, tally: Tally): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = '';
    let sentAtMs = 0;
    const next = (): void => {
      const request = performance.now() < untilMs ? requests.pop() : undefined;
      if (request === undefined) {
        socket.end();
        resolve();
        return;
      }
      sentAtMs = performance.now();
      socket.write(request);
    };
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const head = received.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
      if (received.length < head + 4 + length) return;
      if (received.startsWith('HTTP/1.1 2')) tally.acknowledged++;
      else tally.refused++;
      tally.latenciesMs.push(performance.now() - sentAtMs);
      received = '';
      next();
    });
    next();
  });
}

async function load(port: number, connections: number, seconds: number): Promise<unknown> {
  const sockets = await Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise<Socket>((resolve, reject) => {
          const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
          socket.once('error', reject);
        }),
    ),
  );
  const tally: Tally = { acknowledged: 0, refused: 0, latenciesMs: [] };
  const beganMs = performance.now();
  await Promise.all(sockets.map((socket) => drive(socket, beganMs + seconds * 1000, tally)));
  const elapsedMs = performance.now() - beganMs;
  const sorted = Float64Array.from(tally.latenciesMs).sort();
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
  const { acknowledged, refused } = tally;
  return { acknowledged, refused, elapsedMs, p50Ms: at(0.5), p99Ms: at(0.99) };
}

obey(async (what) => {
  if (what.do === 'prepare') {
    requests = Array.from({ length: what.count }, freshRequest);
    return { prepared: requests.length };
  }
  if (what.do === 'load') return load(what.port, what.connections, what.seconds);
  process.exit(0);
});
