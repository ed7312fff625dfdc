// Use case: the waveform of a stored recording, computed once and kept beside the audio.
//
// A peaks file: 16 bytes of head, then for every step, channel after channel, the lowest and the highest sample as
// signed bytes (-128 to 127). Head: bytes 0-3 `TDPK`, 4 version (1), 5 channels, 6-7 steps per second (u16 LE),
// 8-11 number of steps (u32 LE), 12-15 zero.
import { fileNameOf } from '../domain/file-name.ts';
import type { ClaimedJob } from '../domain/job.ts';
import type { LocalStorage } from '../storage/storage.ts';
import type { JobSettlement, Store } from '../store/store.ts';
import type { Peaks, WorkerClient } from '../worker/worker.ts';

export type MakePeaks = (job: ClaimedJob, signal: AbortSignal) => Promise<JobSettlement>;

const headBytes = 16;

/**
 * Makes the use case. Formats that the worker does not read (MP3) have no peaks file: the browser draws those.
 * Errors of a run: worker_failed, disk_full, disk_failed.
 */
export function createMakePeaks(deps: {
  store: Pick<Store, 'getRecording'>;
  storage: Pick<LocalStorage, 'pathOf' | 'put'>;
  worker: Pick<WorkerClient, 'makePeaks'>;
}): MakePeaks {
  const { store, storage, worker } = deps;
  return async ({ jobId, lease, payload }) => {
    const row = await store.getRecording(payload.recordingId ?? '');
    if (row?.status === 'stored' && row.fileName !== null && row.contentType === 'audio/wav') {
      const peaks = await worker.makePeaks(storage.pathOf(row.fileName));
      if (peaks !== null) await storage.put(fileNameOf(row.recordingId, 'peaks'), encodePeaks(peaks));
    }
    return { jobId, lease, events: [], jobs: [], result: 'done' };
  };
}

/** The bytes of a peaks file; its layout is at the top of this file. */
export function encodePeaks({ data, perSecond, channels }: Peaks): Uint8Array {
  const bytes = new Uint8Array(headBytes + data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x54, 0x44, 0x50, 0x4b, 1, channels]);
  view.setUint16(6, perSecond, true);
  view.setUint32(8, data.length / (channels * 2), true);
  bytes.set(data, headBytes);
  return bytes;
}
