// MPEG audio, one pass: walks from frame header to frame header and counts what they say. Counting frames is exact
// for constant and variable bit rates alike; an information frame (Xing, VBRI) counts as one frame, 26 to 72 ms.
// Source: ISO/IEC 11172-3 and 13818-3 (headers), id3.org (tags).

export interface MpegFrame {
  sizeBytes: number;
  samples: number;
  /** Hertz. */
  sampleRate: number;
  channels: number;
  /** Version, layer and rate: what all frames of one file share. */
  kind: number;
}

export interface Mp3Facts {
  frames: number;
  durationMs: number;
  channels: number;
  sampleRate: number;
  /** The last frame is not all there: the file was cut. */
  endsInsideFrame: boolean;
  /** Bytes that are neither frames nor tags. */
  strayBytes: number;
  frameBytes: number;
}

export interface Mp3Scanner {
  feed(chunk: Uint8Array): void;
  finish(): Mp3Facts;
}

/** Kilobits per second by [MPEG-1 layer I, II, III, MPEG-2 layer I, II and III]; index 0 (free format) is not taken. */
const bitRates: readonly (readonly number[])[] = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
const sampleRates = [44_100, 48_000, 32_000];

/**
 * Reads a frame header.
 * @returns null when there is none at `offset` (or fewer than 4 bytes are left)
 */
export function frameAt(bytes: Uint8Array, offset: number): MpegFrame | null {
  if (bytes[offset] !== 0xff) return null;
  const [, b, c, d] = bytes.subarray(offset, offset + 4);
  if (b === undefined || c === undefined || d === undefined || (b & 0xe0) !== 0xe0) return null;
  const version = (b >> 3) & 3; // 0: MPEG-2.5, 2: MPEG-2, 3: MPEG-1
  const layer = 4 - ((b >> 1) & 3); // 4 is reserved
  if (version === 1 || layer === 4) return null;
  const row = version === 3 ? layer - 1 : layer === 1 ? 3 : 4;
  const bitRate = (bitRates[row]?.[c >> 4] ?? 0) * 1000;
  const fullRate = sampleRates[(c >> 2) & 3];
  if (bitRate === 0 || fullRate === undefined) return null;
  const sampleRate = fullRate >> (version === 3 ? 0 : version === 2 ? 1 : 2);
  const samples = layer === 1 ? 384 : layer === 3 && version !== 3 ? 576 : 1152;
  const slotBytes = layer === 1 ? 4 : 1;
  const slots = Math.floor(((samples / 8) * bitRate) / sampleRate / slotBytes) + ((c >> 1) & 1);
  const channels = d >> 6 === 3 ? 1 : 2;
  return {
    sizeBytes: slots * slotBytes,
    samples,
    sampleRate,
    channels,
    kind: (version << 8) | (layer << 4) | ((c >> 2) & 3),
  };
}

/** Makes a scanner for one file. Never throws; holds back less than two frames (6 KB) between chunks. */
export function createMp3Scanner(): Mp3Scanner {
  let held = new Uint8Array(0);
  let skipBytes = 0;
  let samples = 0;
  let first: MpegFrame | null = null;
  const count = { frames: 0, strayBytes: 0, frameBytes: 0 };

  /** @returns how many bytes from `offset` on are dealt with; 0 when more are needed to tell */
  function step(bytes: Uint8Array, offset: number, isEnd: boolean): number {
    const tagBytes = tagAt(bytes, offset);
    if (tagBytes !== null) {
      skipBytes = Math.max(0, offset + tagBytes - bytes.length);
      return Math.min(tagBytes, bytes.length - offset);
    }
    const frame = frameAt(bytes, offset);
    const available = bytes.length - offset;
    if (frame === null || (first !== null && frame.kind !== first.kind)) {
      if (available < tagHeadBytes && !isEnd) return 0;
      count.strayBytes++;
      return 1;
    }
    // A frame is believed when another one, a tag or the end follows it: sync bits turn up inside sound, too.
    if (available < frame.sizeBytes + tagHeadBytes && !isEnd) return 0;
    if (available < frame.sizeBytes) return 0;
    const after = offset + frame.sizeBytes;
    const next = frameAt(bytes, after);
    const isFollowed = next?.kind === frame.kind || tagAt(bytes, after) !== null || after === bytes.length;
    if (!isFollowed && first === null) {
      count.strayBytes++;
      return 1;
    }
    first ??= frame;
    samples += frame.samples;
    count.frames++;
    count.frameBytes += frame.sizeBytes;
    return frame.sizeBytes;
  }

  function scan(isEnd: boolean): void {
    let offset = 0;
    while (offset < held.length) {
      const done = step(held, offset, isEnd);
      if (done === 0) break;
      offset += done;
    }
    held = held.slice(offset);
  }

  return {
    feed(chunk) {
      const skipped = Math.min(skipBytes, chunk.length);
      skipBytes -= skipped;
      const joined = new Uint8Array(held.length + chunk.length - skipped);
      joined.set(held);
      joined.set(chunk.subarray(skipped), held.length);
      held = joined;
      scan(false);
    },
    finish() {
      scan(true);
      const { channels = 0, sampleRate = 0 } = first ?? {};
      const durationMs = first === null ? 0 : Math.round((samples * 1000) / first.sampleRate);
      // What is still held is the beginning of a frame whose end never came.
      return {
        ...count,
        durationMs,
        channels,
        sampleRate,
        endsInsideFrame: held.length > 0 || skipBytes > 0,
      };
    },
  };
}

/** How much of a tag has to be seen to know it. */
const tagHeadBytes = 16;
/** T, A, I: a quick no for nearly every byte of a damaged file. */
const tagLetters = new Set([0x54, 0x41, 0x49]);

/** Size of the ID3v2, ID3v1, APE or Lyrics tag at `offset`; null when there is none. */
function tagAt(bytes: Uint8Array, offset: number): number | null {
  if (!tagLetters.has(bytes[offset] ?? 0)) return null;
  const text = String.fromCharCode(...bytes.subarray(offset, offset + 8));
  if (text.startsWith('TAG')) return 128;
  if (text === 'APETAGEX' && bytes.length >= offset + 16) {
    const sizeBytes = [12, 13, 14, 15].reduceRight((sum, i) => sum * 256 + (bytes[offset + i] ?? 0), 0);
    return sizeBytes + 32;
  }
  if (!text.startsWith('ID3') || bytes.length < offset + 10) return null;
  const digits = [6, 7, 8, 9].map((i) => bytes[offset + i] ?? 0);
  if (digits.some((digit) => digit > 127)) return null;
  const footerBytes = ((bytes[offset + 5] ?? 0) & 0x10) !== 0 ? 10 : 0;
  return digits.reduce((sum, digit) => sum * 128 + digit, 0) + 10 + footerBytes;
}
