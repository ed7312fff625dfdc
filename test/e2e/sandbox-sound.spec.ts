// The hand-made MP3 of the sandbox, heard by the browser that the console runs in.
import { expect, test } from 'playwright/test';
import { writeMp3 } from '../../src/main/sandbox/audio/mp3.ts';

/** RMS of every half second of each channel. */
type Levels = number[][];

test('an MP3 of the sandbox is as long as its call, and both parties can be heard by turns', async ({
  page,
}) => {
  const sound = writeMp3({ seed: 'a', durationMs: 20_000, silences: [] }, 2);
  const base64 = Buffer.concat([...sound.chunks]).toString('base64');
  const { durationMs, levels } = await page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const audio = await new OfflineAudioContext(2, 24_000, 24_000).decodeAudioData(bytes.buffer);
    const measured: Levels = [];
    for (let channel = 0; channel < audio.numberOfChannels; channel++) {
      const samples = audio.getChannelData(channel);
      const halves: number[] = [];
      for (let from = 0; from + 12_000 <= samples.length; from += 12_000) {
        const half = samples.subarray(from, from + 12_000);
        halves.push(Math.sqrt(half.reduce((sum, sample) => sum + sample * sample, 0) / half.length));
      }
      measured.push(halves);
    }
    return { durationMs: audio.duration * 1000, levels: measured };
  }, base64);
  expect(Math.abs(durationMs - 20_000)).toBeLessThan(100);
  expect(levels).toHaveLength(2);
  for (const channel of levels) {
    expect(Math.max(...channel)).toBeGreaterThan(0.03);
    expect(Math.min(...channel)).toBeLessThan(0.001);
  }
});
