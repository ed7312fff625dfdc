// WAV files of made-up conversations, written while they are made.
import { type Dialogue, framesOf, speakDialogue } from './dialogue.ts';
import { sampleRateHz } from './voice.ts';

export type WavEncoding = 'pcm16' | 'mulaw' | 'alaw';
/** Which parties a file holds: each on its own channel, both mixed into one, or only one of them. */
export type WavLayout = 'dual' | 'mix' | 'first' | 'second';

export interface WavFile {
  sizeBytes: number;
  /** Pieces of a quarter of a second; a fresh buffer each. */
  chunks: Iterable<Buffer>;
}

const formatTags: Record<WavEncoding, number> = { pcm16: 1, alaw: 6, mulaw: 7 };

/**
 * A RIFF/WAVE file at 8 kHz, exactly as long as the conversation.
 * @returns its size, known beforehand, and its bytes; iterating again gives the same bytes
 */
export function writeWav(
  dialogue: Dialogue,
  layout: WavLayout = 'dual',
  encoding: WavEncoding = 'pcm16',
): WavFile {
  const channels = layout === 'dual' ? 2 : 1;
  const frames = framesOf(dialogue.durationMs);
  const header = wavHeader(frames, channels, encoding);
  const bytesPerSample = encoding === 'pcm16' ? 2 : 1;
  // RIFF chunks begin at even offsets; an odd amount of data is followed by one byte that does not count.
  const padding = (frames * channels * bytesPerSample) % 2;
  return {
    sizeBytes: header.length + frames * channels * bytesPerSample + padding,
    chunks: {
      *[Symbol.iterator]() {
        yield header;
        for (const lanes of speakDialogue(dialogue)) yield encode(lanes, layout, encoding);
        if (padding === 1) yield Buffer.alloc(1);
      },
    },
  };
}

function wavHeader(frames: number, channels: number, encoding: WavEncoding): Buffer {
  const sampleBytes = encoding === 'pcm16' ? 2 : 1;
  const dataBytes = frames * channels * sampleBytes;
  // Everything but PCM carries the size of its extension (0) and a fact chunk with the number of frames.
  const formatBytes = encoding === 'pcm16' ? 16 : 18;
  const factBytes = encoding === 'pcm16' ? 0 : 12;
  const header = Buffer.alloc(12 + 8 + formatBytes + factBytes + 8);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(header.length - 8 + dataBytes + (dataBytes % 2), 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(formatBytes, 16);
  header.writeUInt16LE(formatTags[encoding], 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * channels * sampleBytes, 28);
  header.writeUInt16LE(channels * sampleBytes, 32);
  header.writeUInt16LE(sampleBytes * 8, 34);
  let at = 20 + formatBytes;
  if (factBytes > 0) {
    header.write('fact', at, 'latin1');
    header.writeUInt32LE(4, at + 4);
    header.writeUInt32LE(frames, at + 8);
    at += factBytes;
  }
  header.write('data', at, 'latin1');
  header.writeUInt32LE(dataBytes, at + 4);
  return header;
}

function encode(
  lanes: readonly [Float32Array, Float32Array],
  layout: WavLayout,
  encoding: WavEncoding,
): Buffer {
  const samples = arrange(lanes, layout);
  if (encoding === 'pcm16') return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const compress = encoding === 'mulaw' ? toMulaw : toAlaw;
  const bytes = Buffer.allocUnsafe(samples.length);
  for (let i = 0; i < samples.length; i++) bytes[i] = compress(samples[i] ?? 0);
  return bytes;
}

function arrange([first, second]: readonly [Float32Array, Float32Array], layout: WavLayout): Int16Array {
  const frames = first.length;
  const samples = new Int16Array(layout === 'dual' ? frames * 2 : frames);
  for (let i = 0; i < frames; i++) {
    const a = first[i] ?? 0;
    const b = second[i] ?? 0;
    if (layout === 'dual') {
      samples[2 * i] = toPcm(a);
      samples[2 * i + 1] = toPcm(b);
    } else {
      samples[i] = toPcm(layout === 'first' ? a : layout === 'second' ? b : 0.7 * (a + b));
    }
  }
  return samples;
}

function toPcm(sample: number): number {
  return Math.round(Math.max(-1, Math.min(1, sample)) * 32_767);
}

/** ITU-T G.711 mu-law. */
function toMulaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32_635) + 132;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

/** ITU-T G.711 A-law. */
function toAlaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const magnitude = (sample >= 0 ? sample : -sample - 1) >> 3;
  const exponent = magnitude < 32 ? 0 : 31 - Math.clz32(magnitude) - 4;
  const mantissa = exponent === 0 ? (magnitude >> 1) & 0x0f : (magnitude >> exponent) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}
