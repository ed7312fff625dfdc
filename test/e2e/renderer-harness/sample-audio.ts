// Two voices as tones: 300 Hz on the first channel, 440 Hz on the second, taking turns as people do.
const sampleRate = 8_000;
const perSecond = 50;

export interface SampleAudio {
  wav: Buffer;
  peaks: Buffer;
}

/** @param seconds length; @param channels 1 or 2 */
export function makeAudio(seconds: number, channels: 1 | 2): SampleAudio {
  const frames = seconds * sampleRate;
  const wav = Buffer.alloc(44 + frames * channels * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(channels, 22);
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(sampleRate * channels * 2, 28);
  wav.writeUInt16LE(channels * 2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(frames * channels * 2, 40);
  const framesPerStep = sampleRate / perSecond;
  const steps = Math.ceil(frames / framesPerStep);
  const peaks = Buffer.alloc(16 + steps * channels * 2);
  peaks.write('TDPK', 0);
  peaks.writeUInt8(1, 4);
  peaks.writeUInt8(channels, 5);
  peaks.writeUInt16LE(perSecond, 6);
  peaks.writeUInt32LE(steps, 8);
  for (let step = 0; step < steps; step += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      const loud = loudnessAt(step / perSecond, channel);
      for (let index = 0; index < framesPerStep; index += 1) {
        const frame = step * framesPerStep + index;
        const tone = Math.sin((2 * Math.PI * frame * (channel === 0 ? 300 : 440)) / sampleRate);
        wav.writeInt16LE(Math.round(tone * loud * 28_000), 44 + (frame * channels + channel) * 2);
      }
      const at = 16 + (step * channels + channel) * 2;
      peaks.writeInt8(-Math.round(loud * 110), at);
      peaks.writeInt8(Math.round(loud * 110), at + 1);
    }
  }
  return { wav, peaks };
}

/** Turns of 19 seconds; a syllable lasts about half a second. */
function loudnessAt(second: number, channel: number): number {
  const isTalking = Math.floor(second / 19) % 2 === channel;
  const syllable = Math.floor(second * 1.06);
  const random = Math.abs(Math.sin(syllable * 12.9898 + channel * 78.233) * 43_758.5453) % 1;
  return isTalking ? 0.45 + random * 0.55 : 0.03 + random * 0.03;
}
