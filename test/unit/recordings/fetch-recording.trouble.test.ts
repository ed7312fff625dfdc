import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/main/domain/errors.ts';
import { createFetchRecording } from '../../../src/main/recordings/fetch-recording.ts';
import { makeMp3 } from '../../standins/mp3.ts';
import { cut, type MediaAnswer, refuse, send } from '../../standins/twilio-media.ts';
import { createRig, type Rig, recordingId, wav, dual, mono, mp3, expectNothingKept } from './rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const start = async (answer: MediaAnswer, saidMs?: number): Promise<void> => {
  rig = await createRig({ answer, ...(saidMs === undefined ? {} : { saidMs }) });
};

describe('what is never kept', () => {
  const html = '<!DOCTYPE html><html><body>Please sign in to the Wi-Fi</body></html>';
  test.each<[string, MediaAnswer, string]>([
    ['an HTML page with 200', send(200, html, { 'content-type': 'audio/x-wav' }), 'not_audio'],
    ['JSON with 200', send(200, '{"sid":"RE1"}'), 'not_audio'],
    ['an empty 200', send(200, ''), 'truncated'],
    ['202 without a file', send(202, ''), 'provider_not_found'],
    ['204', (_, response) => response.writeHead(204).end(), 'provider_not_found'],
    ['a WAV cut by length', cut(wav, 30_000, 'length'), 'truncated'],
    ['a WAV cut inside its chunks', cut(wav, 30_000, 'chunked'), 'truncated'],
    [
      'a WAV whose end is missing though the length is right',
      send(200, wav.subarray(0, 30_000)),
      'truncated',
    ],
    [
      'a WAV cut where only the closed line ends it',
      (_, response) => {
        response.socket?.end(
          Buffer.concat([
            Buffer.from('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'),
            wav.subarray(0, 30_000),
          ]),
        );
      },
      'truncated',
    ],
    ['an MP3 cut inside a frame', send(200, makeMp3().subarray(0, 4_000)), 'truncated'],
    ['a compressed answer', send(200, wav, { 'content-encoding': 'gzip' }), 'network_failed'],
    [
      'a redirect to another host',
      send(302, '', { location: 'https://evil.example/x.wav' }),
      'blocked_address',
    ],
    ['a redirect without a target', send(302, ''), 'not_audio'],
  ])('%s', async (_, answer, errorCode) => {
    await start(answer, 5_000);
    expect((await rig.run()).settlement).toMatchObject({ result: 'retry', errorCode });
    expect(await rig.row()).toMatchObject({ status: 'available', fileName: null });
    await expectNothingKept(rig);
  });

  test('forms that are all refused for good end the job at once', async () => {
    await start(refuse(400, 20001));
    const { settlement } = await rig.run();
    expect(settlement).toMatchObject({ result: 'dead', errorCode: 'provider_refused' });
    expect(rig.media.asked).toEqual([dual, mono, mp3]);
    expect(await rig.row()).toMatchObject({ status: 'failed', reason: 'provider_refused' });
  });

  test('a link that has expired says nothing of our keys: a fresh one is asked for, and nothing is paused', async () => {
    await start(send(403, 'Request has expired'));
    const links: string[] = [];
    const providers = rig.deps.providers.map((provider) => ({
      ...provider,
      media: () => {
        const url = `${rig.media.url}/link-${links.length}.wav`;
        links.push(url);
        return [{ url, headers: {} }];
      },
    }));
    const { settlement } = await rig.run({ providers });
    expect(settlement).toMatchObject({ result: 'retry', errorCode: 'link_expired' });
    if ('runAtMs' in settlement) rig.clock.nowMs = settlement.runAtMs;
    rig.media.otherwise = send(200, wav);
    expect((await rig.run({ providers })).settlement).toMatchObject({ result: 'done' });
    expect(links).toHaveLength(2);
  });

  test('gives up after its last attempt, and says what was wrong', async () => {
    await start(refuse(404, 20404));
    let last = await rig.runAndWait();
    while (last.settlement.result === 'retry') last = await rig.runAndWait();
    expect(last.job.attempt).toBe(102);
    expect(last.settlement).toMatchObject({ result: 'dead', errorCode: 'gave_up' });
    expect(await rig.row()).toMatchObject({ status: 'failed', reason: 'provider_not_found' });
  });
});

