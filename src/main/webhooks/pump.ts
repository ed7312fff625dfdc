// Reads a request piece by piece, with back-pressure: while a piece is being dealt with, the socket is not read, and
// the sender is held back by TCP itself.
import type { IncomingMessage } from 'node:http';

/** `gone`: the sender hung up before the end. `stopped`: `stop` was called, or `take` said so. */
export type PumpEnd = 'end' | 'gone' | 'stopped';

export interface Pump {
  done: Promise<PumpEnd>;
  /** Leaves the rest unread and the request paused. */
  stop(): void;
}

/**
 * @param take deals with a piece; null goes on at once, a promise is waited for, false stops. What it throws or
 *   rejects with, `done` rejects with.
 */
export function pump(
  request: IncomingMessage,
  take: (chunk: Buffer) => Promise<boolean> | boolean | null,
): Pump {
  const { promise: done, resolve, reject } = Promise.withResolvers<PumpEnd>();
  let isTaking = false;
  let hasEnded = false;

  const leave = (): void => {
    request.off('data', onData);
    request.off('end', onEnd);
    request.off('close', onClose);
    request.pause();
  };
  const finish = (end: PumpEnd): void => {
    leave();
    resolve(end);
  };
  const fail = (error: unknown): void => {
    leave();
    reject(error instanceof Error ? error : new Error(String(error)));
  };

  const onData = (chunk: Buffer): void => {
    try {
      const taken = take(chunk);
      if (taken === false) return finish('stopped');
      if (taken === null || taken === true) return;
      isTaking = true;
      request.pause();
      taken.then((goOn) => {
        isTaking = false;
        if (!goOn) finish('stopped');
        else if (hasEnded) finish('end');
        else request.resume();
      }, fail);
    } catch (error) {
      fail(error);
    }
  };
  const onEnd = (): void => {
    hasEnded = true;
    if (!isTaking) finish('end');
  };
  const onClose = (): void => {
    if (!hasEnded) finish('gone');
  };

  if (request.destroyed && !request.readableEnded) finish('gone');
  else {
    request.on('data', onData);
    request.on('end', onEnd);
    request.on('close', onClose);
  }
  return { done, stop: () => finish('stopped') };
}
