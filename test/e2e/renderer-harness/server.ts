// A stand-in for the private listener, for developing and testing the renderer alone: the built files with the
// house's CSP, the contract answered from made-up calls, media with Range. Start: node server.ts <dir> <port>.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { JobView } from '../../../src/preload/contract/activity.ts';
import type { CallView } from '../../../src/preload/contract/calls.ts';
import type { EventEnvelope } from '../../../src/preload/contract/events.ts';
import type { SystemStatus } from '../../../src/preload/contract/system.ts';
import { linkStatus } from '../../standins/still-tunnel.ts';
import { answerPlacing, makePlacingState, matchKeyOf, type PlacingState } from './placing.ts';
import { answerChecks } from './sample-checks.ts';
import { makeAudio } from './sample-audio.ts';
import { joinedCall, mockCalls, nowMs, placedCalls, unmatchedCall } from './sample-data.ts';
import { detailOf } from './sample-details.ts';
import { matchingJobs, stoppedJobs } from './stopped.ts';
import { makeProviders } from './sample-setup.ts';

const csp =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

type Unnumbered = EventEnvelope extends infer E
  ? E extends { seq: number }
    ? Omit<E, 'seq'>
    : never
  : never;

export interface Harness {
  url: string;
  calls: CallView[];
  status: SystemStatus;
  placing: PlacingState;
  stopped: JobView[];
  /** Procedures that answer with this error code instead. */
  failing: Map<string, string>;
  /** How long every procedure takes. */
  delayMs: number;
  /** What was asked for: procedure names in order. */
  asked: { name: string; input: unknown }[];
  emit(event: Unnumbered): void;
  /** Cuts every event stream, as a restart would. */
  dropStreams(): void;
  close(): Promise<void>;
}

