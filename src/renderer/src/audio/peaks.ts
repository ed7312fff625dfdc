// Peaks: how loud each side was, 50 times a second. Pure: bytes and samples in, numbers out.

export interface Peaks {
  channels: number;
  /** Steps a second; not whole where it was measured from a decoded file. */
  perSecond: number;
  stepCount: number;
  /** Per step and channel: lowest, highest, each -128..127. */
  values: Int8Array;
}

const headerBytes = 16;

/**
 * Reads stored peaks: 16 bytes of head (`TDPK`, version 1, channels, steps a second u16 LE, step count u32 LE,
 * four zero bytes), then int8 lowest and highest per step and channel.
 * @returns null where the bytes are not that, or are cut short
 */
export function parsePeaks(buffer: ArrayBuffer): Peaks | null {
  if (buffer.byteLength < headerBytes) return null;
  const view = new DataView(buffer);
  const magic = String.fromCharCode(...new Uint8Array(buffer, 0, 4));
  const channels = view.getUint8(5);
  const perSecond = view.getUint16(6, true);
  const stepCount = view.getUint32(8, true);
  if (magic !== 'TDPK' || view.getUint8(4) !== 1 || channels === 0 || perSecond === 0) return null;
  const length = stepCount * channels * 2;
  if (buffer.byteLength < headerBytes + length) return null;
  return { channels, perSecond, stepCount, values: new Int8Array(buffer, headerBytes, length) };
}

export interface Bar {
  /** -1..1 */
  low: number;
  high: number;
}

/**
 * One channel as `barCount` bars between two moments, each the extremes of what it covers.
 * @param fromMs start of the stretch; @param toMs its end, exclusive
 */
export function bars(
  { channels, perSecond, stepCount, values }: Peaks,
  channel: number,
  fromMs: number,
  toMs: number,
  barCount: number,
): Bar[] {
  const first = (fromMs / 1_000) * perSecond;
  const perBar = ((toMs - fromMs) / 1_000) * (perSecond / Math.max(1, barCount));
  return Array.from({ length: barCount }, (_, index) => {
    const start = Math.floor(first + index * perBar);
    const end = Math.max(start + 1, Math.floor(first + (index + 1) * perBar));
    let low = 0;
    let high = 0;
    for (let step = Math.max(0, start); step < Math.min(end, stepCount); step += 1) {
      const at = (step * channels + channel) * 2;
      low = Math.min(low, values[at] ?? 0);
      high = Math.max(high, values[at + 1] ?? 0);
    }
    return { low: low / 128, high: high / 127 };
  });
}

/** Which channels are heard at a moment; for screen readers ("Caller speaking"). */
export function speakingChannels({ channels, perSecond, values }: Peaks, atMs: number): number[] {
  const centre = Math.floor((atMs / 1_000) * perSecond);
  const reach = Math.ceil(perSecond / 5);
  return Array.from({ length: channels }, (_, channel) => channel).filter((channel) => {
    for (let step = Math.max(0, centre - reach); step <= centre + reach; step += 1) {
      // A sixteenth of full scale: above line noise, below a quiet voice.
      if ((values[(step * channels + channel) * 2 + 1] ?? 0) > 8) return true;
    }
    return false;
  });
}

/** Collects decoded samples, slice by slice, into peaks. */
export function createPeakCollector(channels: number, sampleRate: number, perSecond: number) {
  const samplesPerStep = Math.max(1, Math.round(sampleRate / perSecond));
  const steps: number[] = [];
  let length = 0;
  return {
    /** @param samples one array per channel, -1..1, all of the same length */
    add(samples: readonly Float32Array[]): void {
      const count = samples[0]?.length ?? 0;
      length += count;
      for (let start = 0; start < count; start += samplesPerStep) {
        const end = Math.min(count, start + samplesPerStep);
        for (let channel = 0; channel < channels; channel += 1) {
          steps.push(...extremes(samples[channel] ?? samples[0], start, end));
        }
      }
    },
    /** Steps are spread over the true length: slices lose a frame at each seam, and that must not add up. */
    finish(durationMs: number): Peaks {
      const stepCount = steps.length / (channels * 2);
      const lengthMs = durationMs > 0 ? durationMs : (length / sampleRate) * 1_000;
      return {
        channels,
        perSecond: stepCount / Math.max(0.001, lengthMs / 1_000),
        stepCount,
        values: Int8Array.from(steps),
      };
    },
  };
}

function extremes(samples: Float32Array | undefined, start: number, end: number): [number, number] {
  let low = 0;
  let high = 0;
  for (let index = start; index < end; index += 1) {
    const value = samples?.[index] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [Math.max(-128, Math.round(low * 128)), Math.min(127, Math.round(high * 127))];
}
