// Stretches of time as filters of Twilio's lists.
import type { Window } from '../provider.ts';

const dayMs = 86_400_000;

/**
 * The days around a stretch of time. The documents of the filters speak of days, the API also takes seconds: whole
 * days mean the same to both, and rows outside are dropped by isWithin.
 * Source: https://www.twilio.com/docs/voice/api/recording#read-multiple-recording-resources (DateCreated)
 */
export function daysAround({ fromMs, toMs }: Window): { after: Date; before: Date } {
  return {
    after: new Date(Math.floor(fromMs / dayMs) * dayMs),
    before: new Date((Math.floor(toMs / dayMs) + 1) * dayMs),
  };
}

/** Whether a row is of this stretch; Twilio knows whole seconds only. A row that names no moment is kept. */
export function isWithin({ fromMs, toMs }: Window, atMs: number | undefined): boolean {
  return atMs === undefined || (atMs >= Math.floor(fromMs / 1000) * 1000 && atMs <= toMs);
}
