import { describe, expect, it } from 'vitest';
import { writeMp3 } from '../../../../src/main/sandbox/audio/mp3.ts';
import { type WavEncoding, type WavLayout, writeWav } from '../../../../src/main/sandbox/audio/wav.ts';

function bytesOf(
  durationMs: number,
  options: {
    seed?: string;
    layout?: WavLayout;
    encoding?: WavEncoding;
    silences?: { fromMs: number; toMs: number }[];
  } = {},
): Buffer {
  const { seed = 'a', layout = 'dual', encoding = 'pcm16', silences = [] } = options;
  const file = writeWav({ seed, durationMs, silences }, layout, encoding);
  const bytes = Buffer.concat([...file.chunks]);
  expect(bytes.length).toBe(file.sizeBytes);
  return bytes;
}

/** Samples of one channel of a 16-bit file with a 44-byte header. */
function channel(bytes: Buffer, index: number, channels = 2): Float64Array {
  const frames = (bytes.length - 44) / (2 * channels);
  return Float64Array.from(
    { length: frames },
    (_, i) => bytes.readInt16LE(44 + 2 * (i * channels + index)) / 32_768,
  );
}

function rms(samples: Float64Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** Which tenths of a second have speech in them. */
function speaking(samples: Float64Array): boolean[] {
  return Array.from(
    { length: Math.floor(samples.length / 800) },
    (_, i) => rms(samples.subarray(i * 800, (i + 1) * 800)) > 0.01,
  );
}

/** ITU-T G.711 decoders, written from the standard's tables. */
const expand = {
  mulaw(byte: number): number {
    const code = ~byte & 0xff;
    const magnitude = (((code & 0x0f) << 3) + 132) * 2 ** ((code >> 4) & 7) - 132;
    return (code & 0x80) === 0 ? magnitude : -magnitude;
  },
  alaw(byte: number): number {
    const code = byte ^ 0x55;
    const exponent = (code >> 4) & 7;
    const mantissa = ((code & 0x0f) << 4) + 8;
    const magnitude = exponent === 0 ? mantissa : (mantissa + 256) * 2 ** (exponent - 1);
    return (code & 0x80) === 0 ? -magnitude : magnitude;
  },
};

describe('a made-up conversation', () => {
  const bytes = bytesOf(60_000);
  const [first, second] = [channel(bytes, 0), channel(bytes, 1)];

  it('has two audible parties on channels of their own, never too loud', () => {
    for (const samples of [first, second]) {
      expect(rms(samples)).toBeGreaterThan(0.03);
      expect(samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)).toBeLessThan(0.9);
      const share = speaking(samples).filter(Boolean).length / 600;
      expect(share).toBeGreaterThan(0.2);
      expect(share).toBeLessThan(0.75);
    }
    const product = first.reduce((sum, sample, i) => sum + sample * (second[i] ?? 0), 0) / first.length;
    expect(Math.abs(product) / (rms(first) * rms(second))).toBeLessThan(0.1);
  });

  it('takes turns, overlaps a little and pauses', () => {
    const [a, b] = [speaking(first), speaking(second)];
    const both = a.filter((speaks, i) => speaks && b[i]).length;
    const neither = a.filter((speaks, i) => !speaks && !b[i]).length;
    expect(both).toBeLessThan(90);
    expect(neither).toBeGreaterThan(30);
  });

  it('is the same for the same seed, another for another', () => {
    expect(bytesOf(60_000).equals(bytes)).toBe(true);
    expect(bytesOf(60_000, { seed: 'b' }).equals(bytes)).toBe(false);
  });

  it('sounds the same at a given moment however long it lasts and whatever is asked of it', () => {
    expect(
      bytesOf(17_300)
        .subarray(44)
        .equals(bytes.subarray(44, 44 + 17_300 * 32)),
    ).toBe(true);
    const alone = bytesOf(60_000, { layout: 'second' });
    expect(channel(alone, 0, 1)).toEqual(second);
  });

  it('mixes both parties into one channel', () => {
    const mixed = channel(bytesOf(60_000, { layout: 'mix' }), 0, 1);
    const difference = mixed.map((sample, i) => sample - 0.7 * ((first[i] ?? 0) + (second[i] ?? 0)));
    expect(rms(difference)).toBeLessThan(0.001);
  });

  it('is silent where the recording was paused', () => {
    const paused = bytesOf(60_000, { silences: [{ fromMs: 10_000, toMs: 25_500 }] });
    expect(rms(channel(paused, 0).subarray(80_000, 204_000))).toBe(0);
    expect(channel(paused, 0).subarray(204_000)).toEqual(first.subarray(204_000));
  });

  it.each(['mulaw', 'alaw'] as const)('sounds the same in %s', (encoding) => {
    // 7.5 ms more than a second: 8,060 frames, so that sizes are not round.
    const plain = bytesOf(1_007.5);
    const coded = bytesOf(1_007.5, { encoding });
    expect([coded.readUInt16LE(20), coded.readUInt16LE(34)]).toEqual([encoding === 'alaw' ? 6 : 7, 8]);
    expect([coded.toString('latin1', 38, 42), coded.readUInt32LE(46)]).toEqual(['fact', 8_060]);
    expect([coded.toString('latin1', 50, 54), coded.readUInt32LE(54)]).toEqual(['data', 16_120]);
    for (let i = 0; i < 16_120; i++) {
      const wanted = plain.readInt16LE(44 + 2 * i);
      const got = expand[encoding](coded[58 + i] ?? 0);
      // G.711 keeps about 38 dB over its whole range: a step is a sixteenth of the value, and 16 near zero.
      expect(Math.abs(got - wanted)).toBeLessThanOrEqual(Math.max(16, Math.abs(wanted) / 16));
    }
  });

  it('pads an odd amount of data without counting it', () => {
    const odd = bytesOf(0.125 * 7, { layout: 'mix', encoding: 'mulaw' });
    expect([odd.readUInt32LE(54), odd.length, odd.readUInt32LE(4)]).toEqual([7, 66, 58]);
  });
});

