// Audio that comes as a webhook: kept when all is right, and nothing left behind when anything is not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/main/domain/errors.ts';
import { fileNameOf } from '../../../src/main/domain/file-name.ts';
import { recordingIdOf } from '../../../src/main/ids.ts';
import { audioWebhook, conversationId, signature } from '../../elevenlabs.ts';
import { makeMp3 } from '../../standins/mp3.ts';
import { beginPost, post, sha256, startAudioListener } from './audio-listener.ts';

const mp3 = makeMp3({ frames: 1_000, tagBytes: 200 });
const body = audioWebhook(mp3);
const recordingId = recordingIdOf('elevenlabs', conversationId);
const fileName = fileNameOf(recordingId, 'mp3');

const conversationKey = { providerId: 'elevenlabs', kind: 'conversation_id', value: conversationId };

describe('a whole, rightly signed body', () => {
  test.each([1, 997, 64 * 1024])(
    'is kept as a stored recording, sent in pieces of %i',
    async (pieceBytes) => {
      const { port, store, files, recordings } = await startAudioListener();
      const small = pieceBytes === 1 ? audioWebhook(makeMp3({ frames: 20 })) : body;
      expect(await post(port, small, { pieceBytes })).toBe(200);
      const row = await store.getRecording(recordingId);
      expect(row).toMatchObject({
        status: 'stored',
        providerRecordingId: conversationId,
        channels: 2,
        fileName,
      });
      if (pieceBytes === 1) return;
      expect(row).toMatchObject({ durationMs: 36_000, sizeBytes: mp3.length, sha256: sha256(mp3) });
      expect(row?.contentType).toBe('audio/mpeg');
      expect(readFileSync(join(recordings, fileName))).toEqual(mp3);
      expect(files()).toEqual([`${recordingId}.mp3`]);
      // Fetching it again would be work for nothing.
      expect(await store.countJobs()).toEqual({ ready: 0, running: 0, dead: 0 });
    },
  );

  test('joins the call that its conversation id names, and no other', async () => {
    const { port, store } = await startAudioListener();
    const [other] = [audioWebhook(mp3, 'conv_2b8dj5r0y7v3s9a1k6g4h8p0')];
    const transcription = readFileSync(
      new URL('../../fixtures/elevenlabs/post-call-transcription.json', import.meta.url),
    );
    for (const sent of [body, other, transcription]) expect(await post(port, sent)).toBe(200);
    const callId = (await store.getRecording(recordingId))?.callId ?? '';
    expect(await store.findCallId(conversationKey)).toBe(callId);
    const call = await store.getCall(callId);
    expect(call?.recordings).toHaveLength(1);
    expect(call?.transcript.length).toBeGreaterThan(0);
    expect((await store.listCalls({}, 10, null)).items).toHaveLength(2);
  });

  test('can be made again from the file and what is around it', async () => {
    const { port, deliveries, recordings } = await startAudioListener();
    await post(port, body);
    const [delivery] = deliveries;
    const { cut, body: rest = new Uint8Array() } = delivery ?? {};
    expect(cut).toMatchObject({ isExact: true, sizeBytes: body.length, bodySha256: sha256(body), fileName });
    expect(rest.length).toBeLessThan(300);
    const sound = readFileSync(join(recordings, cut?.fileName ?? ''));
    const again = Buffer.concat([
      rest.subarray(0, cut?.offsetBytes),
      Buffer.from(sound.toString('base64')),
      rest.subarray(cut?.offsetBytes),
    ]);
    expect(sha256(again)).toBe(cut?.bodySha256);
  });

  test('that comes again, one after the other and at once, is one file and one recording', async () => {
    const { port, store, files } = await startAudioListener();
    expect(await post(port, body)).toBe(200);
    expect(await Promise.all([post(port, body), post(port, body), post(port, body)])).toEqual([
      200, 200, 200,
    ]);
    // The same audio in another body (sent again by hand) is another delivery of the same recording.
    expect(await post(port, audioWebhook(mp3, conversationId, 1_739_539_999))).toBe(200);
    expect(files()).toEqual([`${recordingId}.mp3`]);
    const { items } = await store.listDeliveries({}, 10, null);
    expect(items.map(({ repeats }) => repeats)).toEqual([0, 3]);
    expect(await store.getRecording(recordingId)).toMatchObject({ status: 'stored', sha256: sha256(mp3) });
  });

  test('of other audio does not replace what is stored', async () => {
    const { port, store, recordings } = await startAudioListener();
    await post(port, body);
    expect(await post(port, audioWebhook(makeMp3({ frames: 50 })))).toBe(200);
    expect(readFileSync(join(recordings, fileName))).toEqual(mp3);
    expect(await store.getRecording(recordingId)).toMatchObject({ sha256: sha256(mp3), durationMs: 36_000 });
  });

  test('with escapes in its base64 is kept, and said to be unusual', async () => {
    const { port, store, deliveries } = await startAudioListener();
    const escaped = Buffer.from(body.toString().replaceAll('/', '\\/'));
    expect(escaped.length).toBeGreaterThan(body.length);
    expect(await post(port, escaped)).toBe(200);
    expect(deliveries[0]?.cut?.isExact).toBe(false);
    expect((await store.getRecording(recordingId))?.sha256).toBe(sha256(mp3));
  });
});

