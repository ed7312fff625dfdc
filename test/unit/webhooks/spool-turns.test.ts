// Many audio bodies at once: a few at a time, nobody refused, and small bodies pass by.
import { describe, expect, test } from 'vitest';
import { audioWebhook, signature } from '../../elevenlabs.ts';
import { makeMp3 } from '../../standins/mp3.ts';
import { beginPost, post, startAudioListener } from './audio-listener.ts';

const mp3 = makeMp3({ frames: 1_000, tagBytes: 200 });

describe('many at once', () => {
  const limits = { audioAtOnce: 2, smallBodyBytes: 4_096 };

  test('all are taken, two at a time, and none is refused for being many', async () => {
    let open = 0;
    let most = 0;
    const { port, store, files } = await startAudioListener({
      limits,
      storage: (real) => ({
        ...real,
        async create(id) {
          open += 1;
          most = Math.max(most, open);
          const file = await real.create(id);
          const { path, sha256: hashOf, write, commit } = file;
          return {
            path,
            sha256: hashOf,
            write,
            commit,
            get sizeBytes() {
              return file.sizeBytes;
            },
            async discard() {
              open -= 1;
              await file.discard();
            },
          };
        },
      }),
    });
    const ids = Array.from({ length: 12 }, (_, i) => `conv_${String(i).padStart(24, '0')}`);
    const statuses = await Promise.all(ids.map((id) => post(port, audioWebhook(mp3, id))));
    expect(new Set(statuses)).toEqual(new Set([200]));
    // A file is removed a moment after its turn is over.
    expect(most).toBeLessThanOrEqual(4);
    expect(files()).toHaveLength(12);
    expect((await store.listCalls({}, 50, null)).items).toHaveLength(12);
  });

  test('a small body passes while large ones wait, and a waiting one that leaves loses its place', async () => {
    const { port, files } = await startAudioListener({ limits });
    const begin = (id: string) => {
      const sent = audioWebhook(mp3, id);
      const sender = beginPost(port, { 'elevenlabs-signature': signature(sent, Date.now()) });
      sender.outgoing.write(sent.subarray(0, 60_000));
      return { ...sender, rest: sent.subarray(60_000) };
    };
    const [first, second, third, fourth] = [1, 2, 3, 4].map((i) => begin(`conv_${String(i).repeat(24)}`));
    if (!first || !second || !third || !fourth) throw new Error('four were begun');
    await expect.poll(() => files().length).toBe(2);
    expect(await post(port, Buffer.from('{"type":"anything"}'))).toBe(200);
    third.outgoing.destroy();
    for (const { outgoing, rest } of [first, second, fourth]) outgoing.end(rest);
    expect(await Promise.all([first.status, second.status, fourth.status])).toEqual([200, 200, 200]);
    expect(files()).toHaveLength(3);
  });
});
