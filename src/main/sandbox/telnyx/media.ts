// The sound of recordings, behind signed links that live 600 s, as at S3: an Authorization header is refused.
// https://developers.telnyx.com/docs/voice/programmable-voice/storing-call-recordings
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { writeMp3 } from '../audio/mp3.ts';
import { writeWav } from '../audio/wav.ts';
import type { SandboxClock } from '../clock.ts';
import { sendSound, type Sound, soundTroubles } from '../send-sound.ts';
import { createFates, fateOfDownload } from '../weather.ts';
import type { TelnyxSwitches } from './switches.ts';
import type { TelnyxRecording, TelnyxWorld } from './world.ts';

/** The folder of the links' path, named like Telnyx's bucket. */
export const bucket = '/telephony-recorder-prod';

export interface TelnyxMedia {
  /** A link of ten minutes from now, or into the customer's own storage. */
  linkOf(recording: TelnyxRecording): string;
  send(req: Request, res: Response): Promise<void>;
  soundOf(recording: TelnyxRecording): Sound;
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
const contentTypes = { wav: 'audio/wav', mp3: 'audio/mpeg' } as const;

export function createTelnyxMedia({ clock, seed, world, switches, origin }: Deps): TelnyxMedia {
  const fates = createFates(`${seed}/telnyx-media`);

  const soundOf = ({ id, durationMs, channels, format, isSilent }: TelnyxRecording): Sound => {
    const isDual = channels === 'dual';
    const silences = isSilent ? [{ fromMs: 0, toMs: durationMs }] : [];
    const dialogue = { seed: `${seed}/${id}`, durationMs, silences };
    return format === 'mp3'
      ? writeMp3(dialogue, isDual ? 2 : 1)
      : writeWav(dialogue, isDual ? 'dual' : 'mix');
  };

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
      if (clock.now() < recording.mediaFromMs) {
        refuse(res, 404, 'NoSuchKey', 'The specified key does not exist.');
        return;
      }
      const fate = fateOfDownload(fates.next(recording.id), switches, [...soundTroubles, 'expired'] as const);
      if (fate === 'expired' || clock.now() > untilMs) {
        refuse(res, 403, 'AccessDenied', 'Request has expired');
      } else {
        await sendSound(res, soundOf(recording), contentTypes[recording.format], fate);
      }
    },
    soundOf,
  };
}

function isSame(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

function refuse(res: Response, status: number, code: string, message: string): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  res.status(status).type('application/xml').send(text);
}
