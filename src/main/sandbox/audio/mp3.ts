// MP3 files of made-up conversations. No encoder is at hand, and none is needed: a frame of a few spectral lines is
// written by hand, so that both parties can be heard by turns, each with a pitch of its own, and told apart from any
// other recording. It is hummed, not spoken: whoever wants voices asks for .wav.
// Sources: ISO/IEC 11172-3 and 13818-3 (layer III, low sampling frequencies)
import { createRandom } from '../random.ts';
import type { Sound } from '../send-sound.ts';
import { type Dialogue, type Utterance, writeScript } from './dialogue.ts';

/** MPEG-2 layer III at 24 kHz: 576 samples, so 24 ms, a frame; at 16 kbit/s that is exactly 48 bytes, never padded. */
const frameMs = 24;
const frameBytes = 48;
const framesPerPiece = 2_500;

/** What a tag is filled up with, a piece at a time. */
const padding = Buffer.alloc(48 * 1024);
const tagHeadBytes = 10;

/**
 * A valid MP3, exactly as long as the conversation.
 * @param channels 2 gives each party its own
 * @param leastBytes a smaller file begins with a tag (ID3v2, up to 256 MB) of padding that makes up for it: as large
 *   as a long recording in good quality, and as long as it should be
 * @returns size and pieces of a minute each; iterating again gives the same bytes
 */
