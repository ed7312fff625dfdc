// The headless carrier: POST /api/<procedure> and server-sent events, same origin, cookie in hand.
import type { EventEnvelope, EventName } from '../../../preload/contract/events.ts';
import type { Client, Connection } from './client.ts';
import { isReply, unavailable } from './reply.ts';

// A browser gives up on an event stream that was refused; we ask again ourselves after this long.
const reopenDelayMs = 2_000;

const eventNames: Record<EventName, true> = {
  'call.changed': true,
  'call.merged': true,
  'recording.changed': true,
  'recording.progress': true,
  'delivery.added': true,
  'delivery.refused': true,
  'job.changed': true,
  'check.changed': true,
  'system.changed': true,
  reset: true,
};

/** Speaks to the loopback server that served this page. */
export function createHttpClient(): Client {
  return {
    async invoke(name, input) {
      try {
        const response = await fetch(`/api/${name}`, {
          method: 'POST',
          credentials: 'same-origin',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(input),
        });
        const reply: unknown = await response.json();
        if (isReply(reply)) return reply;
        return unavailable(`Tapedeck answered ${response.status}.`);
      } catch {
        return unavailable('Tapedeck is not running, or it was restarted.');
      }
    },
    subscribe: ({ onEvent, onConnection }) => listen(onEvent, onConnection),
  };
}

function listen(onEvent: (event: EventEnvelope) => void, onConnection: (to: Connection) => void): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hear = (message: Event): void => {
    if (!(message instanceof MessageEvent) || typeof message.data !== 'string') return;
    const event = parseEnvelope(message.data);
    if (event !== null) onEvent(event);
  };
  const open = (): void => {
    const opened = new EventSource('/api/events', { withCredentials: true });
    source = opened;
    opened.onopen = () => onConnection('live');
    opened.onmessage = hear;
    // A server may name its events; the envelope inside is the same.
    for (const name of Object.keys(eventNames)) opened.addEventListener(name, hear);
    opened.onerror = () => {
      onConnection('lost');
      if (opened.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, reopenDelayMs);
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

/** @returns the event, or null for anything that is not one of ours */
export function parseEnvelope(text: string): EventEnvelope | null {
  try {
    const value: unknown = JSON.parse(text);
    return isEnvelope(value) ? value : null;
  } catch {
    return null;
  }
}

function isEnvelope(value: unknown): value is EventEnvelope {
  return (
    typeof value === 'object' &&
    value !== null &&
    'seq' in value &&
    typeof value.seq === 'number' &&
    'name' in value &&
    typeof value.name === 'string' &&
    value.name in eventNames &&
    'data' in value &&
    typeof value.data === 'object'
  );
}