describe('a body without audio', () => {
  test.each([
    [
      '{"type":"post_call_audio","data":{"conversation_id":"conv_7f3kq2m9x4t8w1z6b5n0c3d2","full_audio":null}}',
      'ignored',
    ],
    ['{"type":"a_new_kind","data":{"conversation_id":"conv_7f3kq2m9x4t8w1z6b5n0c3d2"}}', 'ignored'],
    ['{"type":"post_call_transcription","data":{}}', 'not_understood'],
    ['no json at all', 'not_understood'],
    ['', 'not_understood'],
  ])('is journaled whole and answered 200: %s', async (text, outcome) => {
    const { port, deliveries, files } = await startAudioListener();
    expect(await post(port, Buffer.from(text))).toBe(200);
    expect(deliveries).toMatchObject([{ outcome }]);
    expect(Buffer.from(deliveries[0]?.body ?? []).toString()).toBe(text);
    expect(files()).toEqual([]);
  });
});

describe('nothing is left behind by', () => {
  const cut = body.length - 4;
  const spoilt = Buffer.from(body);
  spoilt[5_000] = 0x2a;
  const page = audioWebhook(Buffer.from('<!doctype html><title>Sorry</title>'.repeat(100)));
  const json = body.toString();
  const bad: [string, Buffer, number, string][] = [
    ['a wrong signature', body, 403, 'bad_signature'],
    ['base64 that is none', spoilt, 400, 'malformed'],
    ['a page in place of audio', page, 422, 'not_audio'],
    ['an MP3 that is cut', audioWebhook(mp3.subarray(0, mp3.length - 50)), 422, 'not_audio'],
    ['JSON that ends early', body.subarray(0, cut), 400, 'malformed'],
    ['JSON that goes on', Buffer.from(`${json}{}`), 400, 'malformed'],
    [
      'two audios',
      Buffer.from(json.replace('"full_audio"', '"full_audio":"SUQz","full_audio"')),
      400,
      'malformed',
    ],
    [
      'an audio that is taken back',
      Buffer.from(json.replace(/\}\}$/, ',"full_audio":null}}')),
      400,
      'malformed',
    ],
    ['audio of nobody', audioWebhook(mp3, 'conv'), 400, 'malformed'],
    ['zeros', audioWebhook(Buffer.alloc(60_000)), 422, 'not_audio'],
  ];
  test.each(bad)('%s', async (what, sent, status, reason) => {
    const { port, store, files, refusals, deliveries } = await startAudioListener();
    const header =
      what === 'a wrong signature' ? signature('other', Date.now()) : signature(sent, Date.now());
    expect(await post(port, sent, { header })).toBe(status);
    await expect.poll(() => refusals.map((refusal) => refusal.reason)).toEqual([reason]);
    expect(files()).toEqual([]);
    expect(deliveries).toEqual([]);
    expect((await store.listCalls({}, 10, null)).items).toEqual([]);
    // And the next one is taken.
    expect(await post(port, body)).toBe(200);
  });

  test('an old or a future signature: the clock is wrong, not the sender', async () => {
    const { port, files, refusals } = await startAudioListener();
    for (const offMs of [-310_000, 310_000]) {
      expect(await post(port, body, { header: signature(body, Date.now() + offMs) })).not.toBe(200);
    }
    for (const offMs of [-280_000, 280_000]) {
      expect(await post(port, body, { header: signature(body, Date.now() + offMs) })).toBe(200);
    }
    await expect.poll(() => refusals.map(({ reason }) => reason)).toEqual(['clock_skew', 'clock_skew']);
    expect(files()).toHaveLength(1);
  });

  test('a body that is too large, or that is too large around its audio', async () => {
    const { port, files, refusals } = await startAudioListener({ maxBodyBytes: 6 * 1024 * 1024 });
    const large = audioWebhook(makeMp3({ frames: 4, tagBytes: 5 * 1024 * 1024 }));
    const wordy = Buffer.from(`{"type":"${'x'.repeat(4_200_000)}","data":{}}`);
    for (const sent of [large, wordy]) {
      expect(await post(port, sent, { pieceBytes: 256 * 1024 })).toBe(413);
      await expect.poll(files).toEqual([]);
    }
    await expect.poll(() => refusals.map(({ reason }) => reason)).toEqual(['too_large', 'too_large']);
  });

  test('a sender that hangs up in the middle', async () => {
    const { port, files, deliveries } = await startAudioListener({ limits: { smallBodyBytes: 4_096 } });
    const { outgoing } = beginPost(port, { 'elevenlabs-signature': signature(body, Date.now()) });
    outgoing.write(body.subarray(0, 60_000));
    await expect.poll(() => files().length).toBe(1);
    outgoing.destroy();
    await expect.poll(files).toEqual([]);
    expect(deliveries).toEqual([]);
    expect(await post(port, body)).toBe(200);
  });

  test('a sender that drips', async () => {
    const limits = { smallBodyBytes: 4_096, audioGraceMs: 50, minAudioBytesPerSecond: 10_000_000 };
    const { port, files } = await startAudioListener({ limits });
    const { outgoing, status } = beginPost(port, { 'elevenlabs-signature': signature(body, Date.now()) });
    outgoing.write(body.subarray(0, 60_000));
    expect(await status).toBe(408);
    await expect.poll(files).toEqual([]);
  });

  test('a journal that does not answer: 503, and the file is gone', async () => {
    let fails = true;
    const { port, files } = await startAudioListener({ failsToStore: () => fails });
    expect(await post(port, body)).toBe(503);
    expect(files()).toEqual([]);
    fails = false;
    expect(await post(port, body)).toBe(200);
  });

  test.each(['create', 'write', 'commit'])('a disk that is full at %s: 503', async (moment) => {
    const full = async (): Promise<never> => {
      throw new AppError('disk_full', 'The disk is full.', { retryable: true });
    };
    const { port, files, deliveries } = await startAudioListener({
      storage: (real) => ({
        ...real,
        async create(id) {
          if (moment === 'create') return full();
          const file = await real.create(id);
          const { path, sha256: hashOf, discard } = file;
          const write = moment === 'write' ? full : file.write;
          const commit = moment === 'commit' ? full : file.commit;
          return {
            path,
            sha256: hashOf,
            discard,
            write,
            commit,
            get sizeBytes() {
              return file.sizeBytes;
            },
          };
        },
      }),
    });
    expect(await post(port, body)).toBe(503);
    expect(files()).toEqual([]);
    expect(deliveries).toEqual([]);
  });

  test('a disk with no room to spare: 503', async () => {
    const { port, files } = await startAudioListener({
      storage: (real) => ({ ...real, freeBytes: async () => 1_000 }),
    });
    expect(await post(port, body)).toBe(503);
    expect(files()).toEqual([]);
  });
});
