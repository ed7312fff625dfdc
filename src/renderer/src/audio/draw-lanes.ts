// The two lanes as bars on a canvas. Pure but for the canvas it is given.
import { bars, type Peaks } from './peaks.ts';

export interface Lane {
  channel: number;
  colour: string;
}

interface LaneSize {
  width: number;
  height: number;
  pixelRatio: number;
}

const barWidth = 2;
const barPitch = 3;
// Where the middle of a lane is, as a share of the height; leaves room for the line between two.
const middles: Record<number, readonly number[]> = { 1: [0.5], 2: [0.26, 0.74] };
const reach: Record<number, number> = { 1: 0.46, 2: 0.22 };
// A recording quieter than this is not blown up to full height: it would look as loud as a normal one.
const quietest = 0.25;

/** Loudest sample of the whole recording, 0..1: both lanes share it, so that they stay comparable. */
export function loudness({ values }: Peaks): number {
  let loudest = 0;
  for (const value of values) loudest = Math.max(loudest, Math.abs(value));
  return Math.max(quietest, loudest / 128);
}

/** @param dim 0..1, how strong the colour is: what was played is bright, the rest dim */
export function drawLanes(
  canvas: HTMLCanvasElement,
  peaks: Peaks,
  lanes: readonly Lane[],
  view: { fromMs: number; toMs: number },
  { width, height, pixelRatio }: LaneSize,
  loudest: number,
  dim: number,
): void {
  canvas.width = Math.round(width * pixelRatio);
  canvas.height = Math.round(height * pixelRatio);
  const context = canvas.getContext('2d');
  if (context === null || width <= 0) return;
  context.scale(pixelRatio, pixelRatio);
  context.clearRect(0, 0, width, height);
  context.globalAlpha = dim;
  const count = Math.floor(width / barPitch);
  lanes.forEach(({ channel, colour }, index) => {
    const middle = (middles[lanes.length]?.[index] ?? 0.5) * height;
    const half = (reach[lanes.length] ?? 0.22) * height;
    context.fillStyle = colour;
    bars(peaks, channel, view.fromMs, view.toMs, count).forEach(({ low, high }, bar) => {
      const size = Math.max(1, (Math.max(-low, high) / loudest) * half);
      context.fillRect(bar * barPitch, Math.round(middle - size), barWidth, Math.round(size * 2));
    });
  });
}