export function writeMp3(dialogue: Dialogue, channels: 1 | 2, leastBytes = 0): Sound {
  const frames = Math.max(1, Math.round(dialogue.durationMs / frameMs));
  const soundBytes = frames * frameBytes;
  const tagBytes = leastBytes > soundBytes ? Math.max(tagHeadBytes, leastBytes - soundBytes) : 0;
  return {
    sizeBytes: tagBytes + soundBytes,
    chunks: {
      *[Symbol.iterator]() {
        if (tagBytes > 0) yield tagHead(tagBytes - tagHeadBytes);
        for (let left = tagBytes - tagHeadBytes; left > 0; left -= padding.length)
          yield padding.subarray(0, left);
        yield* hum(dialogue, frames, channels);
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

function* hum(dialogue: Dialogue, frames: number, channels: 1 | 2): Generator<Buffer> {
  const makeFrame = createFrames(channels);
  const toneAt = createTones(dialogue);
  for (let from = 0; from < frames; from += framesPerPiece) {
    const count = Math.min(framesPerPiece, frames - from);
    const piece = Buffer.alloc(count * frameBytes);
    for (let i = 0; i < count; i++) {
      const [first, second] = toneAt((from + i) * frameMs);
      const tones = channels === 2 ? [first, second] : [first ?? second];
      makeFrame(tones, (from + i) % 4).copy(piece, i * frameBytes);
    }
    yield piece;
  }
}

/** What one party is heard with for the length of a frame; null: nothing. */
type Tone = { party: 0 | 1; vowel: number; loudness: number } | null;

/** Pitch of each party in spectral lines of 20.8 Hz: some 135 and 220 Hz. */
const pitchLines = [6, 10] as const;
/** The harmonics that are heard of each vowel. */
const vowels: readonly (readonly number[])[] = [
  [1, 2, 4],
  [1, 3, 5],
  [1, 2, 3],
  [1, 2, 5],
];
/** In steps of 1.5 dB; 210 is full scale. A syllable swells and fades. */
const gains = [180, 190, 196, 198, 196, 190, 184] as const;

/** Asked for rising moments only. */
function createTones({ seed, silences }: Dialogue): (atMs: number) => [Tone, Tone] {
  const script = writeScript(seed);
  const speaking: (Utterance & { random: number })[] = [];
  let next = script.next().value;
  return (atMs) => {
    while (next !== undefined && next.startsAtMs <= atMs) {
      speaking.push({ ...next, random: createRandom(next.seed).whole(0, 1_000) });
      next = script.next().value;
    }
    const isSilent = silences.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
    const tones: [Tone, Tone] = [null, null];
    for (const utterance of [...speaking]) {
      const intoMs = atMs - utterance.startsAtMs;
      if (intoMs >= utterance.lengthMs) speaking.splice(speaking.indexOf(utterance), 1);
      else if (!isSilent) tones[utterance.party] = toneOf(utterance, intoMs);
    }
    return tones;
  };
}

function toneOf({ party, random }: Utterance & { random: number }, intoMs: number): Tone {
  const frame = Math.floor(intoMs / frameMs);
  const syllable = Math.floor(frame / gains.length);
  return { party, vowel: (random + syllable * 7) % vowels.length, loudness: frame % gains.length };
}

/** Makes frames; equal ones are made once. @returns takes one tone for each channel, and which of four phases it is */
function createFrames(channels: 1 | 2): (tones: readonly Tone[], phase: number) => Buffer {
  const made = new Map<string, Buffer>();
  return (tones, phase) => {
    const name = `${phase} ${tones.map((tone) => (tone === null ? '-' : `${tone.party}${tone.vowel}${tone.loudness}`)).join(' ')}`;
    const frame = made.get(name) ?? writeFrame(tones, phase, channels);
    made.set(name, frame);
    return frame;
  };
}

function writeFrame(tones: readonly Tone[], phase: number, channels: 1 | 2): Buffer {
  const bits: string[] = [];
  const put = (value: number, length: number): void => {
    bits.push(value.toString(2).padStart(length, '0'));
  };
  const spectra = tones.map((tone) => spectrumOf(tone, phase));
  // Sync and MPEG-2 layer III without CRC; 16 kbit/s at 24 kHz; stereo or single channel.
  put(0xff_f3, 16);
  put(0x24, 8);
  put(channels === 1 ? 0xc0 : 0x00, 8);
  // Side information: no bits of earlier frames; private bits.
  put(0, 8);
  put(0, channels);
  for (const { pairs, code, gain } of spectra) {
    put(code.length, 12);
    put(pairs, 9);
    put(gain, 8);
    // No scale factors, a long block; Huffman table 1 in all three regions, whose borders then do not matter.
    put(0, 9 + 1);
    for (let region = 0; region < 3; region++) put(1, 5);
    put(0, 4 + 3 + 1 + 1);
  }
  const text = bits.join('') + spectra.map(({ code }) => code).join('');
  const frame = Buffer.alloc(frameBytes);
  for (let i = 0; i * 8 < text.length; i++)
    frame[i] = Number.parseInt(text.slice(i * 8, i * 8 + 8).padEnd(8, '0'), 2);
  return frame;
}

/** Huffman table 1: two neighbouring lines, each 0 or 1; a sign follows each that is not 0. */
const pairCodes = [
  ['1', '001'],
  ['01', '000'],
] as const;

/** A granule of one channel: lines of equal strength where the tone has its harmonics. */
function spectrumOf(tone: Tone, phase: number): { pairs: number; code: string; gain: number } {
  if (tone === null) return { pairs: 0, code: '', gain: 0 };
  const pitch = pitchLines[tone.party];
  const lines = new Set((vowels[tone.vowel] ?? []).map((harmonic) => harmonic * pitch));
  const pairs = Math.floor(Math.max(...lines) / 2) + 1;
  let code = '';
  for (let line = 0; line < 2 * pairs; line += 2) {
    const heard = [lines.has(line), lines.has(line + 1)] as const;
    code += pairCodes[heard[0] ? 1 : 0][heard[1] ? 1 : 0];
    if (heard[0]) code += signOf(line, phase);
    if (heard[1]) code += signOf(line + 1, phase);
  }
  return { pairs, code, gain: gains[tone.loudness] ?? 0 };
}

/** A steady tone in the middle of a line turns by a quarter from frame to frame, one way or the other by turns. */
function signOf(line: number, phase: number): '0' | '1' {
  return Math.cos(Math.PI * ((line + 0.5) * phase + 0.25)) < 0 ? '1' : '0';
}
