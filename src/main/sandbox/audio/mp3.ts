// MP3 files that are silent: no encoder is at hand, and a stand-in needs files that every decoder accepts.

/** MPEG-2 layer III at 24 kHz: 576 samples, so 24 ms, a frame; at 8 kbit/s that is exactly 24 bytes, never padded. */
const frameMs = 24;
const frameBytes = 24;

/**
 * A valid MP3 of silence, one frame repeated. Its channels and length are those asked for, its sound is none:
 * whoever wants to hear the sandbox asks for .wav.
 * @returns size and pieces of a minute each
 */
export function writeSilentMp3(
  durationMs: number,
  channels: 1 | 2,
): { sizeBytes: number; chunks: Iterable<Buffer> } {
  // Sync and MPEG-2 layer III without CRC; 8 kbit/s at 24 kHz; single channel or stereo. What follows is side
  // information of zeros: no spectrum at all.
  const frame = Buffer.alloc(frameBytes);
  frame.set([0xff, 0xf3, 0x14, channels === 1 ? 0xc0 : 0x00]);
  const frames = Math.max(1, Math.round(durationMs / frameMs));
  const minute = Buffer.alloc(frameBytes * (60_000 / frameMs), frame);
  const sizeBytes = frames * frameBytes;
  return {
    sizeBytes,
    chunks: {
      *[Symbol.iterator]() {
        for (let left = sizeBytes; left > 0; left -= minute.length) yield minute.subarray(0, left);
      },
    },
  };
}
