// A voice: glottal pulses through three formant resonators, shaped into syllables. It says nothing that could be
// understood, but pitch, rhythm and spectrum are those of speech, so that ears, meters and waveforms see a person.
import { createRandom, type Random } from '../random.ts';

export const sampleRateHz = 8_000;

export interface Voice {
  pitchHz: number;
  /** Scales the formants: 1 for a long vocal tract, up to 1.15 for a short one. */
  tract: number;
}

/** First three formants of a few vowels in Hz (Peterson and Barney 1952, rounded). */
const vowels: readonly [Formants, ...Formants[]] = [
  [730, 1090, 2440],
  [530, 1840, 2480],
  [390, 1990, 2550],
  [570, 840, 2410],
  [440, 1020, 2240],
  [300, 870, 2240],
  [500, 1500, 2500],
];
type Formants = readonly [number, number, number];
const bandwidthsHz: Formants = [80, 110, 160];

/** Loudness of speech: -19 dBFS RMS over an utterance, peaks held under -1 dBFS. */
const targetRms = 0.11;
const peakLimit = 0.89;

/**
 * One utterance, normalised.
 * @param seed decides every syllable; the same seed, voice and length give the same samples
 * @returns samples from -1 to 1 at 8 kHz, `lengthMs` long, silent at both ends
 */
export function renderUtterance(seed: string, voice: Voice, lengthMs: number): Float32Array {
  const random = createRandom(seed);
  const samples = new Float32Array(Math.round((lengthMs / 1000) * sampleRateHz));
  const toSamples = (ms: number): number => Math.round((ms / 1000) * sampleRateHz);
  let at = 0;
  let untilGap = random.whole(2, 5);
  while (at < samples.length) {
    const length = Math.min(toSamples(random.between(110, 230)), samples.length - at);
    // The pitch falls over an utterance, as it does when people make statements.
    const fall = 1.08 - 0.16 * (at / samples.length);
    if (length > toSamples(60)) renderSyllable(samples, at, length, voice, fall, random);
    at += length;
    if (--untilGap === 0) {
      at += toSamples(random.chance(0.25) ? random.between(180, 420) : random.between(30, 90));
      untilGap = random.whole(2, 6);
    }
  }
  normalise(samples);
  return samples;
}

interface Resonator {
  gain: number;
  b: number;
  c: number;
}

/** Klatt's two-pole resonator with unity gain at 0 Hz. */
function resonator(frequencyHz: number, bandwidthHz: number): Resonator {
  const radius = Math.exp((-Math.PI * bandwidthHz) / sampleRateHz);
  const b = 2 * radius * Math.cos((2 * Math.PI * frequencyHz) / sampleRateHz);
  const c = -radius * radius;
  return { gain: 1 - b - c, b, c };
}

function renderSyllable(
  out: Float32Array,
  from: number,
  length: number,
  voice: Voice,
  fall: number,
  random: Random,
): void {
  const vowel = random.pick(vowels);
  const r1 = resonator(vowel[0] * voice.tract, bandwidthsHz[0]);
  const r2 = resonator(vowel[1] * voice.tract, bandwidthsHz[1]);
  const r3 = resonator(vowel[2] * voice.tract, bandwidthsHz[2]);
  const loudness = random.between(0.6, 1);
  const step = (voice.pitchHz * fall * random.between(0.92, 1.1)) / sampleRateHz;
  const attack = Math.max(1, Math.round(length * random.between(0.1, 0.2)));
  const release = Math.max(1, Math.round(length * random.between(0.25, 0.4)));
  const breath = random.chance(0.5) ? Math.round(length * random.between(0.12, 0.25)) : 0;
  let noise = random.whole(1, 2 ** 31 - 1);
  let phase = 0;
  let [p1, q1, p2, q2, p3, q3] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < length; i++) {
    noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) | 0;
    const hiss = noise / 2_147_483_648;
    phase += step;
    if (phase >= 1) phase -= 1;
    // Derivative of the Rosenberg pulse: the airflow opens slowly and closes abruptly.
    const u = phase / 0.6;
    const source = (u < 1 ? u * (2 - 3 * u) : 0) + 0.02 * hiss;
    const s1 = r1.gain * source + r1.b * p1 + r1.c * q1;
    q1 = p1;
    p1 = s1;
    const s2 = r2.gain * s1 + r2.b * p2 + r2.c * q2;
    q2 = p2;
    p2 = s2;
    const s3 = r3.gain * s2 + r3.b * p3 + r3.c * q3;
    q3 = p3;
    p3 = s3;
    const rise = i < attack ? i / attack : 1;
    const left = length - i;
    const envelope = rise * rise * (left < release ? left / release : 1);
    const consonant = i < breath ? 0.25 * hiss * (1 - i / breath) : 0;
    out[from + i] = loudness * (envelope * s3 + consonant * rise);
  }
}

function normalise(samples: Float32Array): void {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  if (sum === 0) return;
  const gain = targetRms / Math.sqrt(sum / samples.length);
  // tanh bends only what comes near the limit; quiet parts pass unchanged.
  for (let i = 0; i < samples.length; i++) {
    samples[i] = peakLimit * Math.tanh(((samples[i] ?? 0) * gain) / peakLimit);
  }
}
