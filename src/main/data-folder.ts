// The data folder as a whole. The sample one is always begun empty and removed at the end: only ever a folder that
// sampleConfig or --sandbox named.
import { accessSync, constants, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from './domain/errors.ts';

/**
 * Makes the folder, readable by its owner only, and checks that it can be written.
 * Errors: bad_config, with a sentence that names the folder and why it cannot be used.
 */
export function prepareDataFolder(dataDir: string): void {
  try {
    makeFolder(dataDir);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new AppError(
      'bad_config',
      `The data folder ${dataDir} cannot be used: ${whyUnusable.get(code) ?? code}. Choose another with TAPEDECK_DATA_DIR.`,
      { cause: error },
    );
  }
}

/** One folder after the other: Node's own recursive mkdir never returns below /proc. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

const whyUnusable: ReadonlyMap<string, string> = new Map([
  ['EEXIST', 'it is not a folder'],
  ['ENOENT', 'it cannot be made there'],
  ['ENOTDIR', 'it is not a folder'],
  ['EACCES', 'this user may not write there'],
  ['EPERM', 'this user may not write there'],
  ['EROFS', 'nothing can be written there'],
  ['ENOSPC', 'there is no space left'],
]);

/** Removes what a crash left of an earlier visit; the lock file of this visit stays. */
export function emptySampleFolder(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (!name.startsWith('lock.db')) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

export function removeSampleFolder(dataDir: string): void {
  rmSync(dataDir, { recursive: true, force: true });
}