/** @param dir the built renderer; @param port 0 for a free one */
export async function startHarness(dir: string, port = 0): Promise<Harness> {
  const audio = { 2: makeAudio(247, 2), 1: makeAudio(60, 1) };
  const streams = new Set<ServerResponse>();
  let seq = 0;

  const harness: Harness = {
    url: '',
    calls: [...mockCalls, ...placedCalls, unmatchedCall, joinedCall],
    status: makeStatus(),
    placing: makePlacingState(),
    stopped: [...stoppedJobs],
    failing: new Map(),
    delayMs: 0,
    asked: [],
    emit(event) {
      seq += 1;
      for (const stream of streams)
        stream.write(`id: ${seq}\ndata: ${JSON.stringify({ seq, ...event })}\n\n`);
    },
    dropStreams() {
      for (const stream of streams) stream.destroy();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://harness');
    response.setHeader('content-security-policy', csp);
    if (pathname === '/api/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(': hello\n\n');
      streams.add(response);
      response.on('close', () => streams.delete(response));
    } else if (pathname.startsWith('/api/')) {
      await answerProcedure(harness, pathname.slice('/api/'.length), request, response);
    } else if (pathname.endsWith('/peaks')) {
      response.end(pathname.includes('mono') ? audio[1].peaks : audio[2].peaks);
    } else if (pathname.startsWith('/media/')) {
      sendRange(request, response, pathname.includes('mono') ? audio[1].wav : audio[2].wav);
    } else {
      const file = join(dir, pathname === '/' ? 'index.html' : normalize(pathname));
      response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
      response.end(await readFile(file));
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      response.statusCode = 404;
      response.end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  harness.url = `http://127.0.0.1:${address.port}/`;
  return harness;
}

async function answerProcedure(
  harness: Harness,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const input = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>;
  harness.asked.push({ name, input });
  if (harness.delayMs > 0) await new Promise((done) => setTimeout(done, harness.delayMs));
  const code = harness.failing.get(name);
  response.setHeader('content-type', 'application/json');
  const reply =
    code === undefined
      ? procedure(harness, name, input)
      : { ok: false, error: { code, message: 'It did not work.' } };
  response.end(JSON.stringify(reply));
}

function procedure(harness: Harness, name: string, input: Record<string, unknown>): unknown {
  const data = (value: unknown) => ({ ok: true, data: value });
  const matching = harness.calls
    .filter((call) => matches(call, input))
    .sort((a, b) => b.startedAtMs - a.startedAtMs);
  const offset = Number(input['cursor'] ?? 0);
  const limit = Number(input['limit'] ?? 50);
  const stopped = matchingJobs(harness.stopped, input['filter'] ?? input);
  switch (name) {
    case 'jobs.list':
      return data({ items: stopped, nextCursor: null, total: stopped.length, calls: harness.calls });
    case 'jobs.retryAll':
      harness.stopped = harness.stopped.filter((job) => !stopped.includes(job));
      return data({ count: stopped.length });
    case 'calls.list':
      return data({
        items: matching.slice(offset, offset + limit),
        nextCursor: offset + limit < matching.length ? String(offset + limit) : null,
      });
    case 'calls.count':
      return data({
        total: matching.length,
        live: matching.filter(({ status }) => status === 'in_progress').length,
        needsAttention: matching.filter(({ needsAttention }) => needsAttention).length,
        cap: 1_000,
      });
    case 'calls.get': {
      const call = harness.calls.find(({ callId }) => callId === input['callId']);
      return call === undefined
        ? { ok: false, error: { code: 'not_found', message: 'No such call.' } }
        : data(
            detailOf(
              call,
              harness.placing.paused.has(call.mainRecordingId ?? ''),
              matchKeyOf(harness.placing, call.callId),
            ),
          );
    }
    case 'recordings.playback': {
      const id = String(input['recordingId']);
      const channels = id.includes('mono') ? 1 : 2;
      const peaks = id.includes('plain') ? null : { url: `/media/${id}/peaks`, perSecond: 50, channels };
      const durationMs = channels === 1 ? 60_000 : 247_000;
      return data({ url: `/media/${id}`, contentType: 'audio/wav', durationMs, channels, peaks });
    }
    case 'system.status':
      return data(harness.status);
    case 'webLink.probe':
    case 'webLink.reconnect':
      return data(harness.status.webhooks.link);
    case 'sandbox.enter':
      return data({ running: true, url: `${harness.url}?sample`, callsPlaced: 0 });
    default: {
      const checks = answerChecks(name, input);
      if (checks !== null) return data(checks);
      return answerPlacing(harness, harness.placing, name, input) ?? data({});
    }
  }
}

function matches(call: CallView, input: Record<string, unknown>): boolean {
  const q = typeof input['q'] === 'string' ? input['q'].replace(/\D/g, '') : '';
  if (q !== '' && !`${call.from}${call.to}`.includes(q)) return false;
  if (input['unmatched'] === false && call.unmatched) return false;
  if (input['live'] === true && call.status !== 'in_progress') return false;
  if (input['needsAttention'] === true && !call.needsAttention) return false;
  return call.startedAtMs >= Number(input['startedFromMs'] ?? 0);
}

function sendRange(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('content-type', 'audio/wav');
  if (range === null) {
    response.setHeader('content-length', body.length);
    response.end(body);
    return;
  }
  const start = Number(range[1]);
  const end = range[2] === '' ? body.length - 1 : Math.min(Number(range[2]), body.length - 1);
  response.writeHead(206, {
    'content-range': `bytes ${start}-${end}/${body.length}`,
    'content-length': end - start + 1,
  });
  response.end(body.subarray(start, end + 1));
}

function makeStatus(): SystemStatus {
  return {
    version: '0.1.0',
    mode: 'real',
    host: 'headless',
    instanceId: 'harness',
    nowMs,
    timeScale: 1,
    clock: { skewMs: 0, isWrong: false },
    startedAtMs: nowMs - 3_600_000,
    webhooks: {
      localUrl: 'http://127.0.0.1:5001',
      publicUrl: 'https://clinic.example.com',
      link: linkStatus('https://clinic.example.com', {
        kind: 'ngrok',
        sinceMs: nowMs - 3_600_000,
        lastProbeAtMs: nowMs - 120_000,
      }),
    },
    providers: makeProviders(),
    storage: { dataDir: '/data', freeBytes: 36e9, usedBytes: 14e9, recordings: 1240 },
    jobs: { ready: 2, running: 1, dead: 1 },
    lastSeq: 0,
  };
}

const [, script, dir, port] = process.argv;
if (script !== undefined && import.meta.filename === script && dir !== undefined) {
  const harness = await startHarness(dir, Number(port ?? 0));
  console.log(harness.url);
}
