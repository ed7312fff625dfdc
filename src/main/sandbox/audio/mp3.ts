// MP3 files that are silent: no encoder is at hand, and a stand-in needs files that every decoder accepts.

/** MPEG-2 layer III at 24 kHz: 576 samples, so 24 ms, a frame; at 8 kbit/s that is exactly 24 bytes, never padded. */
const frameMs = 24;
const frameBytes = 24;

/** What a tag is filled up with, a piece at a time. */
const padding = Buffer.alloc(48 * 1024);
const tagHeadBytes = 10;

/**
 * A valid MP3 of silence, one frame repeated. Its channels and length are those asked for, its sound is none:
 * whoever wants to hear the sandbox asks for .wav.
 * @param leastBytes a smaller file begins with a tag (ID3v2, up to 256 MB) of padding that makes up for it: as large
 *   as a long recording in good quality, and as long as it should be
 * @returns size and pieces of a minute each
 */
export function writeSilentMp3(
  durationMs: number,
  channels: 1 | 2,
  leastBytes = 0,
): { sizeBytes: number; chunks: Iterable<Buffer> } {
  // Sync and MPEG-2 layer III without CRC; 8 kbit/s at 24 kHz; single channel or stereo. What follows is side
  // information of zeros: no spectrum at all.
  const frame = Buffer.alloc(frameBytes);
  frame.set([0xff, 0xf3, 0x14, channels === 1 ? 0xc0 : 0x00]);
  const frames = Math.max(1, Math.round(durationMs / frameMs));
  const minute = Buffer.alloc(frameBytes * (60_000 / frameMs), frame);
  const soundBytes = frames * frameBytes;
  const tagBytes = leastBytes > soundBytes ? Math.max(tagHeadBytes, leastBytes - soundBytes) : 0;
  return {
    sizeBytes: tagBytes + soundBytes,
    chunks: {
      *[Symbol.iterator]() {
        if (tagBytes > 0) yield tagHead(tagBytes - tagHeadBytes);
        for (let left = tagBytes - tagHeadBytes; left > 0; left -= padding.length)
          yield padding.subarray(0, left);
        for (let left = soundBytes; left > 0; left -= minute.length) yield minute.subarray(0, left);
      },
    },
  };
}

/** Source: https://id3.org/id3v2.4.0-structure (sizes in four times seven bits) */
function tagHead(sizeBytes: number): Buffer {
  const head = Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0]);
  for (let i = 0; i < 4; i++) head[9 - i] = (sizeBytes >> (7 * i)) & 127;
  return head;
}
