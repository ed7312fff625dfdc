// The sample data folder: always begun empty, removed at the end. Only ever a folder that sampleConfig or --sandbox named.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Removes what a crash left of an earlier visit; the lock file of this visit stays. */
export function emptySampleFolder(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (!name.startsWith('lock.db')) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

export function removeSampleFolder(dataDir: string): void {
  rmSync(dataDir, { recursive: true, force: true });
}
