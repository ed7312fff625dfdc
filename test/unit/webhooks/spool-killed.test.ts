// The process dies while it takes in audio: nothing half is ever seen, and the same body sent again is one recording.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createClock } from '../../../src/main/clock.ts';
import { newId, recordingIdOf } from '../../../src/main/ids.ts';
import { createSqliteStore } from '../../../src/main/store/sqlite-store.ts';
import { audioWebhook, conversationId, webhookSecret } from '../../elevenlabs.ts';
import { makeMp3 } from '../../standins/mp3.ts';
import { post, sha256 } from './audio-listener.ts';

const mp3 = makeMp3({ frames: 3_000 });
const recordingId = recordingIdOf('elevenlabs', conversationId);

async function start(dataDir: string, diesAt = '') {
  const file = new URL('../../bench/audio-product.ts', import.meta.url);
  const child = fork(file, [dataDir, webhookSecret, diesAt], { execArgv: [], silent: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [message] = await once(child, 'message');
  return { child, port: z.object({ port: z.number() }).parse(message).port };
}

test.each([
  'audio:half-spooled',
  'audio:verified',
  'file:after-fsync',
  'file:after-rename',
  'audio:file-committed',
  'webhook:before-2xx',
])('killed at %s, it has either nothing or all of it, and takes it when it comes again', async (moment) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tapedeck-killed-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const files = (): string[] =>
    readdirSync(join(dataDir, 'recordings'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);

  const first = await start(dataDir, moment);
  const gone = once(first.child, 'exit');
  expect(await post(first.port, audioWebhook(mp3))).toBe(0);
  await gone;

  const second = await start(dataDir);
  // What is half was swept away at the start; under its final name there is never anything but the whole file.
  expect(files().filter((name) => name.endsWith('.part'))).toEqual([]);
  expect(await post(second.port, audioWebhook(mp3))).toBe(200);
  expect(files()).toEqual([`${recordingId}.mp3`]);
  const stopped = once(second.child, 'exit');
  second.child.send('stop');
  await stopped;

  const store = await createSqliteStore({ dataDir, clock: createClock(), newId, recordingIdOf });
  onTestFinished(() => store.close());
  expect(await store.getRecording(recordingId)).toMatchObject({ status: 'stored', sha256: sha256(mp3) });
  expect((await store.listDeliveries({}, 10, null)).items).toHaveLength(1);
  expect((await store.listCalls({}, 10, null)).items).toHaveLength(1);
});
