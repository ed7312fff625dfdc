// The sound of recordings: `Recordings/{RE}.wav|.mp3`. https://www.twilio.com/docs/voice/api/recording#fetch-a-recordings-media
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { writeSilentMp3 } from '../audio/mp3.ts';
import { type WavEncoding, type WavLayout, writeWav } from '../audio/wav.ts';
import type { SimRecording } from '../world.ts';
import { notFound, TwilioError } from './errors.ts';
import { choice, type Fields } from './fields.ts';

interface Deps {
  seed: string;
  now: () => number;
  wavEncoding: () => WavEncoding;
}

/**
 * Sends a recording's sound, made while it is sent. `.mp3` is silent (audio/mp3.ts); without an extension it is WAV.
 * Channels are those recorded, or one mixed channel for `RequestedChannels=1`. Sources contradict each other on the
 * order of Twilio's two channels; here the first is the clinic, as the console takes it until a person swaps it.
 * Errors: 20404 while there is no media, 16113 for two channels of a mono recording.
 */
export async function sendMedia(
  deps: Deps,
  recording: SimRecording,
  extension: string,
  fields: Fields,
  req: Request,
  res: Response,
): Promise<void> {
  const ready = recording.mediaFromMs !== null && deps.now() >= recording.mediaFromMs;
  if (recording.state !== 'completed' || !ready) throw notFound(req.path);
  const asked = choice(fields, 'RequestedChannels', ['1', '2']);
  if (asked === '2' && recording.channels === 1) {
    throw new TwilioError(400, 16_113, 'A dual-channel file cannot be requested of a mono recording');
  }
  const channels = asked === '1' ? 1 : recording.channels;
  const durationMs = recording.durationMs ?? 0;
  const file =
    extension === '.mp3'
      ? writeSilentMp3(durationMs, channels)
      : writeWav(
          { seed: `${deps.seed}/${recording.sid}`, durationMs, silences: silencesOf(recording) },
          layoutOf(recording, channels),
          deps.wavEncoding(),
        );
  res.status(200);
  res.setHeader('Content-Type', extension === '.mp3' ? 'audio/mpeg' : 'audio/x-wav');
  res.setHeader('Content-Length', file.sizeBytes);
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  // Whoever hangs up in the middle has only themselves to tell.
  await pipeline(Readable.from(politely(file.chunks)), res).catch(() => res.destroy());
}

/** Between two pieces everything else in this process gets its turn. */
async function* politely(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  for (const chunk of chunks) {
    yield chunk;
    await nextTurn();
  }
}

function layoutOf(recording: SimRecording, channels: 1 | 2): WavLayout {
  // `inbound` is what Twilio hears from the person outside, `outbound` what that person hears.
  if (recording.track === 'inbound') return 'second';
  if (recording.track === 'outbound') return 'first';
  return channels === 2 ? 'dual' : 'mix';
}

/** Pauses that were recorded as silence, on the recording's own time line, where skipped pauses have no length. */
function silencesOf(recording: SimRecording): { fromMs: number; toMs: number }[] {
  const silences: { fromMs: number; toMs: number }[] = [];
  let skippedMs = 0;
  for (const { fromMs, toMs, behavior } of recording.pauses) {
    const from = fromMs - recording.startedAtMs - skippedMs;
    const lengthMs = (toMs ?? fromMs) - fromMs;
    if (behavior === 'skip') skippedMs += lengthMs;
    else silences.push({ fromMs: from, toMs: from + lengthMs });
  }
  return silences;
}
