// How the main loop and the store's thread speak: messages are structured clones of plain data.
import type { ErrorCode } from '../../../preload/contract/errors.ts';
import { AppError } from '../../domain/errors.ts';
import type { Changes, Store } from '../store.ts';
import type { PackedDeliveries } from './pack-deliveries.ts';

/** Everything of the port but its listeners, which stay in the main loop. */
export type StoreMethod = Exclude<keyof Store, 'onChange'>;

/** What the thread is started with. */
export interface StoreThreadSettings {
  dataDir: string;
  /** The application's clock is made again in the thread, so that both read the same time. */
  clock: { scale: number; beganMs: number };
  /** Address of the read-only worker's entry, for searches and comparisons. */
  workerUrl: string;
  /** Fault tests only: the point at which the process is killed. */
  crashAt: string | null;
}

export interface StoreCall {
  id: number;
  method: StoreMethod;
  args: unknown[];
}

/** All calls of one turn of the main loop, in order. */
export type StoreRequest = readonly (StoreCall | PackedDeliveries)[];

/** An error as it crosses. `code` is null for a fault of ours, which crosses as the Error that it is. */
export type SentError =
  | { code: ErrorCode; message: string; retryable: boolean; retryAfterMs: number | undefined }
  | { code: null; thrown: unknown };

export type StoreAnswer =
  | { id: number; ok: true; value: unknown }
  | { id: number; ok: false; error: SentError };

export type StoreReply =
  /** The first message of a thread: the database is open, or why not. */
  | { kind: 'opened' }
  | { kind: 'not opened'; error: SentError }
  /** What one turn of the thread did, usually one commit: its changes, then its answers. */
  | { kind: 'done'; changes: readonly Changes[]; answers: readonly StoreAnswer[] };

export function sendError(error: unknown): SentError {
  if (!(error instanceof AppError)) return { code: null, thrown: error };
  const { code, message, retryable, retryAfterMs } = error;
  return { code, message, retryable, retryAfterMs };
}

export function receiveError(sent: SentError): unknown {
  if (sent.code === null) return sent.thrown;
  const { code, message, retryable, retryAfterMs } = sent;
  return new AppError(code, message, { retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}
