import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMp3Scanner, frameAt, type Mp3Facts } from '../../../src/main/domain/mp3.ts';
import { makeMp3, mp3Frame } from '../../standins/mp3.ts';

function scan(bytes: Uint8Array, stepBytes = bytes.length || 1): Mp3Facts {
  const scanner = createMp3Scanner();
  for (let i = 0; i < bytes.length; i += stepBytes) scanner.feed(bytes.subarray(i, i + stepBytes));
  return scanner.finish();
}

const tag = (text: string, lengthBytes: number): Buffer => {
  const bytes = Buffer.alloc(lengthBytes);
  bytes.write(text, 'latin1');
  return bytes;
};

test.each([
  // Frame lengths as in the standard's own tables: layer III at 128 kbit/s and 44.1 kHz is 417 bytes, 418 padded.
  [[0xff, 0xfb, 0x90, 0xc4], { sizeBytes: 417, samples: 1152, sampleRate: 44_100, channels: 1 }],
  [[0xff, 0xfb, 0x92, 0x00], { sizeBytes: 418, samples: 1152, sampleRate: 44_100, channels: 2 }],
  [[0xff, 0xf3, 0x88, 0xc0], { sizeBytes: 288, samples: 576, sampleRate: 16_000, channels: 1 }],
  [[0xff, 0xe3, 0x48, 0xc0], { sizeBytes: 288, samples: 576, sampleRate: 8_000, channels: 1 }],
  [[0xff, 0xfd, 0xa0, 0x00], { sizeBytes: 626, samples: 1152, sampleRate: 44_100, channels: 2 }],
  [[0xff, 0xff, 0xc0, 0x00], { sizeBytes: 416, samples: 384, sampleRate: 44_100, channels: 2 }],
])('reads header %j', (bytes, expected) => {
  expect(frameAt(Uint8Array.from(bytes), 0)).toMatchObject(expected);
});

test.each([
  [[0xff, 0xeb, 0x90, 0x00], 'reserved version'],
  [[0xff, 0xf9, 0x90, 0x00], 'reserved layer'],
  [[0xff, 0xfb, 0x00, 0x00], 'free format'],
  [[0xff, 0xfb, 0xf0, 0x00], 'bad bit rate'],
  [[0xff, 0xfb, 0x9c, 0x00], 'reserved sample rate'],
  [[0xff, 0xfb, 0x90], 'cut header'],
])('%j is no frame: %s', (bytes) => {
  expect(frameAt(Uint8Array.from(bytes), 0)).toBeNull();
});

test('counts the time of all frames, tags aside', () => {
  const whole = { frames: 28, durationMs: 1_008, channels: 2, sampleRate: 32_000, endsInsideFrame: false };
  expect(scan(makeMp3())).toMatchObject({ ...whole, strayBytes: 0 });
  expect(scan(makeMp3({ tagBytes: 70_000 }))).toMatchObject({ ...whole, strayBytes: 0 });
  const ape = tag('APETAGEX', 64);
  ape.writeUInt32LE(32, 12);
  const tagged = Buffer.concat([makeMp3({ tagBytes: 5 }), ape, tag('TAG', 128)]);
  expect(scan(tagged)).toMatchObject({ ...whole, strayBytes: 0 });
});

test('gives the same result however the file is cut into pieces', () => {
  const bytes = Buffer.concat([makeMp3({ tagBytes: 300 }), Buffer.from('junk'), makeMp3(), tag('TAG', 128)]);
  const whole = scan(bytes);
  expect(whole).toMatchObject({ frames: 56, endsInsideFrame: false });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), (stepBytes) => {
      expect(scan(bytes, stepBytes)).toEqual(whole);
    }),
    { numRuns: 60 },
  );
});

test('notices a file that ends inside a frame, wherever', () => {
  const bytes = makeMp3();
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 143 }), fc.integer({ min: 2, max: 27 }), (restBytes, frames) => {
      expect(scan(bytes.subarray(0, frames * 144 + restBytes)).endsInsideFrame).toBe(true);
    }),
  );
  expect(scan(bytes.subarray(0, 10 * 144)).endsInsideFrame).toBe(false);
});

test('finds its way back after damage in the middle', () => {
  const damaged = makeMp3();
  damaged.fill(0x55, 10 * 144, 12 * 144);
  expect(scan(damaged)).toMatchObject({ frames: 26, strayBytes: 288, endsInsideFrame: false });
});

test('one header in noise is not a file of frames', () => {
  const noise = Buffer.concat([mp3Frame(), Buffer.alloc(1_000, 0x20)]);
  expect(scan(noise)).toMatchObject({ frames: 0 });
});

test('never throws and never counts more than it was given', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.integer({ min: 1, max: 700 }), (bytes, stepBytes) => {
      const { frameBytes, strayBytes } = scan(bytes, stepBytes);
      expect(frameBytes + strayBytes).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 1_000 },
  );
});
