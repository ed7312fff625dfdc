import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLocalStorage } from '../../src/main/storage/local.ts';
import { storageSuite } from './storage.suite.ts';

storageSuite('local storage', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'tapedeck-storage-'));
  const storage = await createLocalStorage({ dir: path.join(dir, 'recordings') });
  return { storage, close: () => rm(dir, { recursive: true }) };
});
