// The built console's files, for both hosts. They hold no data; still only signed-in browsers get them.
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

export interface RendererFile {
  bytes: Buffer;
  contentType: string;
  cacheControl: string;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.map': 'application/json',
};

/**
 * Path as the browser sent it, still encoded. Plain names only, one dot at least in the last one: no `..`, no
 * encoded character, no hidden file. What the build makes fits this; everything else does not exist.
 */
const plainPath = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

/**
 * @param dir the built renderer
 * @param path of the URL, e.g. `/` or `/assets/index-abc.js`
 * @returns null when there is no such file
 */
export async function readRendererFile(dir: string, path: string): Promise<RendererFile | null> {
  const name = path === '/' ? '/index.html' : path;
  const contentType = contentTypes[extname(name)];
  if (contentType === undefined || !plainPath.test(name)) return null;
  try {
    return {
      bytes: await readFile(join(dir, name)),
      contentType,
      // Names in assets carry a hash of their content, so they never change.
      cacheControl: name.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store',
    };
  } catch {
    return null;
  }
}
