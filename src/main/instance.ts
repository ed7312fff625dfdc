// What this installation keeps about itself between starts, in a file that only its owner can read.
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  instanceId: z.string().regex(/^[0-9a-f]{12}$/),
  apiToken: z.string().min(16),
  apiPort: z.number().int(),
  webhookPort: z.number().int(),
  pid: z.number().int(),
});
export type Instance = z.infer<typeof schema>;

function pathIn(dataDir: string): string {
  return join(dataDir, 'instance.json');
}

/** @returns what the last start left, null when there was none or the file is not ours */
export function readInstance(dataDir: string): Instance | null {
  try {
    return schema.parse(JSON.parse(readFileSync(pathIn(dataDir), 'utf8')));
  } catch {
    return null;
  }
}

/** Id and token of this installation: what was kept, else new ones. A token from the configuration always wins. */
export function identify(
  dataDir: string,
  configuredToken: string | null,
): Pick<Instance, 'instanceId' | 'apiToken'> {
  const kept = readInstance(dataDir);
  return {
    instanceId: kept?.instanceId ?? randomBytes(6).toString('hex'),
    apiToken: configuredToken ?? kept?.apiToken ?? randomBytes(32).toString('base64url'),
  };
}

/** Written once the ports are known; `npm run open` and outside scripts read it. */
export function writeInstance(dataDir: string, instance: Instance): void {
  const temporary = `${pathIn(dataDir)}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(instance, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, pathIn(dataDir));
}
