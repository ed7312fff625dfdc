import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AudioCheck, createAudioScanner, sniff } from '../../../src/main/domain/audio.ts';
import { fileNameOf, isFileName } from '../../../src/main/domain/file-name.ts';
import { recordingIdOf } from '../../../src/main/ids.ts';
import { makeMp3 } from '../../standins/mp3.ts';
import { makeWav } from '../../standins/wav.ts';

function check(bytes: Uint8Array, stepBytes = 1_000): AudioCheck {
  const scanner = createAudioScanner();
  for (let i = 0; i < bytes.length; i += stepBytes) scanner.feed(bytes.subarray(i, i + stepBytes));
  return scanner.finish();
}

test.each([
  ['wav', makeWav()],
  ['mp3', makeMp3()],
  ['mp3', makeMp3({ tagBytes: 100 })],
  ['ogg', Buffer.from('OggS\0\x02')],
  ['text', Buffer.from('<!DOCTYPE html><html><body>Sign in</body></html>')],
  ['text', Buffer.from('\ufeff\r\n  <?xml version="1.0"?><TwilioResponse/>')],
  ['text', Buffer.from('{"code":20404,"message":"The requested resource was not found"}')],
  ['text', Buffer.from('not found')],
  ['unknown', Buffer.from('PK\x03\x04\x14\0')],
  ['unknown', Buffer.from('RIFF\x24\0\0\0AVI LIST')],
  ['unknown', Buffer.alloc(0)],
])('knows %s by its first bytes', (kind, bytes) => {
  expect(sniff(bytes.subarray(0, 64))).toBe(kind);
});

test('measures whole files', () => {
  expect(check(makeWav({ durationMs: 1_234 }))).toEqual({
    ok: true,
    audio: { extension: 'wav', contentType: 'audio/wav', durationMs: 1_234, channels: 2, sampleRate: 8_000 },
  });
  expect(check(makeMp3({ mono: true }))).toEqual({
    ok: true,
    audio: {
      extension: 'mp3',
      contentType: 'audio/mpeg',
      durationMs: 1_008,
      channels: 1,
      sampleRate: 32_000,
    },
  });
});

test.each([
  ['nothing', Buffer.alloc(0), 'truncated'],
  ['a page', Buffer.from('<html>'.padEnd(5_000, 'x')), 'not_audio'],
  ['a short error', Buffer.from('{}'), 'not_audio'],
  ['half a WAV', makeWav().subarray(0, 20_000), 'truncated'],
  ['a WAV of 30 bytes', makeWav().subarray(0, 30), 'truncated'],
  ['half an MP3 frame at the end', makeMp3().subarray(0, 28 * 144 - 60), 'truncated'],
  ['an ID3 tag and nothing else', makeMp3({ frames: 0, tagBytes: 200 }), 'not_audio'],
  ['Ogg, which is not taken yet', Buffer.from('OggS'.padEnd(500, '\0')), 'not_audio'],
])('%s is no recording', (_, bytes, problem) => {
  expect(check(bytes)).toMatchObject({ ok: false, problem });
});

test('random bytes never throw and are never taken for a recording', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.integer({ min: 1, max: 500 }), (bytes, stepBytes) => {
      expect(check(bytes, stepBytes).ok).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

test('file names are made of our ids and of nothing else', () => {
  const id = recordingIdOf('twilio', 'RE0123456789abcdef0123456789abcdef');
  expect(isFileName(fileNameOf(id, 'wav'))).toBe(true);
  expect(isFileName(fileNameOf(id, 'peaks'))).toBe(true);
  for (const name of [
    '../rec.wav',
    `aa/../${id}.wav`,
    `/${fileNameOf(id, 'wav')}`,
    fileNameOf('../../etc/passwd', 'wav'),
  ])
    expect(isFileName(name)).toBe(false);
  expect(isFileName(fileNameOf(id, 'wav').replace(/^../, '!!'))).toBe(false);
  expect(isFileName(`${fileNameOf(id, 'wav')}\n`)).toBe(false);
});