describe('a silent MP3', () => {
  const mp3Of = (
    seed: string,
    channels: 1 | 2,
    silences: { fromMs: number; toMs: number }[] = [],
  ): Buffer => {
    const file = writeMp3({ seed, durationMs: 61_000, silences }, channels);
    const bytes = Buffer.concat([...file.chunks]);
    expect(bytes.length).toBe(file.sizeBytes);
    return bytes;
  };
  /** Which channels of a frame have any spectrum: part2_3_length of each. */
  const heardIn = (frame: Buffer, channels: 1 | 2): boolean[] => {
    const bits = [...frame.subarray(4, 4 + 17)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    return Array.from({ length: channels }, (_, channel) => {
      const at = 8 + channels + channel * 63;
      return Number.parseInt(bits.slice(at, at + 12), 2) > 0;
    });
  };
  const framesIn = (bytes: Buffer): Buffer[] =>
    Array.from({ length: bytes.length / 48 }, (_, i) => bytes.subarray(i * 48, i * 48 + 48));

  it.each([1, 2] as const)(
    'is one valid frame after another on %i channels, as long as asked',
    (channels) => {
      const frames = framesIn(mp3Of('a', channels));
      for (const frame of frames) {
        const header = frame.readUInt32BE(0);
        // Sync, MPEG-2, layer III, no CRC, 16 kbit/s, 24 kHz, no padding: 48 bytes.
        expect(header >>> 8).toBe(0xfff324);
        expect((header >>> 6) & 3).toBe(channels === 1 ? 3 : 0);
      }
      expect(Math.abs((frames.length * 576) / 24 - 61_000)).toBeLessThanOrEqual(12);
    },
  );

  it('lets both parties be heard by turns, each on its own channel, and differs from seed to seed', () => {
    const heard = framesIn(mp3Of('a', 2)).map((frame) => heardIn(frame, 2));
    const share = (party: 0 | 1): number => heard.filter((one) => one[party]).length / heard.length;
    expect([share(0), share(1)].every((part) => part > 0.2 && part < 0.8)).toBe(true);
    expect(heard.filter(([first, second]) => first === true && second === true).length).toBeLessThan(
      heard.length / 5,
    );
    expect(mp3Of('a', 1).equals(mp3Of('a', 1))).toBe(true);
    expect(mp3Of('b', 1).equals(mp3Of('a', 1))).toBe(false);
  });

  it('is silent where nothing was recorded', () => {
    const frames = framesIn(mp3Of('a', 1, [{ fromMs: 0, toMs: 61_000 }]));
    expect(frames.some((frame) => heardIn(frame, 1)[0])).toBe(false);
  });
});
