// The sound of recordings, behind signed links that live 600 s, as at S3: an Authorization header is refused.
// https://developers.telnyx.com/docs/voice/programmable-voice/storing-call-recordings
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { writeSilentMp3 } from '../audio/mp3.ts';
import { writeWav } from '../audio/wav.ts';
import type { SandboxClock } from '../clock.ts';
import type { TelnyxSwitches } from './switches.ts';
import type { TelnyxRecording, TelnyxWorld } from './world.ts';

/** The folder of the links' path, named like Telnyx's bucket. */
export const bucket = '/telephony-recorder-prod';

export interface TelnyxMedia {
  /** A link of ten minutes from now, or into the customer's own storage. */
  linkOf(recording: TelnyxRecording): string;
  send(req: Request, res: Response): Promise<void>;
}

interface Deps {
  clock: SandboxClock;
  seed: string;
  world: TelnyxWorld;
  switches: TelnyxSwitches;
  /** Of the server, e.g. `http://127.0.0.1:40123`. */
  origin: () => string;
}

const lifeMs = 600_000;

export function createTelnyxMedia({ clock, seed, world, switches, origin }: Deps): TelnyxMedia {
  const downloads = new Map<string, number>();

  const signatureOf = (path: string, untilMs: number): string =>
    createHmac('sha256', `links/${seed}`).update(`${path} ${untilMs}`).digest('hex');

  return {
    linkOf(recording) {
      const file = `${recording.call.legId}-${Math.floor(recording.startedAtMs / 1000)}`;
      if (switches.externalStorage) return `s3://a-clinic-of-its-own/${file}.${recording.format}`;
      const path = `${bucket}/${recording.id}/${file}.${recording.format}`;
      const untilMs = Math.round(clock.now() + lifeMs);
      const query = `X-Amz-Expires=600&until=${untilMs}&X-Amz-Signature=${signatureOf(path, untilMs)}`;
      return `${origin()}${path}?${query}`;
    },
    async send(req, res) {
      if (req.get('authorization') !== undefined) {
        refuse(res, 400, 'InvalidArgument', 'Only one auth mechanism allowed');
        return;
      }
      const [until, signature] = [req.query['until'], req.query['X-Amz-Signature']];
      const untilMs = Number(until);
      if (typeof signature !== 'string' || !isSame(signature, signatureOf(req.path, untilMs))) {
        refuse(res, 403, 'SignatureDoesNotMatch', 'The request signature does not match.');
        return;
      }
      const recording = world.recordings.get(req.path.split('/')[2] ?? '');
      if (recording === undefined || recording.state !== 'saved') {
        refuse(res, 404, 'NoSuchKey', 'The specified key does not exist.');
        return;
      }
      const times = (downloads.get(recording.id) ?? 0) + 1;
      downloads.set(recording.id, times);
      const trouble = times <= switches.mediaTroubleTimes ? switches.mediaTrouble : null;
      if (trouble === 'expired' || clock.now() > untilMs) {
        refuse(res, 403, 'AccessDenied', 'Request has expired');
      } else if (trouble === 'error_page') {
        res.type('html').send('<html><body><h1>We will be right back</h1></body></html>');
      } else {
        await sendSound(seed, recording, switches.silent, trouble === 'truncated', res);
      }
    },
  };
}

function isSame(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

function refuse(res: Response, status: number, code: string, message: string): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  res.status(status).type('application/xml').send(text);
}

async function sendSound(
  seed: string,
  recording: TelnyxRecording,
  silent: boolean,
  truncated: boolean,
  res: Response,
): Promise<void> {
  const { durationMs } = recording;
  const silences = silent ? [{ fromMs: 0, toMs: durationMs }] : [];
  const dual = recording.channels === 'dual';
  const file =
    recording.format === 'mp3'
      ? writeSilentMp3(durationMs, dual ? 2 : 1)
      : writeWav({ seed: `${seed}/${recording.id}`, durationMs, silences }, dual ? 'dual' : 'mix');
  res.status(200);
  res.setHeader('Content-Type', recording.format === 'mp3' ? 'audio/mpeg' : 'audio/wav');
  res.setHeader('Content-Length', file.sizeBytes);
  // Whoever hangs up in the middle has only themselves to tell.
  const chunks = truncated ? half(file.chunks, file.sizeBytes) : file.chunks;
  await pipeline(Readable.from(politely(chunks)), res, { end: !truncated }).catch(() => res.destroy());
  if (truncated) res.destroy();
}

function* half(chunks: Iterable<Buffer>, sizeBytes: number): Generator<Buffer> {
  let left = Math.floor(sizeBytes / 2);
  for (const chunk of chunks) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}

/** Between two pieces everything else in this process gets its turn. */
async function* politely(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  for (const chunk of chunks) {
    yield chunk;
    await nextTurn();
  }
}
