// Prints a fresh address that signs a browser in to the running console.
import { resolve } from 'node:path';
import { defaultDataDir } from '../src/main/config.ts';
import { readInstance } from '../src/main/instance.ts';

async function freshAddress(dataDir: string): Promise<string | null> {
  const instance = readInstance(dataDir);
  if (instance === null) return null;
  try {
    const response = await fetch(`http://127.0.0.1:${instance.apiPort}/session/code`, {
      method: 'POST',
      headers: { authorization: `Bearer ${instance.apiToken}` },
      signal: AbortSignal.timeout(5_000),
    });
    const answer: unknown = await response.json();
    return typeof answer === 'object' && answer !== null && 'url' in answer ? String(answer.url) : null;
  } catch {
    return null;
  }
}

const baseDir = resolve(process.env['TAPEDECK_DATA_DIR'] || defaultDataDir());
const url = await freshAddress(process.argv.includes('--sandbox') ? resolve(baseDir, 'sample') : baseDir);
if (url === null) {
  process.stderr.write('Tapedeck is not running with this data folder. Start it with npm start.\n');
  process.exitCode = 1;
} else {
  process.stdout.write(`${url}\n`);
}
