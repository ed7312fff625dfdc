// Notes what the public listener refused. Anyone can be refused as often as they like, so notes are bounded: a few a
// second are written, one at a time, and the rest only counted.
import { hash } from 'node:crypto';
import type { RefusalReason } from '../../preload/contract/activity.ts';
import type { Clock } from '../domain/clock.ts';
import { codeOf } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import type { RefusalRow, Store } from '../store/store.ts';

/** A note is 1 KB or so; 20 a second fill the ring of 1,000 in under a minute, which is all that a reader can use. */
const notesPerSecond = 20;
/** Bodies above this are not kept even while keeping is on. */
const keptBodyBytes = 256 * 1024;
const maxHeaderNames = 60;

export interface Refusal {
  providerId: string;
  /** The route's own path, without the query. */
  path: string;
  reason: RefusalReason;
  httpStatus: number;
  sizeBytes: number;
  headerNames: string[];
  /** Null when it was not read. */
  body: Buffer | null;
}

export interface RefusalNotes {
  /** Returns at once; writes later, or only counts. */
  note(refusal: Refusal): void;
  /** Waits for notes being written. */
  close(): Promise<void>;
}

export interface RefusalDeps {
  store: Pick<Store, 'recordRefusal'>;
  clock: Clock;
  log: Log;
  newId: (prefix: string, nowMs: number) => string;
  /** Refused bodies are kept while this is in the future, epoch milliseconds. */
  keepRefusedUntilMs: () => number | null;
  /** Told of each noted refusal: what was refused may have been real, so the provider should be asked. */
  onRefused?: (providerId: string) => void;
}

/** @param now monotonic milliseconds */
export function createRefusalNotes(deps: RefusalDeps, now: () => number): RefusalNotes {
  const { store, clock, log, newId, keepRefusedUntilMs, onRefused } = deps;
  let allowance = notesPerSecond;
  let allowanceAtMs = now();
  let uncounted = 0;
  let writing: Promise<void> = Promise.resolve();

  const mayNote = (): boolean => {
    const nowMs = now();
    allowance = Math.min(notesPerSecond, allowance + ((nowMs - allowanceAtMs) / 1000) * notesPerSecond);
    allowanceAtMs = nowMs;
    if (allowance < 1) return false;
    allowance -= 1;
    return true;
  };

  const rowOf = ({ body, headerNames, ...refusal }: Refusal): RefusalRow => {
    const atMs = clock.now();
    const keep = (keepRefusedUntilMs() ?? 0) > atMs && body !== null && body.length <= keptBodyBytes;
    return {
      ...refusal,
      refusalId: newId('ref', atMs),
      atMs,
      headerNames: headerNames.slice(0, maxHeaderNames).map((name) => name.slice(0, 100)),
      bodySha256: body === null ? null : hash('sha256', body, 'hex'),
      body: keep ? body : null,
    };
  };

  return {
    note(refusal) {
      if (!mayNote()) {
        uncounted += 1;
        return;
      }
      if (uncounted > 0) log.warn('refused requests were too many to list', { count: uncounted });
      uncounted = 0;
      const { providerId, reason, httpStatus, sizeBytes } = refusal;
      log.warn('webhook request refused', { providerId, reason, httpStatus, sizeBytes });
      const row = rowOf(refusal);
      writing = writing
        .then(() => store.recordRefusal(row))
        .catch((error: unknown) => log.warn('refused request not listed', { code: codeOf(error) }));
      onRefused?.(providerId);
    },
    close: () => writing,
  };
}
