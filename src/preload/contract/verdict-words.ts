// A verdict said in words, from the catalogue that the console and `calls.get` share. Pure TypeScript, so that either
// side may import it as values.
import { verdictCatalogue } from './verdict-catalogue.ts';
import type { VerdictLabel, VerdictNames } from './verdict-labels.ts';
import type { Verdict } from './verdicts.ts';

/**
 * For so long after its end a call without a recording means "not yet"; later it means "none". One number for rows
 * and verdicts, so that they agree.
 */
export const notYetMs = 10 * 60_000;

/** What a call's row would say. */
export function verdictLabel({ cause, isSafe }: Pick<Verdict, 'cause' | 'isSafe'>): VerdictLabel {
  const { label } = verdictCatalogue[cause];
  // Of a word that did not come through: what became of the recording all the same.
  return isSafe && label === 'Not recorded' ? 'Saved' : label;
}

/** One plain sentence or two, with exact times; what is safe comes first. */
export function verdictSentence(verdict: Verdict, { service, at }: VerdictNames): string {
  const { cause, isSafe, sinceMs, nextLookAtMs, evidence } = verdict;
  const next = nextLookAtMs === null ? null : at(nextLookAtMs);
  const attempts = Math.max(0, ...evidence.map((item) => item.attempts ?? 0));
  return verdictCatalogue[cause].sentence({
    service,
    at,
    isSafe,
    since: at(sinceMs),
    sinceBare: at(sinceMs).replace(/^(?:at|on) /, ''),
    again: next === null ? '' : ` We will look again ${next}.`,
    retry: next === null ? '' : ` It will be tried again ${next}.`,
    times: attempts > 1 ? ` ${attempts} times` : ' several times',
  });
}

const months = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** `at 10:43`; on another day `on 3 October at 10:43`. In the time zone of the computer. */
export function momentSaid(atMs: number, nowMs: number): string {
  const [at, now] = [new Date(atMs), new Date(nowMs)];
  const time = `at ${at.getHours()}:${String(at.getMinutes()).padStart(2, '0')}`;
  if (at.toDateString() === now.toDateString()) return time;
  return `on ${at.getDate()} ${months[at.getMonth()] ?? ''} ${time}`;
}
