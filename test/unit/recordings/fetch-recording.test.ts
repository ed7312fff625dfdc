import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/main/domain/errors.ts';
import { fileNameOf } from '../../../src/main/domain/file-name.ts';
import { createFetchRecording } from '../../../src/main/recordings/fetch-recording.ts';
import { makeMp3 } from '../../standins/mp3.ts';
import { type MediaAnswer, refuse, send } from '../../standins/twilio-media.ts';
import { makeWav } from '../../standins/wav.ts';
import { createRig, type Rig, recordingId, wav, dual, mono, mp3, expectNothingKept } from './rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const start = async (answer: MediaAnswer, saidMs?: number): Promise<void> => {
  rig = await createRig({ answer, ...(saidMs === undefined ? {} : { saidMs }) });
};

describe('what is good', () => {
  test('stores a WAV with what was measured, and asks for its peaks', async () => {
    await start(send(200, wav), 5_000);
    const { settled } = await rig.run();
    expect(settled).toBe(true);
    expect(rig.media.asked).toEqual([dual]);
    expect(await rig.row()).toMatchObject({
      status: 'stored',
      durationMs: 5_000,
      channels: 2,
      sizeBytes: wav.length,
      sha256: createHash('sha256').update(wav).digest('hex'),
      contentType: 'audio/wav',
      fileName: fileNameOf(recordingId, 'wav'),
      storedAtMs: rig.clock.nowMs,
      flags: [],
      reason: null,
    });
    expect(await readFile(rig.storage.pathOf(fileNameOf(recordingId, 'wav')))).toEqual(wav);
    expect(await rig.store.findJob('make-peaks', recordingId)).toMatchObject({ state: 'ready', recordingId });
    expect(await rig.store.findJob('fetch-recording', recordingId)).toMatchObject({ state: 'done' });
    expect(rig.progress.at(-1)).toEqual([wav.length, wav.length]);
    expect(await rig.kinds()).toEqual(
      expect.arrayContaining(['recording.available', 'recording.fetch_started', 'recording.stored']),
    );
  });

  test('is fetching while it is being fetched', async () => {
    await start((_, response) => void rig.row().then(({ status }) => response.writeHead(500).end(status)));
    let seen = '';
    await rig.run({
      fetch: async () => {
        seen = (await rig.row()).status;
        throw new AppError('network_failed', 'The line is down.', { retryable: true });
      },
    });
    expect(seen).toBe('fetching');
    expect(await rig.row()).toMatchObject({ status: 'available' });
  });

  test('takes the mono form when the recording has only one channel (16113)', async () => {
    await start(send(200, makeWav({ channels: 1, durationMs: 5_000 })), 5_000);
    rig.media.next = [refuse(400, 16113)];
    await rig.run();
    expect(rig.media.asked).toEqual([dual, mono]);
    expect(await rig.row()).toMatchObject({ status: 'stored', channels: 1 });
  });

  test('takes MP3 when there is nothing better, without asking for peaks', async () => {
    await start(send(200, makeMp3({ frames: 140 })), 5_000);
    rig.media.next = [refuse(406, 0), refuse(415, 0)];
    await rig.run();
    expect(rig.media.asked).toEqual([dual, mono, mp3]);
    expect(await rig.row()).toMatchObject({ status: 'stored', contentType: 'audio/mpeg', durationMs: 5_040 });
    expect(await rig.store.findJob('make-peaks', recordingId)).toBeNull();
  });

  test('a recording that is here already is not fetched again', async () => {
    await start(send(200, wav));
    const { job } = await rig.run();
    const again = await createFetchRecording(rig.deps)(job, new AbortController().signal);
    expect(again).toMatchObject({ result: 'done', events: [] });
    expect(rig.media.asked).toHaveLength(1);
    await rig.storage.remove(fileNameOf(recordingId, 'wav'));
    await createFetchRecording(rig.deps)(job, new AbortController().signal);
    expect(rig.media.asked).toHaveLength(2);
  });
});

describe('what comes later', () => {
  test('404 right after completed is asked again after 2 s, in the same form, and then stored', async () => {
    await start(send(200, wav), 5_000);
    rig.media.next = [refuse(404, 20404)];
    const first = await rig.run();
    expect(first.settlement).toMatchObject({ result: 'retry', errorCode: 'provider_not_found' });
    expect(first.settlement).toMatchObject({ runAtMs: rig.clock.nowMs + 2_000 });
    expect(await rig.row()).toMatchObject({ status: 'available' });
    rig.clock.nowMs += 2_000;
    expect((await rig.run()).job.attempt).toBe(2);
    expect(rig.media.asked).toEqual([dual, dual]);
    expect(await rig.row()).toMatchObject({ status: 'stored', channels: 2 });
  });

  test('after minutes of 404 the other forms are tried, too', async () => {
    await start(
      (request, response) =>
        (request.url?.includes('Requested') === true ? refuse(404, 20404) : send(200, wav))(
          request,
          response,
        ),
      5_000,
    );
    for (let i = 0; i < 5; i++) await rig.runAndWait();
    expect(new Set(rig.media.asked)).toEqual(new Set([dual]));
    await rig.run();
    expect(await rig.row()).toMatchObject({ status: 'stored' });
  });

  test.each([
    ['seconds', () => '120', 120_000],
    ["a date by the provider's own clock", () => new Date(Date.now() + 300_000).toUTCString(), 300_000],
    ['nonsense', () => 'soon', 2_000],
  ])('429 with Retry-After in %s', async (_, retryAfter, expectedMs) => {
    await start((request, response) =>
      refuse(429, 20429, { 'retry-after': retryAfter() })(request, response),
    );
    const { settlement } = await rig.run();
    expect(settlement).toMatchObject({ result: 'retry', errorCode: 'provider_rate_limited' });
    const delayMs = 'runAtMs' in settlement ? settlement.runAtMs - rig.clock.nowMs : 0;
    expect(Math.abs(delayMs - expectedMs)).toBeLessThanOrEqual(2_000);
  });

  test.each([500, 502, 503, 408])('%i is asked again', async (status) => {
    await start(send(status, 'trouble'));
    expect((await rig.run()).settlement).toMatchObject({
      result: 'retry',
      errorCode: 'provider_unavailable',
    });
    await expectNothingKept(rig);
  });
});

