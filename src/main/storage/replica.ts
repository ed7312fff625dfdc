// The port of the places where copies of recordings are kept outside this computer. A copy counts only after it was
// read back: a place that says yes and keeps nothing must be found out.
import type { Readable } from 'node:stream';
import type { ErrorCode } from '../../preload/contract/errors.ts';

/** What a copy has to be: made from the recording's row, never from what the place says. */
export interface ReplicaObject {
  /** Our own ids only (no number, no name); the place puts its own prefix before it. */
  key: string;
  sizeBytes: number;
  /** Lower-case hex. */
  sha256: string;
  contentType: string;
}

export interface ReplicaSource {
  /** A fresh stream of the local file, or of a part of it; `end` inclusive. */
  open(range?: { start: number; end: number }): Readable;
}

/** `different`: something else lies under the key (never overwritten, never counted). */
export type Verification = 'verified' | 'missing' | 'different';

/** One thing that a check of the place found, in one plain sentence that says what to change where it is not good. */
export interface ReplicaFinding {
  what:
    | 'reach'
    | 'write'
    | 'read'
    | 'range'
    | 'link'
    | 'remove'
    | 'overwrite_refused'
    | 'private'
    | 'encryption';
  ok: boolean;
  code: ErrorCode | null;
  text: string;
}

export interface ReplicaCheck {
  /** False as soon as recordings must not be put there: it does not work, or the public can read it. */
  ok: boolean;
  findings: ReplicaFinding[];
}

/**
 * A place for copies. Every call goes out through the guarded fetch and throws AppError: storage_refused (403, wrong
 * keys), storage_not_found (no such bucket), storage_unavailable (5xx, slow down; retryable, retryAfterMs),
 * storage_public, network_failed, timed_out, blocked_address, secret_missing, too_large, bad_config.
 */
export interface ReplicaStorage {
  /** Stable and short, stored in every row, e.g. `s3` or `supabase`. */
  readonly replicaId: string;
  /** As people know it, e.g. `S3, clinic-recordings`. */
  readonly name: string;
  /** Names of the settings that are missing; empty when it can work. */
  missing(): string[];
  /**
   * Puts a copy there: in parts and resumable where it is large, aborted cleanly when it fails. Never overwrites: what
   * lies there already is compared later by `verify`.
   * @param options `resume` is what an earlier try left with `onResume`; `onProgress` is told the bytes that are there
   */
  put(
    object: ReplicaObject,
    source: ReplicaSource,
    options: {
      signal: AbortSignal;
      onProgress: (sentBytes: number) => void;
      resume: string | null;
      onResume: (resume: string | null) => void;
    },
  ): Promise<void>;
  /** Reads the copy back, whole, and compares size and hash. Memory stays flat. */
  verify(object: ReplicaObject, signal: AbortSignal): Promise<Verification>;
  /**
   * The copy's bytes, or a part of them, with a fresh link each time.
   * @param range `end` inclusive. Errors also: not_found
   */
  read(
    object: ReplicaObject,
    range: { start: number; end: number } | null,
    signal: AbortSignal,
  ): Promise<Readable>;
  /** A link that works for at most 300 s. @param fileName what a browser saves it as */
  presign(object: ReplicaObject, expiresInSeconds: number, fileName: string | null): Promise<string>;
  remove(object: ReplicaObject, signal: AbortSignal): Promise<'removed' | 'gone'>;
  /** Writes, reads, links, ranges and removes a probe, and proves that the public cannot read. Never throws. */
  check(signal: AbortSignal): Promise<ReplicaCheck>;
  /** Ends uploads that were begun before `beforeMs` and never finished. @returns how many */
  sweepUploads(beforeMs: number, signal: AbortSignal): Promise<number>;
}
