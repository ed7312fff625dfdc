// Makes MPEG audio for tests: real frame headers, silent or meaningless bodies.

export interface Mp3Options {
  frames?: number;
  /** ID3v2 tag of so many bytes at the start. */
  tagBytes?: number;
  mono?: boolean;
}

/** One MPEG-1 layer III frame of 32 kbit/s at 32 kHz: 144 bytes, 36 ms. */
export function mp3Frame(mono = false): Buffer {
  const frame = Buffer.alloc(144);
  frame.set([0xff, 0xfb, 0x18, mono ? 0xc0 : 0x00]);
  return frame;
}

export function makeMp3({ frames = 28, tagBytes = 0, mono = false }: Mp3Options = {}): Buffer {
  const tag = Buffer.alloc(tagBytes === 0 ? 0 : 10 + tagBytes);
  if (tagBytes > 0) {
    tag.set([0x49, 0x44, 0x33, 4, 0, 0]);
    for (let i = 0; i < 4; i++) tag[9 - i] = (tagBytes >> (7 * i)) & 127;
  }
  return Buffer.concat([tag, ...Array.from({ length: frames }, () => mp3Frame(mono))]);
}
