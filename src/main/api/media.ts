// Audio and peaks of stored recordings, for the console only: `/media/<recordingId>` and `/media/<recordingId>/peaks`.
// Knows no HTTP server: the private listener and Electron's own scheme both ask it. Files are streamed, so that a
// seek into a recording of hours costs what it returns.
import { Readable } from 'node:stream';
import { fileNameOf } from '../domain/file-name.ts';
import type { RecordingRow } from '../domain/recording.ts';
import type { LocalStorage } from '../storage/storage.ts';
import type { Store } from '../store/store.ts';
import { namesTag, parseRange } from './byte-range.ts';
import type { MediaAnswer, MediaQuestion, ServeMedia } from './serve-media.ts';

export interface Media {
  /** Never rejects for what is asked; rejects with disk_failed when the folder cannot be read. */
  serve: ServeMedia;
}

interface MediaFile {
  fileName: string;
  sizeBytes: number;
  contentType: string;
  etag: string;
}

/**
 * Makes the media function. Answers 200, 206 (one range), 304, 404 (no such recording, or no peaks), 409 (known but
 * not playable now), 416; a multiple or malformed range gets the whole file, as RFC 9110 allows.
 */
export function createMedia(deps: {
  store: Pick<Store, 'getRecording'>;
  storage: Pick<LocalStorage, 'stat' | 'read'>;
}): Media {
  const { store, storage } = deps;

  async function audioOf(row: RecordingRow): Promise<MediaFile | null> {
    const { status, fileName, contentType, sha256 } = row;
    if (status !== 'stored' || fileName === null || contentType === null || sha256 === null) return null;
    const file = await storage.stat(fileName);
    // A file of another size is not the one whose hash is promised as ETag.
    if (file === null || file.sizeBytes !== row.sizeBytes) return null;
    return { fileName, contentType, sizeBytes: file.sizeBytes, etag: `"${sha256}"` };
  }

  async function peaksOf(row: RecordingRow): Promise<MediaFile | null> {
    if (row.status !== 'stored') return null;
    const fileName = fileNameOf(row.recordingId, 'peaks');
    const file = await storage.stat(fileName);
    if (file === null) return null;
    const etag = `"peaks-${row.sha256 ?? ''}-${file.sizeBytes}"`;
    return { fileName, contentType: 'application/octet-stream', sizeBytes: file.sizeBytes, etag };
  }

  return {
    async serve(question) {
      const row = await store.getRecording(question.recordingId);
      if (row === null) return plain(404, 'There is no such recording.', question);
      if (question.part === 'peaks') {
        const peaks = await peaksOf(row);
        return peaks === null
          ? plain(404, 'There is no waveform for this recording.', question)
          : answer(peaks, row, question);
      }
      const audio = await audioOf(row);
      return audio === null
        ? plain(409, 'This recording cannot be played now.', question)
        : answer(audio, row, question);
    },
  };

  function answer(file: MediaFile, row: RecordingRow, question: MediaQuestion): MediaAnswer {
    const { method, headers: asked } = question;
    const { sizeBytes, etag } = file;
    const headers: Record<string, string> = {
      'accept-ranges': 'bytes',
      // Kept by the browser, but asked for again each time: a deleted recording must not play from a cache.
      'cache-control': 'private, max-age=0, must-revalidate',
      etag,
      'x-content-type-options': 'nosniff',
    };
    if (namesTag(asked.ifNoneMatch, etag)) return { status: 304, headers, body: null };
    headers['content-type'] = file.contentType;
    if (question.download)
      headers['content-disposition'] = `attachment; filename="${downloadName(row, file)}"`;
    // Range is for GET alone, and only for the version that the asker has seen.
    const isRangeAsked = method === 'GET' && (asked.ifRange === undefined || asked.ifRange.trim() === etag);
    const range = isRangeAsked ? parseRange(asked.range, sizeBytes) : null;
    if (range === 'unsatisfiable') {
      const refused = plain(416, 'Nothing of this recording lies in that range.', question);
      return { ...refused, headers: { ...refused.headers, 'content-range': `bytes */${sizeBytes}` } };
    }
    const { start, end } = range ?? { start: 0, end: sizeBytes - 1 };
    headers['content-length'] = String(end - start + 1);
    if (range !== null) headers['content-range'] = `bytes ${start}-${end}/${sizeBytes}`;
    const body = method === 'HEAD' ? null : storage.read(file.fileName, { start, end });
    return { status: range === null ? 200 : 206, headers, body };
  }
}

/** Tells when, never who: exported files travel. */
function downloadName({ startedAtMs, storedAtMs }: RecordingRow, { fileName }: MediaFile): string {
  const moment = new Date(startedAtMs ?? storedAtMs ?? 0).toISOString();
  const digits = moment.slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `tapedeck-${digits}z.${fileName.split('.').at(-1) ?? 'wav'}`;
}

function plain(status: number, sentence: string, { method }: MediaQuestion): MediaAnswer {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(sentence)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  return { status, headers, body: method === 'HEAD' ? null : Readable.from([Buffer.from(sentence)]) };
}
