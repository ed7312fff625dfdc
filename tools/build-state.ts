import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

function newestMs(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce(
    (newest, name) => Math.max(newest, newestMs(join(path, name))),
    stat.mtimeMs,
  );
}

/** True when the product was never built or a source is newer than what was built. */
export function isStale(root: string): boolean {
  const outputs = [
    'main/headless.js',
    'main/index.js',
    'main/worker.js',
    'main/store.js',
    'preload/index.cjs',
    'renderer/index.html',
  ].map((name) => join(root, 'out', name));
  if (!outputs.every((path) => existsSync(path))) return true;
  const builtMs = Math.min(...outputs.map((path) => statSync(path).mtimeMs));
  return ['src', 'package.json', 'electron.vite.config.ts'].some(
    (name) => newestMs(join(root, name)) > builtMs,
  );
}
