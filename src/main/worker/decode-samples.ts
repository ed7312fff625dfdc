// Samples of every encoding that WAV recordings come in, as signed 16-bit numbers: all that a waveform needs.
// Source of the two telephone laws: ITU-T G.711.
import type { WavFormat } from '../domain/wav.ts';

/** @param bytes whole samples, little-endian */
export type Decoder = (bytes: Uint8Array) => Int16Array;

/** The decoder for one format. The result may share memory with its input and is valid until the next call. */
export function createDecoder({ encoding, sampleBytes }: WavFormat): Decoder {
  if (encoding === 'mulaw') return byTable(mulawTable());
  if (encoding === 'alaw') return byTable(alawTable());
  if (encoding === 'float') return sampleBytes === 8 ? float64 : float32;
  if (sampleBytes === 1) return byTable(Int16Array.from({ length: 256 }, (_, byte) => (byte - 128) << 8));
  // Only the two highest bytes of wider samples can be seen in a waveform.
  return sampleBytes === 2 ? int16 : (bytes) => highWords(bytes, sampleBytes);
}

function byTable(table: Int16Array): Decoder {
  return (bytes) => {
    const samples = new Int16Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) samples[i] = table[bytes[i] ?? 0] ?? 0;
    return samples;
  };
}

function int16(bytes: Uint8Array): Int16Array {
  // A view needs an even offset; every machine that Electron runs on is little-endian, as WAV is.
  const even = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Int16Array(even.buffer, even.byteOffset, even.length / 2);
}

function highWords(bytes: Uint8Array, sampleBytes: number): Int16Array {
  const samples = new Int16Array(bytes.length / sampleBytes);
  for (let i = 0, at = sampleBytes - 2; i < samples.length; i++, at += sampleBytes) {
    samples[i] = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  }
  return samples;
}

function float32(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Int16Array.from({ length: bytes.length / 4 }, (_, i) => fromFloat(view.getFloat32(i * 4, true)));
}

function float64(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Int16Array.from({ length: bytes.length / 8 }, (_, i) => fromFloat(view.getFloat64(i * 8, true)));
}

function fromFloat(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value * 32_767)));
}

function mulawTable(): Int16Array {
  return Int16Array.from({ length: 256 }, (_, byte) => {
    const code = ~byte & 0xff;
    const size = (((code & 0x0f) << 3) + 0x84) << ((code >> 4) & 7);
    return (code & 0x80) !== 0 ? 0x84 - size : size - 0x84;
  });
}

function alawTable(): Int16Array {
  return Int16Array.from({ length: 256 }, (_, byte) => {
    const code = byte ^ 0x55;
    const segment = (code >> 4) & 7;
    const base = ((code & 0x0f) << 4) + (segment === 0 ? 8 : 0x108);
    const size = segment < 2 ? base : base << (segment - 1);
    return (code & 0x80) !== 0 ? size : -size;
  });
}
