// What tests of the private edge share: a contract full of handlers, a quiet log, a standing clock, a listener.
import type { Handlers } from '../../../src/preload/contract/api.ts';
import { procedures } from '../../../src/preload/contract/api.ts';
import { createDispatch } from '../../../src/main/api/dispatch.ts';
import { createEventBus, type EventBus } from '../../../src/main/api/event-bus.ts';
import type { MediaAnswer, MediaQuestion } from '../../../src/main/api/serve-media.ts';
import { type ApiServer, createApiServer } from '../../../src/main/api/server.ts';
import type { Clock } from '../../../src/main/domain/clock.ts';
import { AppError } from '../../../src/main/domain/errors.ts';
import type { Log, LogFields } from '../../../src/main/log.ts';
import type { CallView } from '../../../src/preload/contract/calls.ts';
import type { PollAnswer } from '../../../src/preload/contract/checks.ts';

export const token = 'k3y-of-the-test-console-0123456789abcdef';

export function aCall(callId = 'call_1', changes: Partial<CallView> = {}): CallView {
  return {
    callId,
    reference: null,
    providerId: 'twilio',
    direction: 'inbound',
    from: '+14155550132',
    to: '+14155550100',
    status: 'in_progress',
    startedAtMs: 1_700_000_000_000,
    answeredAtMs: null,
    endedAtMs: null,
    recordingStatus: 'none_yet',
    durationMs: null,
    otherParty: null,
    line: null,
    recordingCount: 0,
    mainRecordingId: null,
    recordingReason: null,
    needsAttention: false,
    kind: null,
    via: null,
    priority: null,
    dialState: null,
    dialCode: null,
    unmatched: false,
    matchedBy: null,
    hasTranscript: false,
    ...changes,
  };
}

/** Every procedure there is; those not given say `unavailable`. */
export function handlersWith(given: Partial<Handlers>): Handlers {
  const others = Object.keys(procedures).map((name) => [
    name,
    async () => {
      throw new AppError('unavailable', 'Not part of this test.');
    },
  ]);
  return { ...(Object.fromEntries(others) as Handlers), ...given };
}

export interface Line {
  message: string;
  fields: LogFields | undefined;
}

export function memoryLog(): Log & { lines: Line[] } {
  const lines: Line[] = [];
  const note = (message: string, fields?: LogFields): void => void lines.push({ message, fields });
  return { lines, debug: note, info: note, warn: note, error: note };
}

/** A clock that moves when told. `every` runs on `advance`. */
export function standingClock(nowMs = 1_700_000_000_000): Clock & { advance(byMs: number): void } {
  let now = nowMs;
  const timers = new Set<{ everyMs: number; dueMs: number; run: () => void }>();
  return {
    scale: 1,
    now: () => now,
    delay: async () => undefined,
    every(everyMs, run) {
      const timer = { everyMs, dueMs: now + everyMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(byMs) {
      now += byMs;
      for (const timer of [...timers]) {
        if (timer.dueMs > now) continue;
        timer.dueMs = now + timer.everyMs;
        timer.run();
      }
    },
  };
}

export interface Listener {
  server: ApiServer;
  bus: EventBus;
  clock: ReturnType<typeof standingClock>;
  log: ReturnType<typeof memoryLog>;
  port: number;
  url: string;
  asked: MediaQuestion[];
}

export interface ListenerOptions {
  handlers?: Partial<Handlers>;
  instanceId?: string;
  token?: string;
  pollRecordings?: () => Promise<PollAnswer>;
  rendererDir?: string;
  media?: (question: MediaQuestion) => Promise<MediaAnswer>;
}

/** A real listener on a free port. */
export async function startListener(options: ListenerOptions = {}): Promise<Listener> {
  const log = memoryLog();
  const clock = standingClock();
  const bus = createEventBus(clock.now());
  const asked: MediaQuestion[] = [];
  const server = createApiServer({
    dispatch: createDispatch(
      handlersWith({
        'calls.list': async ({ limit }) => ({ items: [aCall()], nextCursor: `after-${limit}` }),
        ...options.handlers,
      }),
      log,
    ),
    bus,
    pollRecordings: options.pollRecordings ?? (async () => ({ processed: 0, details: [] })),
    media: {
      async serve(question) {
        asked.push(question);
        return options.media?.(question) ?? { status: 404, headers: {}, body: null };
      },
    },
    token: options.token ?? token,
    instanceId: options.instanceId ?? '0a1b2c3d4e5f',
    rendererDir: options.rendererDir ?? null,
    openapi: { openapi: '3.1.0' },
    log,
    clock,
  });
  const { port, url } = await server.listen(0);
  return { server, bus, clock, log, port, url, asked };
}
