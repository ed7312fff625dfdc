import type { PlaybackView } from '../../../preload/contract/recordings.ts';
import { decodePeaks } from '../audio/decode-peaks.ts';
import { parsePeaks, type Peaks } from '../audio/peaks.ts';

/** Stored peaks where the main process has them, else made here. @returns null where none can be had */
export async function readPeaks(playback: PlaybackView, signal: AbortSignal): Promise<Peaks | null> {
  const { peaks, url, channels, durationMs } = playback;
  if (peaks === null) return decodePeaks(url, channels, durationMs, signal);
  const response = await fetch(peaks.url, { credentials: 'same-origin', signal });
  return response.ok ? parsePeaks(await response.arrayBuffer()) : null;
}