describe('duration', () => {
  test.each([
    [7_000, true],
    [7_001, false],
    [3_000, true],
    [2_999, false],
  ])('5 s of audio where the provider says %i ms: kept %s', async (saidMs, isKept) => {
    await start(send(200, wav), saidMs);
    await rig.run();
    expect((await rig.row()).status).toBe(isKept ? 'stored' : 'available');
  });

  test('two per cent count for long recordings', async () => {
    await start(send(200, makeWav({ durationMs: 196_000, channels: 1, bits: 8 })), 200_000);
    await rig.run();
    expect((await rig.row()).status).toBe('stored');
  });

  test('is kept with a flag when the same bytes came three times in a row, whatever came between', async () => {
    await start(send(200, wav), 60_000);
    await rig.runAndWait();
    rig.media.next = [refuse(503, 0)];
    await rig.runAndWait();
    const second = await rig.runAndWait();
    expect(second.settlement).toMatchObject({ result: 'retry', errorCode: 'duration_differs' });
    await expectNothingKept(rig);
    await rig.run();
    expect(await rig.row()).toMatchObject({
      status: 'stored',
      durationMs: 5_000,
      flags: ['duration_differs'],
    });
  });

  test('other bytes in between begin the count again; the right length needs no count', async () => {
    await start(send(200, wav), 60_000);
    const other = send(200, makeWav({ durationMs: 4_000 }));
    rig.media.next = [send(200, wav), send(200, wav), other, send(200, wav), send(200, wav)];
    for (let i = 0; i < 5; i++) await rig.runAndWait();
    expect((await rig.row()).status).toBe('available');
    rig.media.otherwise = send(200, makeWav({ durationMs: 60_000, channels: 1, bits: 8 }));
    await rig.run();
    expect(await rig.row()).toMatchObject({ status: 'stored', flags: [], durationMs: 60_000 });
  });
});

describe('refused credentials', () => {
  test.each([401, 403])(
    '%i pauses the provider, uses no attempt, and a later success resumes it',
    async (status) => {
      await start(send(200, wav), 5_000);
      rig.media.next = [refuse(status, 20003)];
      const first = await rig.run();
      expect(first.settlement).toMatchObject({ result: 'release', errorCode: 'provider_unauthorized' });
      expect(await rig.row()).toMatchObject({ status: 'available' });
      const [pause] = await rig.store.listPauses();
      expect(pause).toMatchObject({ providerId: 'twilio', code: 'provider_unauthorized', refusals: 1 });
      expect(await rig.store.findJob('fetch-recording', recordingId)).toMatchObject({
        attempt: 0,
        state: 'ready',
      });
      expect(await rig.store.claimJobs(4)).toEqual([]);
      rig.clock.nowMs = pause?.untilMs ?? 0;
      const second = await rig.run();
      expect(second.job.attempt).toBe(1);
      expect(await rig.row()).toMatchObject({ status: 'stored' });
      expect(await rig.store.listPauses()).toEqual([]);
    },
  );

  test('the second run of an attempt that was given back shows as fetching again', async () => {
    await start(send(200, wav));
    rig.media.next = [refuse(401, 20003)];
    await rig.runAndWait();
    let seen = '';
    const fetch = async () => {
      seen = (await rig.row()).status;
      throw new AppError('timed_out', 'Too slow.', { retryable: true });
    };
    await rig.run({ fetch });
    expect(seen).toBe('fetching');
    expect((await rig.row()).status).toBe('available');
  });

  test('a 404 shows that the credentials are good again', async () => {
    await start(refuse(404, 20404));
    rig.media.next = [refuse(401, 20003)];
    await rig.runAndWait();
    await rig.run();
    expect(await rig.store.listPauses()).toEqual([]);
  });

  test('missing credentials pause it, too, without a request', async () => {
    await start(send(200, wav));
    delete rig.settings['TWILIO_AUTH_TOKEN'];
    expect((await rig.run()).settlement).toMatchObject({ result: 'release', errorCode: 'secret_missing' });
    expect(rig.media.asked).toEqual([]);
  });
});

describe('whose call it was', () => {
  test('is asked for after the audio is safe, once, where nobody has told', async () => {
    await start(send(200, wav));
    expect((await rig.store.listJobs({ kind: 'follow-call' }, 10, null)).items).toEqual([]);
    await rig.run();
    expect((await rig.store.listJobs({ kind: 'follow-call' }, 10, null)).items).toMatchObject([
      { providerId: 'twilio', state: 'ready' },
    ]);
  });

  test('is not asked for when the call is known', async () => {
    await start(send(200, wav));
    const { callId } = await rig.row();
    const keys = (await rig.store.getCall(callId))?.keys.filter(({ kind }) => kind === 'CallSid') ?? [];
    const head = { providerId: 'twilio', occurredAtMs: rig.clock.nowMs, sequence: 0, keys };
    await rig.store.appendEvents([
      { ...head, eventKey: 'known', kind: 'call.started', data: { status: 'ringing' } },
    ]);
    await rig.run();
    expect((await rig.store.listJobs({ kind: 'follow-call' }, 10, null)).items).toEqual([]);
  });
});
