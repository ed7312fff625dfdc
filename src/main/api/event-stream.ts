// Server-sent events: the push half of the HTTP carrier.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EventEnvelope } from '../../preload/contract/events.ts';
import type { Clock } from '../domain/clock.ts';
import type { EventBus } from './event-bus.ts';

export interface EventStreams {
  /** Answers with the stream. @returns false, having answered nothing, when too many are open */
  open(request: IncomingMessage, response: ServerResponse, after: string | undefined): boolean;
  close(): void;
}

/** A comment this often keeps the connection from looking dead, and finds out that it is. */
const heartbeatMs = 15_000;
/** A client that lets this much pile up is not reading. It is dropped; when it comes back it catches up or is reset. */
const maxUnreadBytes = 4 * 1024 * 1024;
const maxStreams = 64;

/** Written once, however many clients listen. */
const written = new WeakMap<EventEnvelope, string>();

function toFrame(envelope: EventEnvelope): string {
  const known = written.get(envelope);
  if (known !== undefined) return known;
  const frame = `id: ${envelope.seq}\ndata: ${JSON.stringify(envelope)}\n\n`;
  written.set(envelope, frame);
  return frame;
}

export function createEventStreams(bus: EventBus, clock: Clock): EventStreams {
  const open = new Map<ServerResponse, () => void>();

  const send = (response: ServerResponse, text: string): void => {
    response.write(text);
    if (response.writableLength > maxUnreadBytes) response.destroy();
  };

  return {
    open(request, response, after) {
      if (open.size >= maxStreams) return false;
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      if (request.method === 'HEAD') {
        response.end();
        return true;
      }
      // Without a first byte some clients wait for the first event before they call the stream open.
      response.write('retry: 1000\n\n');
      // A resumed EventSource repeats its URL with the old `after`; what it has really seen is in the header.
      const seen = request.headers['last-event-id'] ?? after;
      const unsubscribe = bus.subscribe(
        (envelope) => send(response, toFrame(envelope)),
        // What is not a number is from nowhere, and gets `reset`.
        typeof seen === 'string' ? (/^\d{1,16}$/.test(seen) ? Number(seen) : -1) : undefined,
      );
      // The clock may run fast in sample mode; a heartbeat is a matter of the wall.
      const stopHeartbeat = clock.every(heartbeatMs * clock.scale, () => send(response, ': still here\n\n'));
      const end = (): void => {
        unsubscribe();
        stopHeartbeat();
        open.delete(response);
      };
      open.set(response, end);
      response.once('close', end);
      response.once('error', () => undefined);
      return true;
    },
    close() {
      for (const [response, end] of open) {
        end();
        response.end();
      }
    },
  };
}
