// Which line of a transcript is being spoken, and who speaks. Pure.
import type { TranscriptLine } from '../../../preload/contract/calls.ts';

export const speakerWords: Record<TranscriptLine['speaker'], string> = {
  clinic: 'Clinic',
  caller: 'Caller',
  unknown: 'Somebody',
};

/**
 * The line that was begun last, whatever the order in which lines came.
 * @param atMs from the start of the conversation
 * @returns -1 before the first one that has a time
 */
export function currentLine(lines: readonly TranscriptLine[], atMs: number): number {
  let current = -1;
  let begunMs = -1;
  lines.forEach((line, index) => {
    if (line.atMs === null || line.atMs > atMs || line.atMs < begunMs) return;
    current = index;
    begunMs = line.atMs;
  });
  return current;
}
