// Recordings on this computer. Every write goes temp file -> fsync -> rename -> fsync of the folder, so that a crash
// or a power cut leaves either nothing or the whole file under its final name.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import { isFileName } from '../domain/file-name.ts';
import type { LocalStorage, PendingFile } from './storage.ts';

/** Where a test kills the process, in the order in which they are passed. */
export type FileCrashPoint =
  | 'file:half-written'
  | 'file:after-fsync'
  | 'file:after-rename'
  | 'file:after-dir-fsync';

export interface LocalStorageOptions {
  /** Absolute path of the recordings folder; made when missing. */
  dir: string;
  crashPoint?: ((point: FileCrashPoint) => void) | undefined;
}

/** Only the owner may look: folders 0700, files 0600. */
const folderMode = 0o700;
const fileMode = 0o600;

/**
 * Opens the recordings folder.
 * Errors of its functions: disk_full, disk_failed (both retryable), not_found for a name that is none of ours.
 */
export async function createLocalStorage(options: LocalStorageOptions): Promise<LocalStorage> {
  const { dir, crashPoint = () => {} } = options;
  const incoming = path.join(dir, 'incoming');
  await guard(() => mkdir(incoming, { recursive: true, mode: folderMode }));

  function pathOf(fileName: string): string {
    if (!isFileName(fileName)) throw new AppError('not_found', 'There is no file of that name.');
    return path.join(dir, fileName);
  }

  async function create(recordingId: string): Promise<PendingFile> {
    const name = `${recordingId.replace(/\W/g, '')}.${randomBytes(6).toString('hex')}.part`;
    return createPendingFile(path.join(incoming, name), pathOf, crashPoint);
  }

  return {
    dir,
    create,
    pathOf,

    async put(fileName, bytes) {
      const pending = await create('whole');
      try {
        await pending.write(bytes);
        await pending.commit(fileName);
      } finally {
        await pending.discard();
      }
    },

    async stat(fileName) {
      try {
        const { size } = await stat(pathOf(fileName));
        return { sizeBytes: size };
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw asDiskError(error);
      }
    },

    read: (fileName, range) => createReadStream(pathOf(fileName), range),

    remove: (fileName) => guard(() => rm(pathOf(fileName), { force: true })),

    async sweep() {
      const names = await guard(() => readdir(incoming));
      await guard(() => Promise.all(names.map((name) => rm(path.join(incoming, name), { force: true }))));
      return names.length;
    },

    async freeBytes() {
      try {
        const { bavail, bsize } = await statfs(dir);
        return bavail * bsize;
      } catch {
        return null;
      }
    },
  };
}

async function createPendingFile(
  temporary: string,
  pathOf: (fileName: string) => string,
  crashPoint: (point: FileCrashPoint) => void,
): Promise<PendingFile> {
  // `wx`: never through a link or into a file that somebody else put there.
  const file = await guard(() => open(temporary, 'wx', fileMode));
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let state: 'open' | 'committed' | 'gone' = 'open';
  return {
    path: temporary,
    get sizeBytes() {
      return sizeBytes;
    },
    sha256: () => hash.copy().digest('hex'),

    async write(chunk) {
      for (let offset = 0; offset < chunk.length; ) {
        const { bytesWritten } = await guard(() => file.write(chunk, offset));
        offset += bytesWritten;
      }
      hash.update(chunk);
      sizeBytes += chunk.length;
      crashPoint('file:half-written');
    },

    async commit(fileName) {
      const final = pathOf(fileName);
      const folder = path.dirname(final);
      await guard(() => file.sync());
      crashPoint('file:after-fsync');
      await guard(() => file.close());
      const made = await guard(() => mkdir(folder, { recursive: true, mode: folderMode }));
      if (made !== undefined) await syncFolder(path.dirname(folder));
      await guard(() => rename(temporary, final));
      state = 'committed';
      crashPoint('file:after-rename');
      await syncFolder(folder);
      crashPoint('file:after-dir-fsync');
    },

    async discard() {
      if (state !== 'open') return;
      state = 'gone';
      await file.close().catch(() => {});
      await guard(() => rm(temporary, { force: true }));
    },
  };
}

/** Makes a rename durable. Windows has no such call: there the journal of NTFS keeps the order. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  await guard(async () => {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

async function guard<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw asDiskError(error);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function asDiskError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk_full', 'The disk is full.', { retryable: true, cause: error });
  }
  return new AppError('disk_failed', 'The recordings folder could not be written or read.', {
    retryable: true,
    cause: error,
  });
}
