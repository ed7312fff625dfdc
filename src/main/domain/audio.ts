// What a downloaded file really is. Fed chunk by chunk while it streams to disk, so that a recording of any length
// is checked in one pass and in flat memory. Never throws, whatever the bytes.
import { createMp3Scanner, frameAt } from './mp3.ts';
import { createWavScanner } from './wav.ts';

export interface AudioFacts {
  extension: 'wav' | 'mp3';
  contentType: 'audio/wav' | 'audio/mpeg';
  /** Measured from the bytes, whole milliseconds. */
  durationMs: number;
  channels: number;
  /** Hertz. */
  sampleRate: number;
}

/** `detail` is for logs and tests. */
export type AudioCheck =
  | { ok: true; audio: AudioFacts }
  | { ok: false; problem: 'not_audio' | 'truncated'; detail: string };

export interface AudioScanner {
  /** Keeps no reference to `chunk`. */
  feed(chunk: Uint8Array): void;
  /** The verdict over everything fed. */
  finish(): AudioCheck;
}

export type Sniffed = 'wav' | 'mp3' | 'ogg' | 'text' | 'unknown';

/** Enough for any signature that sniff knows, and for a page that begins with blank lines. */
const sniffBytes = 64;

/** Steps of a waveform in one second of sound. */
export const peaksPerSecond = 50;

/**
 * Tells the kind of a file by its first bytes; its name and its content type are not asked.
 * @param head the first 64 bytes, or all of a shorter file
 */
export function sniff(head: Uint8Array): Sniffed {
  const word = (offset: number): string => String.fromCharCode(...head.subarray(offset, offset + 4));
  if ((word(0) === 'RIFF' || word(0) === 'RF64' || word(0) === 'BW64') && word(8) === 'WAVE') return 'wav';
  if (word(0) === 'OggS') return 'ogg';
  if (word(0).startsWith('ID3')) return 'mp3';
  if (frameAt(head, 0) !== null) return 'mp3';
  return isText(head) ? 'text' : 'unknown';
}

function isText(head: Uint8Array): boolean {
  const start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  return (
    head.length > start &&
    head.subarray(start).every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
  );
}

/** Makes a scanner for one file. */
export function createAudioScanner(): AudioScanner {
  let head = new Uint8Array(0);
  let scanner: AudioScanner | null = null;

  function begin(): AudioScanner {
    scanner = scannerFor(sniff(head));
    scanner.feed(head);
    return scanner;
  }

  return {
    feed(chunk) {
      if (scanner !== null) return scanner.feed(chunk);
      const longer = new Uint8Array(head.length + chunk.length);
      longer.set(head);
      longer.set(chunk, head.length);
      head = longer;
      if (head.length >= sniffBytes) begin();
    },
    finish() {
      if (head.length === 0) return { ok: false, problem: 'truncated', detail: 'empty' };
      return (scanner ?? begin()).finish();
    },
  };
}

function scannerFor(kind: Sniffed): AudioScanner {
  if (kind === 'wav') return wavScanner();
  if (kind === 'mp3') return mp3Scanner();
  return { feed() {}, finish: () => ({ ok: false, problem: 'not_audio', detail: kind }) };
}

function wavScanner(): AudioScanner {
  const wav = createWavScanner();
  return {
    feed: (chunk) => wav.feed(chunk),
    finish() {
      const result = wav.finish();
      if (!result.ok) return result;
      const { channels, sampleRate, durationMs } = result;
      const audio: AudioFacts = {
        extension: 'wav',
        contentType: 'audio/wav',
        durationMs,
        channels,
        sampleRate,
      };
      return { ok: true, audio };
    },
  };
}

function mp3Scanner(): AudioScanner {
  const mp3 = createMp3Scanner();
  return {
    feed: (chunk) => mp3.feed(chunk),
    finish() {
      const { frames, durationMs, channels, sampleRate, endsInsideFrame, strayBytes, frameBytes } =
        mp3.finish();
      // Bytes that look like one frame by chance are everywhere; sound is frame after frame.
      if (frames < 2 || strayBytes > frameBytes)
        return { ok: false, problem: 'not_audio', detail: 'no frames' };
      if (endsInsideFrame) return { ok: false, problem: 'truncated', detail: 'ends inside a frame' };
      const audio: AudioFacts = {
        extension: 'mp3',
        contentType: 'audio/mpeg',
        durationMs,
        channels,
        sampleRate,
      };
      return { ok: true, audio };
    },
  };
}
