// The port of the read-only worker: work that would hold up the main loop, on a thread with its own connection.
import type { CallRow } from '../domain/call.ts';
import type { CallsQuery, Page } from '../store/store.ts';

export interface Peaks {
  /** Signed 8-bit min, max per channel, channel after channel within one step, `perSecond` steps a second. */
  data: Uint8Array;
  perSecond: number;
  channels: number;
}

export interface WorkerClient {
  /** Pages of calls that need a scan (free search). Same order and cursor as the store's own pages. */
  searchCalls(query: CallsQuery, limit: number, cursor: string | null): Promise<Page<CallRow>>;
  countCalls(
    query: CallsQuery,
    cap: number,
  ): Promise<{ total: number; live: number; needsAttention: number }>;
  /** Reads a WAV file (PCM 8/16/24/32, mu-law, A-law). @returns null for other formats: the browser makes those */
  makePeaks(path: string): Promise<Peaks | null>;
  /** SQLite's quick_check. @returns its complaints, empty when the file is sound */
  checkDatabase(): Promise<string[]>;
  /** Folds all events again on a snapshot and compares with the live rows, without writing. */
  compareRebuild(): Promise<{ events: number; calls: number; recordings: number; differences: number }>;
  close(): Promise<void>;
}
