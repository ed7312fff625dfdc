// Use case: where a recording can be played from, or why it cannot.
import type { PlaybackView, RecordingStatus } from '../../preload/contract/recordings.ts';
import { peaksPerSecond } from '../domain/audio.ts';
import { AppError } from '../domain/errors.ts';
import { fileNameOf } from '../domain/file-name.ts';
import type { LocalStorage } from '../storage/storage.ts';
import type { Store } from '../store/store.ts';

export type Playback = (recordingId: string) => Promise<PlaybackView>;

const reasons: Record<Exclude<RecordingStatus, 'stored'>, string> = {
  recording: 'The call is still being recorded.',
  processing: 'The provider is still preparing this recording.',
  available: 'This recording is waiting to be fetched.',
  fetching: 'This recording is being fetched.',
  absent: 'The provider has no audio for this recording.',
  external: 'This recording is kept in your own storage at the provider, not here.',
  failed: 'This recording could not be fetched.',
  deleted: 'This recording was deleted.',
};

/**
 * Makes the use case.
 * @returns same-origin paths; `peaks` is null for formats that the browser draws itself and until they are computed
 * Errors: not_found; unavailable, with a sentence that says why there is nothing to play
 */
export function createPlayback(deps: {
  store: Pick<Store, 'getRecording'>;
  storage: Pick<LocalStorage, 'stat'>;
}): Playback {
  const { store, storage } = deps;
  return async (recordingId) => {
    const row = await store.getRecording(recordingId);
    if (row === null) throw new AppError('not_found', 'There is no such recording.');
    const { status, fileName, contentType, durationMs, channels } = row;
    if (status !== 'stored') throw new AppError('unavailable', reasons[status]);
    const isHere = fileName !== null && (await storage.stat(fileName)) !== null;
    if (!isHere || contentType === null || durationMs === null || channels === null) {
      throw new AppError('unavailable', 'The file of this recording is missing on this computer.');
    }
    const hasPeaks = (await storage.stat(fileNameOf(recordingId, 'peaks'))) !== null;
    const url = `/media/${recordingId}`;
    const peaks = hasPeaks ? { url: `${url}/peaks`, perSecond: peaksPerSecond, channels } : null;
    return { url, contentType, durationMs, channels, peaks };
  };
}
