// Reads raw bodies within their limits of size and time. Every body being read, and every refused one being drained,
// is on one list that one timer looks at: no timer per request.
import type { IncomingMessage } from 'node:http';
import type { WebhookLimits } from './limits.ts';

export type BodyOutcome = 'whole' | 'too_large' | 'too_slow';

export interface BodyReader {
  /**
   * Reads a body.
   * @param done called once, unless the sender goes away first; `body` is empty unless `whole`, `sizeBytes` is what came
   */
  read(
    request: IncomingMessage,
    maxBytes: number,
    done: (outcome: BodyOutcome, body: Buffer, sizeBytes: number) => void,
  ): void;
  /** Drops what still comes of a refused request. @param done called once, at its end or when it is too much */
  drain(request: IncomingMessage, done: () => void): void;
  close(): void;
}

interface Reading {
  request: IncomingMessage;
  startedAtMs: number;
  sizeBytes: number;
  draining: boolean;
  onSlow: () => void;
}

const nothing = Buffer.alloc(0);

/** @param now monotonic milliseconds */
export function createBodyReader(limits: WebhookLimits, now: () => number): BodyReader {
  const readings = new Set<Reading>();

  const isSlow = ({ draining, startedAtMs, sizeBytes }: Reading, nowMs: number): boolean => {
    const elapsedMs = nowMs - startedAtMs;
    if (draining) return elapsedMs > limits.drainMs;
    if (elapsedMs > limits.maxBodyMs) return true;
    return elapsedMs > limits.bodyGraceMs && sizeBytes < (limits.minBodyBytesPerSecond * elapsedMs) / 1000;
  };

  const timer = setInterval(() => {
    const nowMs = now();
    for (const reading of readings) {
      // A sender that went away needs no answer.
      if (reading.request.destroyed) readings.delete(reading);
      else if (isSlow(reading, nowMs)) {
        readings.delete(reading);
        reading.onSlow();
      }
    }
  }, limits.checkEveryMs);
  timer.unref();

  return {
    read(request, maxBytes, done) {
      let chunks: Buffer[] | null = null;
      let only: Buffer = nothing;
      const finish = (outcome: BodyOutcome, body: Buffer): void => {
        readings.delete(reading);
        request.off('data', onData);
        request.off('end', onEnd);
        done(outcome, body, reading.sizeBytes);
      };
      const onData = (chunk: Buffer): void => {
        reading.sizeBytes += chunk.length;
        if (reading.sizeBytes > maxBytes) return finish('too_large', nothing);
        // Nearly every body is one chunk, which is then passed on uncopied.
        if (only === nothing) only = chunk;
        else if (chunks === null) chunks = [only, chunk];
        else chunks.push(chunk);
      };
      const onEnd = (): void => finish('whole', chunks === null ? only : Buffer.concat(chunks));
      const reading: Reading = {
        request,
        startedAtMs: now(),
        sizeBytes: 0,
        draining: false,
        onSlow: () => finish('too_slow', nothing),
      };
      readings.add(reading);
      request.on('data', onData);
      request.on('end', onEnd);
    },

    drain(request, done) {
      const finish = (): void => {
        readings.delete(reading);
        request.off('data', onData);
        request.off('end', finish);
        done();
      };
      const onData = (chunk: Buffer): void => {
        reading.sizeBytes += chunk.length;
        if (reading.sizeBytes > limits.drainBytes) finish();
      };
      const reading: Reading = { request, startedAtMs: now(), sizeBytes: 0, draining: true, onSlow: finish };
      readings.add(reading);
      request.on('data', onData);
      request.on('end', finish);
      request.resume();
    },

    close() {
      clearInterval(timer);
      readings.clear();
    },
  };
}
