// Asks one provider gently: two questions at a time, none while it has asked to be left alone. A layer around the
// guarded fetch, one for each provider, so that one that is busy does not hold up the others.
import type { Clock } from '../domain/clock.ts';
import { AppError } from '../domain/errors.ts';
import type { GuardedFetch, GuardedRequest, GuardedResponse } from './net.ts';
import { restAskedFor } from './retry-after.ts';

/** One answer's head and when it was asked for, by the product's clock. */
export interface HeardAnswer {
  askedAtMs: number;
  answeredAtMs: number;
  headers: Readonly<Record<string, string>>;
}

export interface PacedFetchDeps {
  fetch: GuardedFetch;
  clock: Pick<Clock, 'now' | 'delay'>;
  /** In [0, 1). */
  random: () => number;
  /** Told of every answer, whatever it says. */
  onAnswer?: (answer: HeardAnswer) => void;
}

export interface PacedFetch {
  /**
   * The guarded fetch, paced. GETs wait for their turn; what acts (POST, DELETE) never does.
   * Errors: beside those of the guarded fetch, provider_rate_limited with retryAfterMs for a GET that would have to
   * wait longer than 10 s, and network_failed when it is called off while it waits.
   */
  fetch: GuardedFetch;
  /** How many requests have been sent since the start, of all methods. */
  requests(): number;
}

/** Questions that a provider is asked at the same time. */
export const questionsAtOnce = 2;
/** Between questions of a line that waits: at most so long, so that they do not come in step. */
const jitterMs = 100;
/** Who would have to wait longer is told to come again; a job keeps that time better than an open request. */
const patienceMs = 10_000;

interface Waiting {
  go: () => void;
  fail: (error: AppError) => void;
}

/** Makes the paced fetch of one provider. */
export function createPacedFetch({ fetch, clock, random, onAnswer }: PacedFetchDeps): PacedFetch {
  const line: Waiting[] = [];
  let taken = 0;
  let sent = 0;
  let rest: { fromMs: number; lengthMs: number } | null = null;

  /** A clock that was set back would make a rest last for days: what has not begun yet is over. */
  const restLeftMs = (): number => {
    if (rest === null) return 0;
    const goneMs = clock.now() - rest.fromMs;
    if (goneMs >= 0 && goneMs < rest.lengthMs) return rest.lengthMs - goneMs;
    rest = null;
    return 0;
  };

  const takePlace = (signal: AbortSignal | undefined): Promise<void> => {
    if (taken < questionsAtOnce && line.length === 0) {
      taken += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        line.splice(line.indexOf(waiting), 1);
        waiting.fail(calledOff());
      };
      const waiting: Waiting = {
        go() {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
        fail(error) {
          signal?.removeEventListener('abort', leave);
          reject(error);
        },
      };
      line.push(waiting);
      signal?.addEventListener('abort', leave, { once: true });
    });
  };

  /** The place goes on to the first in line without ever being free, so that nobody overtakes. */
  const givePlace = (): void => {
    const next = line.shift();
    if (next === undefined) taken -= 1;
    else next.go();
  };

  const waitOut = async (signal: AbortSignal | undefined): Promise<void> => {
    for (let leftMs = restLeftMs(); leftMs > 0; leftMs = restLeftMs()) {
      if (leftMs > patienceMs) throw askedToWait(leftMs);
      await clock.delay(leftMs, signal);
      stopIfCalledOff(signal);
    }
  };

  const note = ({ status, headers }: GuardedResponse, askedAtMs: number): void => {
    const answeredAtMs = clock.now();
    onAnswer?.({ askedAtMs, answeredAtMs, headers });
    const lengthMs = restAskedFor({ status, headers }, answeredAtMs);
    if (lengthMs === null || lengthMs <= restLeftMs()) return;
    rest = { fromMs: answeredAtMs, lengthMs };
    // Those in line learn it now and not one after the other.
    if (lengthMs > patienceMs) for (const waiting of line.splice(0)) waiting.fail(askedToWait(lengthMs));
  };

  const send = async (request: GuardedRequest): Promise<GuardedResponse> => {
    sent += 1;
    const askedAtMs = clock.now();
    const answer = await fetch(request);
    note(answer, askedAtMs);
    return answer;
  };

  const ask = async (request: GuardedRequest): Promise<GuardedResponse> => {
    const { signal } = request;
    stopIfCalledOff(signal);
    const leftMs = restLeftMs();
    if (leftMs > patienceMs) throw askedToWait(leftMs);
    const isCrowded = taken >= questionsAtOnce;
    await takePlace(signal);
    try {
      if (isCrowded) await clock.delay(random() * jitterMs, signal);
      await waitOut(signal);
      stopIfCalledOff(signal);
      return holdUntilRead(await send(request), request.timeoutMs, givePlace);
    } catch (error) {
      givePlace();
      throw error;
    }
  };

  return {
    fetch: (request) => (isQuestion(request) ? ask(request) : send(request)),
    requests: () => sent,
  };
}

function isQuestion({ method = 'GET' }: GuardedRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/**
 * The same answer; its place is free when the body was read, broke off or was dropped.
 * @param timeoutMs a body that nobody reads is over by then at the latest: the guarded fetch cuts it off
 */
function holdUntilRead(answer: GuardedResponse, timeoutMs: number, free: () => void): GuardedResponse {
  let isHeld = true;
  const release = (): void => {
    if (!isHeld) return;
    isHeld = false;
    clearTimeout(timer);
    free();
  };
  const timer = setTimeout(release, timeoutMs);
  timer.unref();
  async function* read(): AsyncGenerator<Uint8Array, void> {
    try {
      yield* answer.body;
    } finally {
      release();
    }
  }
  return {
    ...answer,
    body: read(),
    drain: () => answer.drain().finally(release),
  };
}

function stopIfCalledOff(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw calledOff();
}

function askedToWait(leftMs: number): AppError {
  return new AppError('provider_rate_limited', 'The provider asked to be left alone for a while.', {
    retryable: true,
    retryAfterMs: leftMs,
  });
}

function calledOff(): AppError {
  return new AppError('network_failed', 'The request was called off.', { retryable: true });
}
