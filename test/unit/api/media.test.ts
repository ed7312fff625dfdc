import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { namesTag, parseRange } from '../../../src/main/api/byte-range.ts';
import { createMedia } from '../../../src/main/api/media.ts';
import type { MediaAnswer, MediaQuestion } from '../../../src/main/api/serve-media.ts';
import { fileNameOf } from '../../../src/main/domain/file-name.ts';
import type { RecordingRow } from '../../../src/main/domain/recording.ts';
import { recordingIdOf } from '../../../src/main/ids.ts';
import { createLocalStorage } from '../../../src/main/storage/local.ts';
import type { LocalStorage } from '../../../src/main/storage/storage.ts';

const recordingId = recordingIdOf('twilio', 'RE1');
const bytes = Buffer.from(Array.from({ length: 10_000 }, (_, i) => (i * 7) % 256));
const peaks = Buffer.from('TDPK and then some');
const sha256 = 'ab'.repeat(32);
const etag = `"${sha256}"`;

let dir = '';
let storage: LocalStorage;
let row: RecordingRow;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'tapedeck-media-'));
  storage = await createLocalStorage({ dir });
  await storage.put(fileNameOf(recordingId, 'wav'), bytes);
  await storage.put(fileNameOf(recordingId, 'peaks'), peaks);
  row = {
    recordingId,
    callId: 'call_1',
    providerId: 'twilio',
    providerRecordingId: 'RE1',
    providerAccountId: null,
    status: 'stored',
    durationMs: 1_000,
    channels: 2,
    sizeBytes: bytes.length,
    sha256,
    contentType: 'audio/wav',
    fileName: fileNameOf(recordingId, 'wav'),
    startedAtMs: Date.UTC(2026, 10, 21, 9, 2, 3),
    storedAtMs: Date.UTC(2026, 10, 21, 9, 5),
    reason: null,
    providerCode: null,
    flags: [],
    generation: 0,
  };
});
afterAll(() => rm(dir, { recursive: true }));

interface Asked {
  range?: string;
  ifNoneMatch?: string;
  ifRange?: string;
}

async function serve(
  headers: Asked = {},
  more: Partial<MediaQuestion> = {},
  changes: Partial<RecordingRow> = {},
): Promise<MediaAnswer & { bytes: Buffer }> {
  const media = createMedia({
    store: { getRecording: async (id) => (id === recordingId ? { ...row, ...changes } : null) },
    storage,
  });
  const asked = { range: undefined, ifNoneMatch: undefined, ifRange: undefined, ...headers };
  const question = { recordingId, part: 'audio', method: 'GET', headers: asked, download: false } as const;
  const answer = await media.serve({ ...question, ...more });
  const parts: Buffer[] = [];
  for await (const part of answer.body ?? []) parts.push(Buffer.from(part));
  return { ...answer, bytes: Buffer.concat(parts) };
}

test('gives the whole file with what a player needs to seek', async () => {
  const answer = await serve();
  expect(answer).toMatchObject({
    status: 200,
    headers: {
      'content-type': 'audio/wav',
      'content-length': '10000',
      'accept-ranges': 'bytes',
      etag,
      'cache-control': 'private, max-age=0, must-revalidate',
    },
  });
  expect(answer.bytes.equals(bytes)).toBe(true);
});

test.each([
  ['bytes=0-0', 0, 0],
  ['bytes=0-', 0, 9_999],
  ['bytes=9999-', 9_999, 9_999],
  ['bytes=100-199', 100, 199],
  ['bytes=100-99999999999999999999', 100, 9_999],
  ['bytes=-1', 9_999, 9_999],
  ['bytes=-10000', 0, 9_999],
  ['bytes=-20000', 0, 9_999],
  ['Bytes = 5 - 6 ', 5, 6],
])('%s is 206 from %i to %i', async (range, start, end) => {
  const answer = await serve({ range });
  expect(answer.status).toBe(206);
  expect(answer.headers).toMatchObject({
    'content-range': `bytes ${start}-${end}/10000`,
    'content-length': String(end - start + 1),
  });
  expect(answer.bytes.equals(bytes.subarray(start, end + 1))).toBe(true);
});

test.each(['bytes=10000-', 'bytes=10000-10001', 'bytes=99999999999999999999-', 'bytes=-0'])(
  '%s is 416 and names the size',
  async (range) => {
    const answer = await serve({ range });
    expect(answer).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */10000' } });
    expect(answer.bytes.length).toBe(Number(answer.headers['content-length']));
  },
);

test.each([
  'bytes=5-4',
  'bytes=-',
  'bytes=',
  'bytes=a-b',
  'bytes=0-1,5-6',
  'bytes=0x1-2',
  'items=0-1',
  '0-1',
  'bytes=1.5-2',
])('%s is ignored: the whole file', async (range) => {
  const answer = await serve({ range });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-range']).toBeUndefined();
  expect(answer.bytes).toHaveLength(10_000);
});

