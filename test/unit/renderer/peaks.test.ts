import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameLength, mp3Slices } from '../../../src/renderer/src/audio/mp3-slices.ts';
import {
  bars,
  createPeakCollector,
  parsePeaks,
  speakingChannels,
} from '../../../src/renderer/src/audio/peaks.ts';

function peaksFile(channels: number, perSecond: number, values: readonly number[]): ArrayBuffer {
  const buffer = new ArrayBuffer(16 + values.length);
  const view = new DataView(buffer);
  for (const [index, letter] of Buffer.from('TDPK').entries()) view.setUint8(index, letter);
  view.setUint8(4, 1);
  view.setUint8(5, channels);
  view.setUint16(6, perSecond, true);
  view.setUint32(8, values.length / (channels * 2), true);
  new Int8Array(buffer, 16).set(values);
  return buffer;
}

// Two channels, four steps: the first is loud in the first half, the second in the other.
const stereo = peaksFile(2, 50, [-100, 110, -1, 1, -90, 80, -1, 1, -1, 1, -60, 127, -1, 2, -128, 50]);

describe('peaks', () => {
  it('reads head and values', () => {
    expect(parsePeaks(stereo)).toMatchObject({ channels: 2, perSecond: 50, stepCount: 4 });
  });

  it('refuses other bytes, other versions and files that are cut short', () => {
    expect(parsePeaks(new ArrayBuffer(0))).toBeNull();
    expect(parsePeaks(stereo.slice(0, -1))).toBeNull();
    const other = stereo.slice(0);
    new DataView(other).setUint8(4, 2);
    expect(parsePeaks(other)).toBeNull();
    const page = new TextEncoder().encode('<!doctype html><html></html>');
    expect(parsePeaks(page.buffer)).toBeNull();
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const parsed = parsePeaks(bytes.slice().buffer);
        return parsed === null || parsed.values.length === parsed.stepCount * parsed.channels * 2;
      }),
    );
  });

  it('draws each bar with the extremes of what it covers', () => {
    const peaks = parsePeaks(stereo);
    if (peaks === null) throw new Error('no peaks');
    const [left, right] = bars(peaks, 0, 0, 80, 2);
    expect(left?.high).toBeCloseTo(110 / 127);
    expect(left?.low).toBeCloseTo(-100 / 128);
    expect(right?.high).toBeCloseTo(2 / 127);
    expect(bars(peaks, 1, 0, 80, 2)[1]).toEqual({ low: -1, high: 1 });
  });

  it('gives as many bars as asked for, also past the end and closer than a step', () => {
    const peaks = parsePeaks(stereo);
    if (peaks === null) throw new Error('no peaks');
    expect(bars(peaks, 0, 0, 1_000, 10)).toHaveLength(10);
    expect(bars(peaks, 0, 0, 20, 4).every(({ high }) => high > 0.8)).toBe(true);
  });

  it('knows who speaks', () => {
    const quiet = Array.from({ length: 60 }, () => [-1, 1, -1, 1]).flat();
    const loud = Array.from({ length: 60 }, () => [-1, 1, -90, 90]).flat();
    const peaks = parsePeaks(peaksFile(2, 50, [...quiet, ...loud]));
    if (peaks === null) throw new Error('no peaks');
    expect(speakingChannels(peaks, 200)).toEqual([]);
    expect(speakingChannels(peaks, 2_000)).toEqual([1]);
  });

  it('collects slices into peaks that span the true length', () => {
    const collector = createPeakCollector(1, 8_000, 50);
    collector.add([new Float32Array(8_000).fill(0.5)]);
    collector.add([new Float32Array(7_900).fill(-1)]);
    const peaks = collector.finish(2_000);
    expect(peaks.stepCount / peaks.perSecond).toBeCloseTo(2);
    expect(peaks.values[1]).toBe(64);
    expect(peaks.values.at(-2)).toBe(-128);
  });
});

describe('mp3 slices', () => {
  // MPEG 1 Layer III, 128 kbit/s, 44.1 kHz: 417 bytes; the content looks like sync words on purpose.
  const frame = new Uint8Array(417).fill(0xff);
  frame.set([0xff, 0xfb, 0x90, 0x00]);
  const file = new Uint8Array(417 * 50);
  for (let index = 0; index < 50; index += 1) file.set(frame, index * 417);

  it('knows the length of a frame', () => {
    expect(frameLength(file, 0)).toBe(417);
    expect(frameLength(file, 1)).toBe(0);
    // MPEG 2.5, 8 kbit/s, 8 kHz: what a phone line makes.
    expect(frameLength(Uint8Array.of(0xff, 0xe3, 0x18, 0xc4), 0)).toBe(72);
  });

  it('cuts at frames, leaves nothing out and repeats nothing', () => {
    const slices = mp3Slices(file, 1_000);
    expect(slices.length).toBeGreaterThan(5);
    expect(slices.every(({ start }) => start % 417 === 0)).toBe(true);
    expect(slices[0]?.start).toBe(0);
    expect(slices.at(-1)?.end).toBe(file.length);
    slices.slice(1).forEach(({ start }, index) => expect(start).toBe(slices[index]?.end));
  });

  it('takes what has no frames as one piece', () => {
    expect(mp3Slices(new Uint8Array(5_000), 1_000)).toEqual([{ start: 0, end: 5_000 }]);
  });
});
