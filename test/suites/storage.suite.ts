// What every place for recordings on this computer must hold.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileNameOf } from '../../src/main/domain/file-name.ts';
import { recordingIdOf } from '../../src/main/ids.ts';
import type { LocalStorage } from '../../src/main/storage/storage.ts';

export interface OpenedStorage {
  storage: LocalStorage;
  close(): Promise<void>;
}

const id = recordingIdOf('twilio', 'RE1');
const name = fileNameOf(id, 'wav');

async function readAll(storage: LocalStorage, range?: { start: number; end: number }): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of storage.read(name, range)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

export function storageSuite(title: string, open: () => Promise<OpenedStorage>): void {
  describe(title, () => {
    let opened: OpenedStorage;
    let storage: LocalStorage;
    beforeEach(async () => {
      opened = await open();
      storage = opened.storage;
    });
    afterEach(() => opened.close());

    test('a file can be seen only once it is committed, and is then whole', async () => {
      const file = await storage.create(id);
      await file.write(Buffer.from('hello '));
      await file.write(Buffer.from('world'));
      expect(await storage.stat(name)).toBeNull();
      expect((await readFile(file.path)).toString()).toBe('hello world');
      expect(file.sizeBytes).toBe(11);
      expect(file.sha256()).toBe(createHash('sha256').update('hello world').digest('hex'));
      await file.commit(name);
      expect(await storage.stat(name)).toEqual({ sizeBytes: 11 });
      expect((await readAll(storage)).toString()).toBe('hello world');
    });

    test('a discarded file leaves nothing, a committed one survives a discard', async () => {
      const dropped = await storage.create(id);
      await dropped.write(Buffer.from('x'));
      await dropped.discard();
      await dropped.discard();
      expect(await storage.sweep()).toBe(0);
      const kept = await storage.create(id);
      await kept.write(Buffer.from('x'));
      await kept.commit(name);
      await kept.discard();
      expect(await storage.stat(name)).toEqual({ sizeBytes: 1 });
    });

    test('a second commit of the same name replaces the first as a whole', async () => {
      await storage.put(name, Buffer.from('first and longer'));
      await storage.put(name, Buffer.from('second'));
      expect((await readAll(storage)).toString()).toBe('second');
    });

    test('reads exactly the range that is asked for', async () => {
      const bytes = Buffer.from(Array.from({ length: 3_000 }, (_, i) => i % 251));
      await storage.put(name, bytes);
      await fc.assert(
        fc.asyncProperty(fc.nat(2_999), fc.nat(2_999), async (a, b) => {
          const [start, end] = [Math.min(a, b), Math.max(a, b)];
          expect((await readAll(storage, { start, end })).equals(bytes.subarray(start, end + 1))).toBe(true);
        }),
        { numRuns: 40 },
      );
    });

    test.each(['../x.wav', '/etc/passwd', 'aa/rec_1.wav', `${name}.exe`, `incoming/${id}.wav`, '', '.'])(
      'refuses the name %j everywhere',
      async (bad) => {
        expect(() => storage.pathOf(bad)).toThrow('no file of that name');
        expect(() => storage.read(bad)).toThrow('no file of that name');
        await expect(storage.stat(bad)).rejects.toMatchObject({ code: 'not_found' });
        await expect(storage.remove(bad)).rejects.toMatchObject({ code: 'not_found' });
        await expect(storage.put(bad, Buffer.from('x'))).rejects.toMatchObject({ code: 'not_found' });
        expect(await storage.sweep()).toBe(0);
      },
    );

    test('removing twice is no error', async () => {
      await storage.put(name, Buffer.from('x'));
      await storage.remove(name);
      await storage.remove(name);
      expect(await storage.stat(name)).toBeNull();
    });

    test('sweeps what a crash left and nothing else', async () => {
      await storage.put(name, Buffer.from('x'));
      const left = await storage.create(id);
      await left.write(Buffer.from('half'));
      expect(await storage.sweep()).toBe(1);
      expect(await storage.sweep()).toBe(0);
      expect(await storage.stat(name)).toEqual({ sizeBytes: 1 });
    });

    test('says how much space is left', async () => {
      expect(await storage.freeBytes()).toBeGreaterThan(0);
    });
  });
}