test('any range is the slice that the same numbers cut out of the file', async () => {
  const bound = fc.option(fc.nat(12_000), { nil: null });
  await fc.assert(
    fc.asyncProperty(bound, bound, async (first, last) => {
      const answer = await serve({ range: `bytes=${first ?? ''}-${last ?? ''}` });
      const expected =
        first === null
          ? bytes.subarray(Math.max(0, bytes.length - (last ?? 0)))
          : bytes.subarray(first, last === null ? undefined : last + 1);
      if (answer.status === 206) expect(answer.bytes.equals(expected)).toBe(true);
      else if (answer.status === 416) expect(expected).toHaveLength(0);
      else expect(answer.bytes.equals(bytes)).toBe(true);
      const isOdd = (first === null && last === null) || (first !== null && last !== null && last < first);
      expect(answer.status === 200).toBe(isOdd);
    }),
    { numRuns: 300 },
  );
});

test('a recording of many hours is served from any place, beyond 4 GB too', async () => {
  // Twelve hours of 16-bit stereo at 48 kHz; sparse, so it takes no room.
  const size = 12 * 3_600 * 48_000 * 4;
  const fileName = fileNameOf(recordingIdOf('twilio', 'RE-long'), 'wav');
  await storage.put(fileName, Buffer.from('RIFF'));
  const file = await open(storage.pathOf(fileName), 'r+');
  await file.write(Buffer.from('the end'), 0, 7, size - 7);
  await file.close();
  const long = { fileName, sizeBytes: size };
  const end = await serve({ range: 'bytes=-7' }, {}, long);
  expect([end.status, end.bytes.toString()]).toEqual([206, 'the end']);
  expect(end.headers['content-range']).toBe(`bytes ${size - 7}-${size - 1}/${size}`);
  const middle = await serve({ range: `bytes=${2 ** 32}-${2 ** 32 + 9}` }, {}, long);
  expect([middle.status, middle.bytes]).toEqual([206, Buffer.alloc(10)]);
  expect((await serve({ range: `bytes=${size}-` }, {}, long)).status).toBe(416);
  expect((await serve({}, { method: 'HEAD' }, long)).headers['content-length']).toBe(String(size));
});

test('any text as a range neither throws nor reaches outside the file', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(1_000), (text, sizeBytes) => {
      for (const range of [parseRange(text, sizeBytes), parseRange(`bytes=${text}`, sizeBytes)]) {
        if (range === null || range === 'unsatisfiable') continue;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThan(sizeBytes);
      }
    }),
    { numRuns: 1_000 },
  );
});

describe('conditions', () => {
  test.each([etag, `W/${etag}`, '*', `"other", ${etag}`])(
    'If-None-Match %s is 304, also with a range',
    async (tag) => {
      const answer = await serve({ ifNoneMatch: tag, range: 'bytes=0-1' });
      expect(answer).toMatchObject({ status: 304, body: null, headers: { etag } });
      expect(answer.headers['content-length']).toBeUndefined();
    },
  );

  test('another tag gets the file', async () => {
    expect((await serve({ ifNoneMatch: '"other"' })).status).toBe(200);
    expect(namesTag(undefined, etag)).toBe(false);
  });

  test.each([
    [etag, 206],
    [`W/${etag}`, 200],
    ['"other"', 200],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 200],
  ])('If-Range %s with a range is %i', async (ifRange, status) => {
    expect((await serve({ ifRange, range: 'bytes=0-1' })).status).toBe(status);
  });
});

test('HEAD has the head of GET and no body; Range is not for it', async () => {
  const head = await serve({ range: 'bytes=0-1' }, { method: 'HEAD' });
  const get = await serve();
  expect(head).toMatchObject({ status: 200, body: null });
  expect(head.headers).toEqual(get.headers);
  expect(await serve({}, { method: 'HEAD', recordingId: 'x' })).toMatchObject({ status: 404, body: null });
});

test('peaks are a resource of their own, with ranges and a tag', async () => {
  const whole = await serve({}, { part: 'peaks' });
  expect(whole).toMatchObject({ status: 200, headers: { 'content-type': 'application/octet-stream' } });
  expect(whole.bytes.equals(peaks)).toBe(true);
  expect(whole.headers['etag']).not.toBe(etag);
  const again = await serve({ ifNoneMatch: whole.headers['etag'] ?? '' }, { part: 'peaks' });
  expect(again.status).toBe(304);
  await storage.remove(fileNameOf(recordingId, 'peaks'));
  expect((await serve({}, { part: 'peaks' })).status).toBe(404);
  await storage.put(fileNameOf(recordingId, 'peaks'), peaks);
});

test('a download has a name that tells when and never who', async () => {
  const { headers } = await serve({}, { download: true });
  expect(headers['content-disposition']).toBe('attachment; filename="tapedeck-20261121-090203z.wav"');
  expect((await serve()).headers['content-disposition']).toBeUndefined();
});

test.each<[string, Partial<RecordingRow>]>([
  ['not fetched yet', { status: 'available', fileName: null }],
  ['deleted', { status: 'deleted' }],
  ['missing on disk', { fileName: fileNameOf(recordingIdOf('twilio', 'RE2'), 'wav') }],
  ['of another size than was saved', { sizeBytes: 9_999 }],
])('a recording that is %s is 409 in plain words', async (_, changes) => {
  const answer = await serve({}, {}, changes);
  expect(answer).toMatchObject({ status: 409, headers: { 'content-type': 'text/plain; charset=utf-8' } });
  expect(answer.bytes.toString()).toBe('This recording cannot be played now.');
});

test.each(['', 'rec_', '../../etc/passwd', `${recordingId}/..`])('an id like %j is 404', async (id) => {
  expect((await serve({}, { recordingId: id })).status).toBe(404);
});
