// Waveform of a WAV file in one pass: read in pieces, never held whole. Runs in the worker thread; an hour of
// two-channel 8 kHz audio is 115 MB, which would hold up every webhook if the main loop walked through it.
import { createReadStream } from 'node:fs';
import { peaksPerSecond } from '../domain/audio.ts';
import { createWavScanner, type WavFormat } from '../domain/wav.ts';
import { createDecoder } from './decode-samples.ts';
import type { Peaks } from './worker.ts';

const readBytes = 256 * 1024;

/**
 * Computes the peaks of a file.
 * @param path absolute
 * @returns 50 steps a second per channel; null when it is no WAV that can be read (the browser draws the others)
 */
export async function makePeaks(path: string): Promise<Peaks | null> {
  const found: { collector?: PeakCollector } = {};
  const scanner = createWavScanner({
    onFormat: (format) => {
      found.collector = createPeakCollector(format);
    },
    onSound: (bytes) => found.collector?.add(bytes),
  });
  for await (const chunk of createReadStream(path, { highWaterMark: readBytes })) {
    if (chunk instanceof Uint8Array) scanner.feed(chunk);
  }
  return scanner.finish().ok ? (found.collector?.finish() ?? null) : null;
}

interface PeakCollector {
  /** Sound bytes in order, cut anywhere. */
  add(bytes: Uint8Array): void;
  finish(): Peaks;
}

function createPeakCollector(format: WavFormat): PeakCollector {
  const { channels, sampleRate } = format;
  const decode = createDecoder(format);
  const frameBytes = channels * format.sampleBytes;
  const low = new Int16Array(channels).fill(32_767);
  const high = new Int16Array(channels).fill(-32_768);
  let data = new Int8Array(64 * 1024);
  let dataBytes = 0;
  let steps = 0;
  let frames = 0;
  let cut = new Uint8Array(0);

  // Steps end on whole frames even where 50 does not divide the rate (11,025 Hz): no drift over hours.
  const endOfStep = (): number => Math.floor(((steps + 1) * sampleRate) / peaksPerSecond);

  function closeStep(): void {
    if (dataBytes + channels * 2 > data.length) {
      const longer = new Int8Array(data.length * 2);
      longer.set(data);
      data = longer;
    }
    for (let channel = 0; channel < channels; channel++) {
      // Towards zero, so that silence is 0 and not -1.
      data[dataBytes++] = Math.trunc((low[channel] ?? 0) / 256);
      data[dataBytes++] = Math.trunc((high[channel] ?? 0) / 256);
    }
    low.fill(32_767);
    high.fill(-32_768);
    steps++;
  }

  function addFrames(samples: Int16Array): void {
    let at = 0;
    while (at < samples.length) {
      const stepFrames = endOfStep() - frames;
      const end = Math.min(samples.length, at + stepFrames * channels);
      for (let channel = 0; channel < channels; channel++) {
        let min = low[channel] ?? 0;
        let max = high[channel] ?? 0;
        for (let i = at + channel; i < end; i += channels) {
          const sample = samples[i] ?? 0;
          if (sample < min) min = sample;
          if (sample > max) max = sample;
        }
        low[channel] = min;
        high[channel] = max;
      }
      frames += (end - at) / channels;
      at = end;
      if (frames === endOfStep()) closeStep();
    }
  }

  return {
    add(bytes) {
      let whole = bytes;
      if (cut.length > 0) {
        whole = new Uint8Array(cut.length + bytes.length);
        whole.set(cut);
        whole.set(bytes, cut.length);
      }
      const usable = whole.length - (whole.length % frameBytes);
      cut = whole.slice(usable);
      addFrames(decode(whole.subarray(0, usable)));
    },
    finish() {
      if (frames > Math.floor((steps * sampleRate) / peaksPerSecond)) closeStep();
      return { data: new Uint8Array(data.buffer, 0, dataBytes), perSecond: peaksPerSecond, channels };
    },
  };
}
