// Cuts an MP3 at frame boundaries, so that a long file can be decoded a slice at a time.

// Layer III bit rates in kbit/s by header index: https://www.iso.org/standard/22412.html, table of bit rates.
const bitRates1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const bitRates2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const sampleRates1 = [44_100, 48_000, 32_000];

/** Byte length of the Layer III frame that begins at `at`, or 0 where none does. */
export function frameLength(bytes: Uint8Array, at: number): number {
  const [sync = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
  if (sync !== 0xff || (second & 0xe0) !== 0xe0 || (second & 0x06) !== 0x02) return 0;
  const version = (second >> 3) & 3;
  const baseRate = sampleRates1[(third >> 2) & 3];
  const isVersion1 = version === 3;
  const bitRate = (isVersion1 ? bitRates1 : bitRates2)[third >> 4];
  if (version === 1 || baseRate === undefined || bitRate === undefined || bitRate === 0) return 0;
  // MPEG 2 halves the sample rate of MPEG 1, MPEG 2.5 halves it again.
  const sampleRate = isVersion1 ? baseRate : version === 2 ? baseRate / 2 : baseRate / 4;
  const padding = (third >> 1) & 1;
  return Math.floor(((isVersion1 ? 144_000 : 72_000) * bitRate) / sampleRate) + padding;
}

/**
 * @param sliceBytes about how long a slice should be
 * @returns start and end of each slice; the whole file is one where no frames can be told
 */
export function mp3Slices(bytes: Uint8Array, sliceBytes: number): { start: number; end: number }[] {
  const slices: { start: number; end: number }[] = [];
  let start = 0;
  while (start < bytes.length) {
    const wanted = start + sliceBytes;
    const end = wanted >= bytes.length ? bytes.length : nextFrame(bytes, wanted);
    slices.push({ start, end });
    start = end;
  }
  return slices;
}

/** A sync pattern can occur inside a frame by chance; three frames in a row cannot. */
function nextFrame(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    const first = frameLength(bytes, at);
    const second = first === 0 ? 0 : frameLength(bytes, at + first);
    if (second > 0 && frameLength(bytes, at + first + second) > 0) return at;
  }
  return bytes.length;
}
