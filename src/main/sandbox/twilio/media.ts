// The sound of recordings: `Recordings/{RE}.wav|.mp3`. https://www.twilio.com/docs/voice/api/recording#fetch-a-recordings-media
import type { Request, Response } from 'express';
import type { Dialogue } from '../audio/dialogue.ts';
import { writeMp3 } from '../audio/mp3.ts';
import { type WavEncoding, type WavLayout, writeWav } from '../audio/wav.ts';
import type { SandboxClock } from '../clock.ts';
import { sendSound, type Sound, soundTroubles } from '../send-sound.ts';
import { createFates, fateOfDownload } from '../weather.ts';
import type { SimRecording } from '../world.ts';
import { notFound, TwilioError } from './errors.ts';
import { choice, type Fields } from './fields.ts';
import type { TwilioSwitches } from './switches.ts';

interface Deps {
  clock: SandboxClock;
  seed: string;
  switches: TwilioSwitches;
}

export interface TwilioMedia {
  /**
   * Sends a recording's sound, made while it is sent. Without an extension it is WAV. Channels are those recorded, or
   * one mixed channel for `RequestedChannels=1`. Sources contradict each other on the order of Twilio's two channels;
   * here the first is the clinic, as the console takes it until a person swaps it.
   * Errors: 20404 while there is no media, 16113 for two channels of a mono recording.
   */
  send(
    recording: SimRecording,
    extension: string,
    fields: Fields,
    req: Request,
    res: Response,
  ): Promise<void>;
}

export function createMedia({ clock, seed, switches }: Deps): TwilioMedia {
  const fates = createFates(`${seed}/media`);
  return {
    async send(recording, extension, fields, req, res) {
      const isReady = recording.mediaFromMs !== null && clock.now() >= recording.mediaFromMs;
      if (recording.state !== 'completed' || !isReady) throw notFound(req.path);
      const asked = choice(fields, 'RequestedChannels', ['1', '2']);
      if (asked === '2' && recording.channels === 1) {
        throw new TwilioError(400, 16_113, 'A dual-channel file cannot be requested of a mono recording');
      }
      const channels = asked === '1' ? 1 : recording.channels;
      const isMp3 = extension === '.mp3';
      const sound = isMp3
        ? writeMp3(dialogueOf(seed, recording), channels)
        : soundOf({ seed, encoding: switches.wavEncoding }, recording, channels);
      const contentType = isMp3 ? 'audio/mpeg' : 'audio/x-wav';
      if (req.method === 'HEAD') {
        res.set({ 'Content-Type': contentType, 'Content-Length': String(sound.sizeBytes) }).end();
        return;
      }
      const trouble = fateOfDownload(fates.next(recording.sid), switches, soundTroubles);
      await sendSound(res, sound, contentType, trouble);
    },
  };
}

/** A recording as WAV. @param channels 1 mixes what was recorded on two */
export function soundOf(
  { seed, encoding }: { seed: string; encoding: WavEncoding },
  recording: SimRecording,
  channels: 1 | 2,
): Sound {
  return writeWav(dialogueOf(seed, recording), layoutOf(recording, channels), encoding);
}

function dialogueOf(seed: string, recording: SimRecording): Dialogue {
  const durationMs = recording.durationMs ?? 0;
  return { seed: `${seed}/${recording.sid}`, durationMs, silences: silencesOf(recording) };
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
