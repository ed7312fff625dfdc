// What both hosts ask of the media function (media.ts): one request for audio or peaks, without HTTP around it.
import type { Readable } from 'node:stream';

export interface MediaQuestion {
  /** As it came in the URL; anything that is no recording answers 404. */
  recordingId: string;
  part: 'audio' | 'peaks';
  method: 'GET' | 'HEAD';
  headers: {
    range: string | undefined;
    ifNoneMatch: string | undefined;
    ifRange: string | undefined;
  };
  /** True: to be saved as a file, with a name. */
  download: boolean;
}

export interface MediaAnswer {
  status: number;
  headers: Record<string, string>;
  body: Readable | null;
}

export type ServeMedia = (question: MediaQuestion) => Promise<MediaAnswer>;
