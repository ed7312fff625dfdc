// The console's pages and audio for a host that takes a web Request and gives a Response (Electron's own scheme).
// The private listener answers the same from the same parts.
import { Readable } from 'node:stream';
import { readRendererFile } from './api/renderer-files.ts';
import { securityHeaders } from './api/security-headers.ts';
import type { ServeMedia } from './api/serve-media.ts';

/** @param media of the application that the page belongs to; null answers 404 */
export type ConsolePages = (request: Request, media: { serve: ServeMedia } | null) => Promise<Response>;

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Readable | Uint8Array<ArrayBuffer> | null;
}

/** @param rendererDir the built renderer */
export function createConsolePages(rendererDir: string): ConsolePages {
  return async (request, media) => {
    const { status, headers, body } = await find(request, media, rendererDir);
    const content = body instanceof Readable ? toWebStream(body) : body;
    return new Response(content, { status, headers: { ...headers, ...securityHeaders } });
  };
}

async function find(
  request: Request,
  media: { serve: ServeMedia } | null,
  rendererDir: string,
): Promise<Answer> {
  const nothing = { headers: {}, body: null };
  if (media === null) return { status: 404, ...nothing };
  const method = request.method === 'GET' || request.method === 'HEAD' ? request.method : null;
  if (method === null) return { status: 405, ...nothing };
  const { pathname, searchParams } = new URL(request.url);
  const [, recordingId, peaks] = /^\/media\/([^/]+)(\/peaks)?$/.exec(pathname) ?? [];
  if (recordingId !== undefined) {
    return media.serve({
      recordingId,
      part: peaks === undefined ? 'audio' : 'peaks',
      method,
      headers: {
        range: request.headers.get('range') ?? undefined,
        ifNoneMatch: request.headers.get('if-none-match') ?? undefined,
        ifRange: request.headers.get('if-range') ?? undefined,
      },
      download: searchParams.get('download') === '1',
    });
  }
  const file = await readRendererFile(rendererDir, pathname);
  if (file === null) return { status: 404, ...nothing };
  return {
    status: 200,
    headers: { 'content-type': file.contentType, 'cache-control': file.cacheControl },
    body: method === 'HEAD' ? null : new Uint8Array(file.bytes),
  };
}

/** Chunk by chunk as the player takes them; a player that stops ends the reading of the file. */
function toWebStream(body: Readable): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: () => void body.destroy(),
  });
}
