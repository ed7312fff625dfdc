// Whether a downloaded file is as long as its provider says, and what follows when it is not.
import type { DomainEvent } from './provider-event.ts';
import type { RecordingRow } from './recording.ts';

/** The same bytes this often in a row are the recording, whatever duration the provider says. */
const hashesInARow = 3;

/** How far off a measured duration may be: providers count whole seconds, and round in their own way. */
function toleranceMs(saidMs: number): number {
  return Math.max(2_000, saidMs * 0.02);
}

/** Whether the measured duration is the one that the provider said; true where it said none. */
export function isDurationRight(row: RecordingRow, measuredMs: number): boolean {
  // Once stored, the row holds our own measure and no longer the provider's word.
  if (row.storedAtMs !== null || row.durationMs === null) return true;
  return Math.abs(measuredMs - row.durationMs) <= toleranceMs(row.durationMs);
}

/**
 * Whether the provider gave the very same bytes three times in a row. Tries that brought no whole file do not count.
 * @param events of the recording's call; hashes of earlier tries are kept in `recording.fetch_postponed`
 * @param sha256 of the file at hand
 */
export function isSameAgain(row: RecordingRow, events: readonly DomainEvent[], sha256: string): boolean {
  const earlier = events
    .filter((event) => event.kind === 'recording.fetch_postponed')
    .filter(({ providerId, data }) => providerId === row.providerId && isOf(row, data))
    .map(({ data }) => data)
    .filter((data) => data.sha256 !== undefined)
    .sort(
      (a, b) =>
        a.generation - b.generation || a.attempt - b.attempt || (a.startedAtMs ?? 0) - (b.startedAtMs ?? 0),
    );
  const hashes = [...earlier.map((data) => data.sha256), sha256].slice(-hashesInARow);
  return hashes.length === hashesInARow && hashes.every((hash) => hash === sha256);
}

function isOf(row: RecordingRow, { providerRecordingId }: { providerRecordingId: string }): boolean {
  return providerRecordingId === row.providerRecordingId;
}
