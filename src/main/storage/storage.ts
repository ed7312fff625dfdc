// The port of the place where recordings are kept on this computer: the truth for playback.
import type { Readable } from 'node:stream';

/** A file being written. Nothing of it can be seen under its final name until `commit` returns. */
export interface PendingFile {
  /** Appends; resolves when more may be written. Errors: disk_full, disk_failed. */
  write(chunk: Uint8Array): Promise<void>;
  readonly sizeBytes: number;
  /** Lower-case hex SHA-256 of what has been written so far. */
  sha256(): string;
  /** Path for readers that check the content before it is committed. */
  readonly path: string;
  /** fsync, rename to `fileName`, fsync of the folder. After this the file is safe. */
  commit(fileName: string): Promise<void>;
  /** Removes it. Safe to call after commit (does nothing). */
  discard(): Promise<void>;
}

export interface LocalStorage {
  readonly dir: string;
  /** @param recordingId ours; becomes part of the temporary name */
  create(recordingId: string): Promise<PendingFile>;
  /** Writes a small whole file with the same care (peaks). */
  put(fileName: string, bytes: Uint8Array): Promise<void>;
  /** @returns null when there is no such file */
  stat(fileName: string): Promise<{ sizeBytes: number } | null>;
  /** @param range byte offsets, `end` inclusive */
  read(fileName: string, range?: { start: number; end: number }): Readable;
  /** Absolute path, for the worker. Only accepts names that this storage itself makes. */
  pathOf(fileName: string): string;
  remove(fileName: string): Promise<void>;
  /** Removes temporary files that a crash left. @returns how many */
  sweep(): Promise<number>;
  /** @returns null where the system does not say */
  freeBytes(): Promise<number | null>;
}
