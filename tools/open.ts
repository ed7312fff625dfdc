// Prints a fresh address that signs a browser in to the running console.
import { loadConfig } from '../src/main/config.ts';
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

// The same settings as the running one was started with, `.env` included.
const { dataDir } = loadConfig(process.env, process.argv.slice(2), process.cwd());
const url = await freshAddress(dataDir);
if (url === null) {
  process.stderr.write('Tapedeck is not running with this data folder. Start it with npm start.\n');
  process.exitCode = 1;
} else {
  process.stdout.write(`${url}\n`);
}
