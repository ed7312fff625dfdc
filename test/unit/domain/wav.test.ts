import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createWavScanner, type WavResult } from '../../../src/main/domain/wav.ts';
import { chunk, makeWav } from '../../standins/wav.ts';

function scan(bytes: Uint8Array, stepBytes = bytes.length || 1): WavResult {
  const scanner = createWavScanner();
  for (let i = 0; i < bytes.length; i += stepBytes) scanner.feed(bytes.subarray(i, i + stepBytes));
  return scanner.finish();
}

const facts = (encoding: string, sampleBytes: number) => ({
  ok: true,
  encoding,
  sampleBytes,
  channels: 2,
  sampleRate: 8_000,
  durationMs: 1_000,
});

test.each([
  ['PCM 8', { bits: 8 }, facts('pcm', 1)],
  ['PCM 16', {}, facts('pcm', 2)],
  ['PCM 24', { bits: 24 }, facts('pcm', 3)],
  ['PCM 32', { bits: 32 }, facts('pcm', 4)],
  ['float 32', { tag: 3, bits: 32 }, facts('float', 4)],
  ['float 64', { tag: 3, bits: 64 }, facts('float', 8)],
  ['A-law', { tag: 6, bits: 8 }, facts('alaw', 1)],
  ['mu-law', { tag: 7, bits: 8 }, facts('mulaw', 1)],
  ['extensible PCM', { extensible: true }, facts('pcm', 2)],
  ['extensible mu-law', { extensible: true, tag: 7, bits: 8 }, facts('mulaw', 1)],
])('reads %s', (_, options, expected) => {
  expect(scan(makeWav(options))).toMatchObject(expected);
});

test('gives the same result however the file is cut into pieces', () => {
  const bytes = makeWav({ durationMs: 200, before: [{ name: 'LIST', sizeBytes: 27 }] });
  const whole = scan(bytes);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), (stepBytes) => {
      expect(scan(bytes, stepBytes)).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});

test('skips chunks of odd and of large size before the sound', () => {
  const before = [
    { name: 'LIST', sizeBytes: 27 },
    { name: 'bext', sizeBytes: 100_001 },
    { name: 'junk', sizeBytes: 0 },
  ];
  expect(scan(makeWav({ before }))).toMatchObject(facts('pcm', 2));
});

test('ignores what comes after the sound', () => {
  const bytes = Buffer.concat([makeWav(), chunk('LIST', Buffer.alloc(50)), Buffer.from('x')]);
  expect(scan(bytes)).toMatchObject(facts('pcm', 2));
});

test.each([0, 0xffff_ffff, 0x7fff_f7ff])(
  'measures to the end of the file when the size is %i',
  (declaredBytes) => {
    expect(scan(makeWav({ declaredBytes }))).toMatchObject(facts('pcm', 2));
  },
);

describe('RF64', () => {
  const rf64 = (dataBytes: number): Buffer => {
    const sizes = Buffer.alloc(28);
    sizes.writeBigUInt64LE(BigInt(dataBytes), 8);
    const wav = makeWav({ declaredBytes: 0xffff_ffff });
    const head = Buffer.from('RF64\xff\xff\xff\xffWAVE', 'latin1');
    return Buffer.concat([head, chunk('ds64', sizes), wav.subarray(12)]);
  };

  test('takes the size from its own chunk', () => {
    expect(scan(rf64(32_000))).toMatchObject(facts('pcm', 2));
    expect(scan(rf64(16_000))).toMatchObject({ durationMs: 500 });
  });

  test('is truncated when less comes', () => {
    expect(scan(rf64(5_000_000_000))).toMatchObject({ ok: false, problem: 'truncated' });
  });
});

test('every cut before the last byte of sound is noticed', () => {
  const bytes = makeWav({ durationMs: 20 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (lengthBytes) => {
      expect(scan(bytes.subarray(0, lengthBytes))).toMatchObject({ ok: false, problem: 'truncated' });
    }),
  );
});

test('an empty data chunk is no recording', () => {
  expect(scan(makeWav({ durationMs: 0 }))).toMatchObject({ ok: false });
});

test('an encoding that browsers do not play is refused', () => {
  const gsm = makeWav();
  gsm.writeUInt16LE(0x31, 20);
  expect(scan(gsm)).toMatchObject({ ok: false, problem: 'not_audio' });
});

test('damage in the header never throws and never yields a nonsensical length', () => {
  const bytes = makeWav({ durationMs: 50, before: [{ name: 'LIST', sizeBytes: 9 }] });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 8 }), (changes) => {
      const damaged = Buffer.from(bytes);
      for (const [at, value] of changes) damaged[at] = value;
      const result = scan(damaged, 7);
      if (result.ok) expect(result.durationMs).toBeLessThanOrEqual(damaged.length);
    }),
    { numRuns: 2_000 },
  );
});