describe('trouble here', () => {
  test('a nearly full disk postpones before anything is asked', async () => {
    await start(send(200, wav));
    const reserveBytes = Number.MAX_SAFE_INTEGER;
    expect((await rig.run({ reserveBytes })).settlement).toMatchObject({
      result: 'retry',
      errorCode: 'disk_full',
    });
    expect(rig.media.asked).toEqual([]);
  });

  test('a file that would not leave the reserve free is not begun', async () => {
    await start(send(200, wav));
    const storage = { ...rig.storage, freeBytes: async () => wav.length + 999 };
    const { settlement } = await rig.run({ storage, reserveBytes: 1_000 });
    expect(settlement).toMatchObject({ result: 'retry', errorCode: 'disk_full' });
    await expectNothingKept(rig);
  });

  test('a disk that fills up while writing leaves nothing', async () => {
    await start(send(200, wav));
    const storage = {
      ...rig.storage,
      create: async (id: string) => {
        const file = await rig.storage.create(id);
        const write = async () => Promise.reject(new AppError('disk_full', 'Full.', { retryable: true }));
        return { ...file, write };
      },
    };
    expect((await rig.run({ storage })).settlement).toMatchObject({
      result: 'retry',
      errorCode: 'disk_full',
    });
    await expectNothingKept(rig);
  });

  test('being stopped in the middle gives the attempt back and leaves nothing', async () => {
    const controller = new AbortController();
    await start((_, response) => {
      response.writeHead(200, { 'content-length': wav.length }).write(wav.subarray(0, 10_000));
      setTimeout(() => controller.abort(), 20);
    });
    const { settlement } = await rig.run({}, controller.signal);
    expect(settlement).toMatchObject({ result: 'release', runAtMs: rig.clock.nowMs, errorCode: null });
    expect(await rig.store.findJob('fetch-recording', recordingId)).toMatchObject({
      attempt: 0,
      state: 'ready',
    });
    await expectNothingKept(rig);
  });

  test('an unexpected error is internal and tried again', async () => {
    await start(send(200, wav));
    const fetch = () => Promise.reject(new RangeError('a bug'));
    expect((await rig.run({ fetch })).settlement).toMatchObject({ result: 'retry', errorCode: 'internal' });
  });

  test('a run that lost its lease changes nothing', async () => {
    await start(send(200, wav));
    rig.media.next = [
      (request, response) => {
        // Another claim takes the job over while this run is still downloading.
        rig.clock.nowMs += 61_000;
        void rig.store.claimJobs(1).then(() => send(200, wav)(request, response));
      },
    ];
    const { settled } = await rig.run();
    expect(settled).toBe(false);
    expect((await rig.row()).status).toBe('fetching');
  });

  test('ids that no address can be made of end the job without a request', async () => {
    await start(send(200, wav));
    const providers = rig.deps.providers.map((provider) => ({ ...provider, media: () => [] }));
    expect((await rig.run({ providers })).settlement).toMatchObject({
      result: 'dead',
      errorCode: 'bad_input',
    });
    expect(rig.media.asked).toEqual([]);
  });

  test('a job for a recording that nobody knows is dead', async () => {
    await start(send(200, wav));
    const [job] = await rig.store.claimJobs(1);
    if (job === undefined) throw new Error('nothing is due');
    const unknown = { ...job, payload: { recordingId: 'rec_00000000000000000000000000' } };
    const settlement = await createFetchRecording(rig.deps)(unknown, new AbortController().signal);
    expect(settlement).toMatchObject({ result: 'dead', errorCode: 'not_found' });
  });
});
