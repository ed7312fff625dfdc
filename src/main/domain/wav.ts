// WAV, one pass. RIFF/WAVE with chunks in any order and size, RF64 for files over 4 GB, and the sizes that writers
// leave who could not go back to fill them in.
// Sources: Multimedia Programming Interface and Data Specifications 1.0 (RIFF), EBU Tech 3306 (RF64), mmreg.h.

export interface WavFormat {
  encoding: 'pcm' | 'float' | 'mulaw' | 'alaw';
  channels: number;
  /** Hertz. */
  sampleRate: number;
  /** Bytes of one sample of one channel: PCM 1-4, float 4 or 8, the laws 1. */
  sampleBytes: number;
}

export type WavResult =
  | ({ ok: true; durationMs: number; dataBytes: number } & WavFormat)
  | { ok: false; problem: 'not_audio' | 'truncated'; detail: string };

export interface WavScanner {
  feed(chunk: Uint8Array): void;
  finish(): WavResult;
}

export interface WavListener {
  /** Called once, before the first sound. */
  onFormat(format: WavFormat): void;
  /** Sound in file order; a slice of what was fed, cut anywhere (also inside a sample). */
  onSound(bytes: Uint8Array): void;
}

const encodings: Record<number, WavFormat['encoding']> = { 1: 'pcm', 3: 'float', 6: 'alaw', 7: 'mulaw' };
const extensible = 0xfffe;
/** What follows the format tag in a WAVE_FORMAT_EXTENSIBLE sub-format GUID. */
const guidTail = [0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];

/** SoX writes about this, ffmpeg 0xFFFFFFFF, others 0, when the length was not known: read until the file ends. */
const openEndedBytes = 0x7fff_f000;

type Step = 'riff' | 'chunk' | 'fmt ' | 'ds64' | 'skip' | 'sound' | 'done' | 'failed';

/** Makes a scanner for one file. Never throws. */
export function createWavScanner(listener?: WavListener): WavScanner {
  const head = new Uint8Array(40);
  let headBytes = 0;
  let step: Step = 'riff';
  /** How much of the head the current step waits for. */
  let wantedBytes = 12;
  /** What is left of the current chunk after the head, padding included. */
  let restBytes = 0;
  let format: WavFormat | null = null;
  let longDataBytes: number | null = null;
  let declaredBytes: number | null = null;
  let dataBytes = 0;
  let detail = 'no sound';

  function want(next: Step, bytes: number): void {
    step = next;
    wantedBytes = bytes;
    headBytes = 0;
  }

  function fail(why: string): void {
    step = 'failed';
    detail = why;
  }

  function openChunk(): void {
    const name = String.fromCharCode(...head.subarray(0, 4));
    const sizeBytes = uint32(head, 4);
    const paddedBytes = sizeBytes + (sizeBytes & 1);
    if (name === 'data') return openSound(sizeBytes);
    if (name === 'fmt ' && sizeBytes < 16) return fail('the format is cut');
    const wanted = name === 'fmt ' ? Math.min(sizeBytes, 40) : name === 'ds64' && sizeBytes >= 16 ? 16 : 0;
    restBytes = paddedBytes - wanted;
    if (wanted === 0) step = 'skip';
    else want(name === 'fmt ' ? 'fmt ' : 'ds64', wanted);
  }

  function openSound(sizeBytes: number): void {
    if (format === null) return fail('sound before its format');
    const knownBytes = sizeBytes === 0xffff_ffff && longDataBytes !== null ? longDataBytes : sizeBytes;
    const isOpenEnded = knownBytes === 0 || (longDataBytes === null && knownBytes >= openEndedBytes);
    declaredBytes = isOpenEnded ? null : knownBytes;
    step = 'sound';
    listener?.onFormat(format);
  }

  /** Called when the head holds what the step waited for. */
  function advance(): void {
    if (step === 'riff') {
      const isWave = String.fromCharCode(...head.subarray(8, 12)) === 'WAVE';
      if (isWave) want('chunk', 8);
      else fail('no WAVE form');
    } else if (step === 'chunk') openChunk();
    else if (step === 'ds64') {
      longDataBytes = uint32(head, 8) + uint32(head, 12) * 2 ** 32;
      step = 'skip';
    } else {
      format = readFormat(head, wantedBytes);
      if (format === null) fail('an encoding that is not known');
      else step = 'skip';
    }
  }

  function take(chunk: Uint8Array, offset: number): number {
    const available = chunk.length - offset;
    if (step === 'sound') {
      const taken = Math.min(available, (declaredBytes ?? Number.POSITIVE_INFINITY) - dataBytes);
      dataBytes += taken;
      if (taken > 0) listener?.onSound(chunk.subarray(offset, offset + taken));
      if (dataBytes === declaredBytes) step = 'done';
      return taken;
    }
    if (step === 'skip') {
      const taken = Math.min(available, restBytes);
      restBytes -= taken;
      if (restBytes === 0) want('chunk', 8);
      return taken;
    }
    const taken = Math.min(available, wantedBytes - headBytes);
    head.set(chunk.subarray(offset, offset + taken), headBytes);
    headBytes += taken;
    if (headBytes === wantedBytes) advance();
    return taken;
  }

  return {
    feed(chunk) {
      for (let offset = 0; offset < chunk.length && step !== 'done' && step !== 'failed'; ) {
        offset += take(chunk, offset);
      }
    },
    finish() {
      if (step === 'failed') return { ok: false, problem: 'not_audio', detail };
      const frameBytes = format === null ? 0 : format.channels * format.sampleBytes;
      const isShort = declaredBytes !== null && dataBytes < declaredBytes;
      if (format === null || isShort || dataBytes < frameBytes) {
        return { ok: false, problem: 'truncated', detail: 'less sound than promised' };
      }
      const durationMs = Math.round((Math.floor(dataBytes / frameBytes) * 1000) / format.sampleRate);
      return { ok: true, ...format, durationMs, dataBytes };
    },
  };
}

function readFormat(head: Uint8Array, sizeBytes: number): WavFormat | null {
  const tag = uint16(head, 0);
  const isExtensible = tag === extensible && sizeBytes >= 40;
  if (isExtensible && guidTail.some((byte, i) => head[26 + i] !== byte)) return null;
  const encoding = encodings[isExtensible ? uint16(head, 24) : tag];
  const channels = uint16(head, 2);
  const sampleRate = uint32(head, 4);
  if (encoding === undefined || channels === 0 || channels > 32) return null;
  if (sampleRate < 1_000 || sampleRate > 768_000) return null;
  // The container counts, not the valid bits: 24 valid bits may come in 4 bytes. Some writers leave it 0.
  const sampleBytes = (uint16(head, 12) || channels * Math.ceil(uint16(head, 14) / 8)) / channels;
  const fits = {
    pcm: [1, 2, 3, 4],
    float: [4, 8],
    mulaw: [1],
    alaw: [1],
  }[encoding].includes(sampleBytes);
  return fits ? { encoding, channels, sampleRate, sampleBytes } : null;
}

function uint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8);
}

function uint32(bytes: Uint8Array, offset: number): number {
  return uint16(bytes, offset) + uint16(bytes, offset + 2) * 0x1_0000;
}
