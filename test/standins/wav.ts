// Makes WAV files for tests: a tone per channel, in any encoding that the product reads.

export interface WavOptions {
  /** Frames per second. Default 8,000. */
  sampleRate?: number;
  channels?: number;
  durationMs?: number;
  /** Format tag: 1 PCM, 3 float, 6 A-law, 7 mu-law. */
  tag?: number;
  bits?: number;
  /** What the data chunk claims; default its true size. */
  declaredBytes?: number;
  /** Chunks to put before the sound. */
  before?: readonly { name: string; sizeBytes: number }[];
  extensible?: boolean;
  /** Sample of one channel at one frame, -1 to 1. Default a tone of 440 Hz times channel + 1. */
  sample?: (frame: number, channel: number) => number;
}

export function chunk(name: string, body: Uint8Array, declaredBytes = body.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(declaredBytes, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

export function makeWav(options: WavOptions = {}): Buffer {
  const { sampleRate = 8_000, channels = 2, durationMs = 1_000, tag = 1, bits = 16 } = options;
  const { before = [], extensible = false } = options;
  const tone = (frame: number, channel: number): number =>
    0.5 * Math.sin((2 * Math.PI * 440 * (channel + 1) * frame) / sampleRate);
  const sample = options.sample ?? tone;
  const frames = Math.round((durationMs * sampleRate) / 1000);
  const sampleBytes = bits / 8;
  const sound = Buffer.alloc(frames * channels * sampleBytes);
  for (let i = 0; i < frames * channels; i++) {
    writeSample(sound, i * sampleBytes, sample(Math.floor(i / channels), i % channels), tag, bits);
  }
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : tag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(sampleRate, 4);
  format.writeUInt32LE(sampleRate * channels * sampleBytes, 8);
  format.writeUInt16LE(channels * sampleBytes, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) {
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(bits, 18);
    format.writeUInt16LE(tag, 24);
    format.set([0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113], 26);
  }
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('fmt ', format),
    ...before.map(({ name, sizeBytes }) => chunk(name, Buffer.alloc(sizeBytes))),
    chunk('data', sound, options.declaredBytes),
  ]);
  return chunk('RIFF', body);
}

function writeSample(target: Buffer, offset: number, value: number, tag: number, bits: number): void {
  if (tag === 3 && bits === 32) target.writeFloatLE(value, offset);
  else if (tag === 3) target.writeDoubleLE(value, offset);
  else if (tag === 7) target[offset] = encodeMulaw(value);
  else if (tag === 6) target[offset] = encodeAlaw(value);
  else if (bits === 8) target[offset] = Math.round(value * 127) + 128;
  else target.writeIntLE(Math.round(value * (2 ** (bits - 1) - 1)), offset, bits / 8);
}

function encodeMulaw(value: number): number {
  const size = Math.min(32_635, Math.round(Math.abs(value) * 32_767)) + 132;
  const segment = 31 - Math.clz32(size) - 7;
  return ~((value < 0 ? 0x80 : 0) | (segment << 4) | ((size >> (segment + 3)) & 15)) & 0xff;
}

function encodeAlaw(value: number): number {
  const size = Math.min(32_767, Math.round(Math.abs(value) * 32_767));
  const segment = Math.max(0, 31 - Math.clz32(Math.max(1, size)) - 7);
  const mantissa = segment === 0 ? (size >> 4) & 15 : (size >> (segment + 3)) & 15;
  return ((value < 0 ? 0 : 0x80) | (segment << 4) | mantissa) ^ 0x55;
}
