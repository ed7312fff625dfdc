// A telephone conversation, made up from a seed: who speaks when, for how long, with pauses, quick answers that
// overlap a little, "mm-hm" while the other speaks, and now and then a longer silence while somebody looks something up.
import { createRandom } from '../random.ts';
import { renderUtterance, sampleRateHz, type Voice } from './voice.ts';

export interface Dialogue {
  /** Same seed, same conversation. */
  seed: string;
  durationMs: number;
  /** Parts in which nothing was recorded (a pause with silence), in milliseconds from the beginning. */
  silences: readonly { fromMs: number; toMs: number }[];
}

export interface Utterance {
  party: 0 | 1;
  startsAtMs: number;
  lengthMs: number;
  seed: string;
}

/** Frames made at a time: a quarter of a second, so that an hour needs no more memory than a minute. */
const chunkFrames = sampleRateHz / 4;
/** Line noise at -66 dBFS: a telephone line is never quite silent. */
const lineNoise = 0.0005;

/** Number of frames (samples per channel) of a conversation. */
export function framesOf(durationMs: number): number {
  return Math.round((durationMs * sampleRateHz) / 1000);
}

/**
 * The script without end, in the order of beginnings. Utterances of one party never overlap each other: an answer
 * begins at most 350 ms early, and an aside lies in the middle of a turn of 3 s or more.
 */
export function* writeScript(seed: string): Generator<Utterance> {
  const random = createRandom(`${seed}/script`);
  let party: 0 | 1 = random.chance(0.5) ? 0 : 1;
  let startsAtMs = random.between(250, 700);
  for (let turn = 0; ; turn++) {
    const lengthMs = random.chance(0.3) ? random.between(500, 1_200) : random.between(1_300, 6_000);
    const endsAtMs = startsAtMs + lengthMs;
    const gapMs = random.chance(0.07)
      ? random.between(2_000, 5_000)
      : random.chance(0.2)
        ? -random.between(80, 350)
        : random.between(120, 900);
    yield { party, startsAtMs, lengthMs, seed: `${seed}/turn/${turn}` };
    if (lengthMs > 3_000 && random.chance(0.4)) {
      const aside = startsAtMs + lengthMs * random.between(0.35, 0.6);
      const other = party === 0 ? 1 : 0;
      yield { party: other, startsAtMs: aside, lengthMs: 320, seed: `${seed}/aside/${turn}` };
    }
    startsAtMs = endsAtMs + gapMs;
    party = party === 0 ? 1 : 0;
  }
}

/** Two people who can be told apart by ear. */
function castVoices(seed: string): readonly [Voice, Voice] {
  const random = createRandom(`${seed}/voices`);
  const low: Voice = { pitchHz: random.between(95, 130), tract: random.between(0.96, 1.02) };
  const high: Voice = { pitchHz: random.between(180, 235), tract: random.between(1.08, 1.15) };
  return random.chance(0.5) ? [low, high] : [high, low];
}

/** One party's channel: the utterances to come and the one being spoken. */
function createLane(voice: Voice) {
  const coming: Utterance[] = [];
  let speaking: { samples: Float32Array; startsAt: number } | null = null;
  return {
    add: (utterance: Utterance): void => void coming.push(utterance),
    /** Lays the speech between two frames over `out`, which begins at frame `from`. */
    speak(out: Float32Array, from: number, to: number): void {
      for (;;) {
        if (speaking === null) {
          const next = coming[0];
          if (next === undefined || framesOf(next.startsAtMs) >= to) return;
          coming.shift();
          speaking = {
            samples: renderUtterance(next.seed, voice, next.lengthMs),
            startsAt: framesOf(next.startsAtMs),
          };
        }
        const { samples, startsAt } = speaking;
        const begin = Math.max(from, startsAt);
        const end = Math.min(to, startsAt + samples.length);
        for (let i = begin; i < end; i++) out[i - from] = (out[i - from] ?? 0) + (samples[i - startsAt] ?? 0);
        if (startsAt + samples.length > to) return;
        speaking = null;
      }
    },
  };
}

/**
 * The sound of a conversation, a quarter of a second at a time. Always made from its beginning, so what is heard
 * at a moment does not depend on how it was asked for.
 * @returns two channels of samples from -1 to 1 at 8 kHz; the arrays are reused for the next piece
 */
export function* speakDialogue(dialogue: Dialogue): Generator<readonly [Float32Array, Float32Array]> {
  const voices = castVoices(dialogue.seed);
  const lanes = [createLane(voices[0]), createLane(voices[1])] as const;
  const script = writeScript(dialogue.seed);
  const total = framesOf(dialogue.durationMs);
  const buffers = [new Float32Array(chunkFrames), new Float32Array(chunkFrames)] as const;
  const noises: [number, number] = [1, 2];
  let scriptedFrames = 0;
  for (let from = 0; from < total; from += chunkFrames) {
    const to = Math.min(from + chunkFrames, total);
    while (scriptedFrames < to) {
      const next = script.next();
      if (next.done === true) break;
      lanes[next.value.party].add(next.value);
      scriptedFrames = framesOf(next.value.startsAtMs);
    }
    for (const party of [0, 1] as const) {
      const out = buffers[party];
      noises[party] = fillNoise(out, noises[party]);
      lanes[party].speak(out, from, to);
      for (const silence of dialogue.silences) {
        out.fill(0, clampFrame(silence.fromMs, from, to), clampFrame(silence.toMs, from, to));
      }
    }
    yield [buffers[0].subarray(0, to - from), buffers[1].subarray(0, to - from)];
  }
}

function clampFrame(atMs: number, from: number, to: number): number {
  return Math.min(Math.max(framesOf(atMs), from), to) - from;
}

function fillNoise(out: Float32Array, state: number): number {
  let noise = state;
  for (let i = 0; i < out.length; i++) {
    noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) | 0;
    out[i] = (lineNoise * noise) / 2_147_483_648;
  }
  return noise;
}
