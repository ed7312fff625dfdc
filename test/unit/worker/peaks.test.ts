import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePeaks } from '../../../src/main/worker/peaks.ts';
import { makeMp3 } from '../../standins/mp3.ts';
import { makeWav, type WavOptions } from '../../standins/wav.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'tapedeck-peaks-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function peaksOf(bytes: Uint8Array) {
  const file = path.join(dir, 'file');
  await writeFile(file, bytes);
  const peaks = await makePeaks(file);
  return peaks === null ? null : { ...peaks, values: [...new Int8Array(peaks.data)] };
}

/** Left: full swing. Right: silent for the first half, then a quarter. */
const sample = (frame: number, channel: number): number =>
  channel === 0 ? (frame % 2 === 0 ? 1 : -1) : frame < 4_000 ? 0 : frame % 2 === 0 ? 0.25 : -0.25;

test.each<[string, WavOptions, number]>([
  ['PCM 8', { bits: 8 }, 1],
  ['PCM 16', {}, 1],
  ['PCM 24', { bits: 24 }, 1],
  ['PCM 32', { bits: 32 }, 1],
  ['float 32', { tag: 3, bits: 32 }, 1],
  ['float 64', { tag: 3, bits: 64 }, 1],
  // The laws keep 13 to 14 bits, with coarse steps where it is loud.
  ['A-law', { tag: 6, bits: 8 }, 3],
  ['mu-law', { tag: 7, bits: 8 }, 3],
])('%s: min and max per channel, 50 a second', async (_, options, tolerance) => {
  const peaks = await peaksOf(makeWav({ ...options, sample }));
  expect(peaks).toMatchObject({ perSecond: 50, channels: 2 });
  expect(peaks?.values).toHaveLength(50 * 2 * 2);
  const near = (at: number, expected: number[]) =>
    expected.forEach((value, i) => {
      expect(Math.abs((peaks?.values[at + i] ?? 999) - value)).toBeLessThanOrEqual(tolerance);
    });
  near(0, [-127, 127, 0, 0]);
  near(25 * 4, [-127, 127, -31, 31]);
  near(49 * 4, [-127, 127, -31, 31]);
});

test('silence is exactly zero in telephone law, too', async () => {
  const silent = (): number => 0;
  const pcm = await peaksOf(makeWav({ sample: silent, durationMs: 100 }));
  expect(new Set(pcm?.values)).toEqual(new Set([0]));
  const law = await peaksOf(makeWav({ sample: silent, durationMs: 100, tag: 7, bits: 8 }));
  expect(new Set(law?.values)).toEqual(new Set([0]));
});

test('steps do not drift where 50 does not divide the rate', async () => {
  const peaks = await peaksOf(makeWav({ sampleRate: 11_025, durationMs: 20_000, channels: 1 }));
  expect(peaks?.values).toHaveLength(20 * 50 * 2);
});

test('a rest shorter than a step still gets its step', async () => {
  const peaks = await peaksOf(makeWav({ durationMs: 1_010, channels: 1 }));
  expect(peaks?.values).toHaveLength(51 * 2);
});

test('a file longer than one read has the same peaks all along', async () => {
  const peaks = await peaksOf(makeWav({ durationMs: 60_000, before: [{ name: 'LIST', sizeBytes: 31 }] }));
  expect(peaks?.values).toHaveLength(60 * 50 * 4);
  const low = peaks?.values.filter((_, i) => i % 2 === 0) ?? [];
  expect(Math.max(...low)).toBeLessThan(-60);
});

test('MP3, half a WAV and text have none', async () => {
  expect(await peaksOf(makeMp3())).toBeNull();
  expect(await peaksOf(makeWav().subarray(0, 10_000))).toBeNull();
  expect(await peaksOf(Buffer.from('<html>'))).toBeNull();
});
