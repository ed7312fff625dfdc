import { readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { fileNameOf } from '../../../src/main/domain/file-name.ts';
import { createMakePeaks, encodePeaks } from '../../../src/main/recordings/make-peaks.ts';
import { createPlayback } from '../../../src/main/recordings/playback.ts';
import { makePeaks } from '../../../src/main/worker/peaks.ts';
import { makeMp3 } from '../../standins/mp3.ts';
import { refuse, send } from '../../standins/twilio-media.ts';
import { makeWav } from '../../standins/wav.ts';
import { createRig, type Rig, recordingId } from './rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const run = async (): Promise<void> => {
  const useCase = createMakePeaks({ store: rig.store, storage: rig.storage, worker: { makePeaks } });
  const job = (await rig.store.claimJobs(4)).find(({ kind }) => kind === 'make-peaks');
  if (job === undefined) throw new Error('nothing is due');
  const settlement = await useCase(job, new AbortController().signal);
  expect(settlement).toMatchObject({ result: 'done' });
  expect(await rig.store.settleJob(settlement)).toBe(true);
};
const playback = () => createPlayback(rig)(recordingId);

test('a stored WAV gets its peaks file, and playback then names it', async () => {
  rig = await createRig({ answer: send(200, makeWav({ durationMs: 2_000 })), saidMs: 2_000 });
  await rig.run();
  const view = { url: `/media/${recordingId}`, contentType: 'audio/wav', durationMs: 2_000, channels: 2 };
  expect(await playback()).toEqual({ ...view, peaks: null });
  await run();
  const peaks = { url: `/media/${recordingId}/peaks`, perSecond: 50, channels: 2 };
  expect(await playback()).toEqual({ ...view, peaks });
  const bytes = await readFile(rig.storage.pathOf(fileNameOf(recordingId, 'peaks')));
  expect(bytes.subarray(0, 16)).toEqual(Buffer.from('TDPK\x01\x02\x32\0\x64\0\0\0\0\0\0\0', 'latin1'));
  expect(bytes).toHaveLength(16 + 100 * 4);
});

test('MP3 plays without peaks', async () => {
  rig = await createRig({ answer: send(200, makeMp3()) });
  await rig.run();
  expect(await playback()).toMatchObject({ contentType: 'audio/mpeg', peaks: null });
});

test('playback says why there is nothing to play', async () => {
  rig = await createRig({ answer: refuse(400, 1) });
  await expect(playback()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('waiting'),
  });
  await rig.run();
  await expect(playback()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('could not'),
  });
  await expect(createPlayback(rig)('rec_nobody')).rejects.toMatchObject({ code: 'not_found' });
});

test('playback notices that the file is gone', async () => {
  rig = await createRig({ answer: send(200, makeWav()) });
  await rig.run();
  await rig.storage.remove(fileNameOf(recordingId, 'wav'));
  await expect(playback()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('missing'),
  });
});

test('a peaks file holds the values as they are', async () => {
  rig = await createRig({ answer: send(200, '') });
  const data = Uint8Array.from([0x80, 0x7f, 0xff, 0x01]);
  const bytes = encodePeaks({ data, perSecond: 50, channels: 1 });
  expect([...bytes]).toEqual([
    0x54, 0x44, 0x50, 0x4b, 1, 1, 50, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x7f, 0xff, 0x01,
  ]);
});
