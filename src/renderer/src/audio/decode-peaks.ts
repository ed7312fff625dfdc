// Peaks for files that only the browser can decode (MP3): a slice at a time, at 8 kHz, so that an hour of audio
// never stands in memory at once.
import { mp3Slices } from './mp3-slices.ts';
import { createPeakCollector, type Peaks } from './peaks.ts';

const sampleRate = 8_000;
const perSecond = 50;
const sliceBytes = 1_000_000;
/** Larger files get a plain progress bar: reading them only to draw is not worth the wait. */
export const decodeLimitBytes = 100_000_000;

/**
 * @param url same-origin address of the file
 * @param durationMs its length, which places the slices
 * @returns null where the file is too large or is not something this browser decodes
 */
export async function decodePeaks(
  url: string,
  channels: number,
  durationMs: number,
  signal: AbortSignal,
): Promise<Peaks | null> {
  const response = await fetch(url, { credentials: 'same-origin', signal });
  const length = Number(response.headers.get('content-length') ?? 0);
  if (!response.ok || length > decodeLimitBytes) {
    await response.body?.cancel();
    return null;
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isMp3 = response.headers.get('content-type')?.startsWith('audio/mpeg') ?? false;
  const slices = isMp3 ? mp3Slices(bytes, sliceBytes) : [{ start: 0, end: bytes.length }];
  const context = new OfflineAudioContext(channels, 1, sampleRate);
  const collector = createPeakCollector(channels, sampleRate, perSecond);
  for (const { start, end } of slices) {
    if (signal.aborted) return null;
    try {
      const decoded = await context.decodeAudioData(bytes.slice(start, end).buffer);
      collector.add(
        Array.from({ length: channels }, (_, index) =>
          decoded.getChannelData(Math.min(index, decoded.numberOfChannels - 1)),
        ),
      );
    } catch {
      return null;
    }
  }
  return collector.finish(durationMs);
}
