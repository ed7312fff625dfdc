import type { RecordingRow } from '../domain/recording.ts';
import type { Database, SqlValue } from './database.ts';
import { type StoredRecording, toRecording } from './rows.ts';

export interface Recordings {
  get(recordingId: string): RecordingRow | null;
  /** Of what is stored here. */
  totals(): { recordings: number; sizeBytes: number };
}

export function createRecordings(db: Database): Recordings {
  const select = db.prepare<SqlValue[], StoredRecording>('SELECT * FROM recordings WHERE recordingId = ?');
  const selectTotals = db.prepare<[], { recordings: number; sizeBytes: number }>(
    `SELECT count(*) AS recordings, ifnull(sum(sizeBytes), 0) AS sizeBytes FROM recordings WHERE status = 'stored'`,
  );
  return {
    get(recordingId) {
      const row = select.get(recordingId);
      return row === undefined ? null : toRecording(row);
    },
    totals: () => selectTotals.get() ?? { recordings: 0, sizeBytes: 0 },
  };
}
