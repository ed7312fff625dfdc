// What sample mode finds when it opens: a clinic's day so far, and calls that keep coming.
import { type CallWish, clinicLines } from './plan-call.ts';
import type { Random } from './random.ts';

/** Longer than anybody waits: the media of this recording never turns up. */
const neverMs = 400 * 86_400_000;
const minuteMs = 60_000;

/** The latest calls, newest first: one of everything that a call log can show. The first is still going on. */
const recent: readonly (Omit<CallWish, 'startsAtMs'> & { agoMin: number })[] = [
  { agoMin: 2, direction: 'inbound', line: clinicLines[1], talkMs: 5.5 * minuteMs },
  { agoMin: 13, direction: 'inbound', line: clinicLines[0], talkMs: 247_000 },
  { agoMin: 26, direction: 'outbound', line: clinicLines[2], talkMs: 112_000 },
  { agoMin: 39, direction: 'inbound', line: clinicLines[1], talkMs: 48_000, mediaLateMs: neverMs },
  { agoMin: 46, direction: 'inbound', line: clinicLines[0], outcome: 'no_answer' },
  { agoMin: 60, direction: 'inbound', line: clinicLines[1], talkMs: 380_000, record: false },
  { agoMin: 74, direction: 'outbound', line: clinicLines[0], talkMs: 191_000 },
  { agoMin: 92, direction: 'inbound', line: clinicLines[1], talkMs: 159_000 },
  { agoMin: 101, direction: 'inbound', line: clinicLines[0], talkMs: 355_000 },
  { agoMin: 113, direction: 'outbound', line: clinicLines[0], outcome: 'busy' },
  { agoMin: 117, direction: 'inbound', line: clinicLines[1], outcome: 'too_short' },
];

/**
 * Calls that have already happened, newest first.
 * @param count after the eleven latest the others lie in the opening hours (8 to 18) of yesterday and the days before
 */
export function planHistory(random: Random, nowMs: number, count: number): CallWish[] {
  const wishes: CallWish[] = recent
    .slice(0, count)
    .map(({ agoMin, ...wish }) => ({ ...wish, startsAtMs: nowMs - agoMin * minuteMs }));
  const older = Array.from({ length: Math.max(0, count - recent.length) }, (_, i) => ({
    startsAtMs: openingHours(random, nowMs, 1 + Math.floor(i / 24)),
    outcome: random.chance(0.1) ? ('no_answer' as const) : ('answered' as const),
  }));
  return [...wishes, ...older.sort((a, b) => b.startsAtMs - a.startsAtMs)];
}

function openingHours(random: Random, nowMs: number, daysAgo: number): number {
  const day = new Date(nowMs);
  day.setDate(day.getDate() - daysAgo);
  day.setHours(8, 0, 0, 0);
  return day.getTime() + Math.round(random.between(0, 10 * 60 * minuteMs));
}

/** The next call of a usual day. */
export function planNext(random: Random, nowMs: number): CallWish {
  const dice = random.next();
  const outcome = dice < 0.06 ? 'busy' : dice < 0.14 ? 'no_answer' : dice < 0.18 ? 'too_short' : 'answered';
  return { startsAtMs: nowMs, outcome };
}
