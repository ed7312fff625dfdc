// Sends the sound of a recording while it is being made, or what a bad day brings instead.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Response } from 'express';

export interface Sound {
  sizeBytes: number;
  /** Going through them again gives the same bytes. */
  chunks: Iterable<Buffer>;
}

/** An error page answered 200 as if it were audio, or a connection that breaks in the middle. */
export type SoundTrouble = 'error_page' | 'truncated';
export const soundTroubles: readonly SoundTrouble[] = ['error_page', 'truncated'];

/** @param contentType e.g. `audio/mpeg` */
export async function sendSound(
  res: Response,
  { sizeBytes, chunks }: Sound,
  contentType: string,
  trouble: SoundTrouble | null,
): Promise<void> {
  res.status(200);
  if (trouble === 'error_page') {
    res.type('html').send('<html><body><h1>We will be right back</h1></body></html>');
    return;
  }
  res.setHeader('Content-Type', contentType);
  res.setHeader('Content-Length', sizeBytes);
  const isCut = trouble === 'truncated';
  const pieces = politely(chunks, isCut ? Math.floor(sizeBytes / 2) : sizeBytes);
  // Whoever hangs up in the middle has only themselves to tell.
  await pipeline(Readable.from(pieces), res, { end: !isCut }).catch(() => res.destroy());
  if (isCut) res.destroy();
}

/** Up to `limitBytes`; between two pieces everything else in this process gets its turn. */
async function* politely(chunks: Iterable<Buffer>, limitBytes: number): AsyncGenerator<Buffer> {
  let left = limitBytes;
  for (const chunk of chunks) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
    await nextTurn();
  }
}
