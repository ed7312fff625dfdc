// "What happened": each stored event as a short sentence, the strong part first.
import type { CallStatus, TimelineEntry } from '../../preload/contract/calls.ts';
import { sizeText } from './format.ts';
import { dialSentence } from './placing-words.ts';
import { isKnownReason, reasonSentence } from './reasons.ts';
import { type ToldWords, toldWords } from './told-words.ts';

type Told = (entry: TimelineEntry, service: string) => ToldWords;

const plain =
  (strong: string): Told =>
  () => ({ strong, rest: '' });

const withReason =
  (strong: string): Told =>
  (entry, service) => ({ strong, rest: because(entry.code, service) });

/** Another sentence for each status of a call; for one without words of its own, the general one. */
const byStatus =
  (sentences: Partial<Record<CallStatus, string>>, otherwise: string): Told =>
  ({ code }) => ({ strong: new Map(Object.entries(sentences)).get(code ?? '') ?? otherwise, rest: '' });

// While it is still being tried, these are delays; only when the trying has stopped are they reasons.
const late: ReadonlyMap<string, string> = new Map([
  ['provider_not_found', 'does not have the file ready yet'],
  ['provider_rate_limited', 'is busy'],
  ['provider_unavailable', 'is busy'],
]);

const told: Record<string, Told> = {
  'call.started': byStatus({ queued: 'Call placed', ringing: 'Phone rang' }, 'Call started'),
  'call.answered': plain('Call answered'),
  'call.ended': byStatus(
    {
      busy: 'Line was busy',
      no_answer: 'Nobody answered',
      failed: 'Call failed',
      canceled: 'Call canceled',
    },
    'Call ended',
  ),
  'call.noted': (_entry, service) => ({ strong: 'Call updated', rest: ` by ${service}` }),
  'call.placed': plain('Call asked for'),
  'call.dial_started': (_entry, service) => ({ strong: 'Dialling began', rest: ` with ${service}` }),
  'call.dial_postponed': (_entry, service) => ({
    strong: 'Not dialled yet',
    rest: `. ${service} was too busy; Tapedeck tries again in a moment`,
  }),
  'call.dialed': (_entry, service) => ({ strong: 'Dialled', rest: ` by ${service}` }),
  'call.dial_refused': ({ code }, service) => ({
    strong: 'Not dialled',
    rest: `. ${dialSentence(code, service).replace(/\.$/, '')}`,
  }),
  'call.dial_unknown': (_entry, service) => ({
    strong: 'Not known whether it was dialled',
    rest: `. ${service} does not list it`,
  }),
  'call.dial_retried': plain('Asked to dial again'),
  'call.canceled': plain('Taken out'),
  'call.registered': (_entry, service) => ({
    strong: 'Told of by another program',
    rest: service === '' ? '' : `, placed with ${service}`,
  }),
  'call.matched': plain('Joined with another call'),
  'call.unmatched': plain('Taken apart again'),
  'call.told': toldWords,
  'transcript.attached': (_entry, service) => ({ strong: 'Transcript received', rest: ` from ${service}` }),
  'recording.started': plain('Recording started'),
  'recording.processing': plain('Recording being prepared'),
  'recording.available': ({ source }, service) => ({
    strong: 'Recording ready',
    rest:
      source === 'poll' || source === 'sweep'
        ? ', found by a check'
        : source === 'webhook'
          ? `, sent by ${service}`
          : '',
  }),
  'recording.absent': withReason('No recording'),
  'recording.external': withReason('Recording kept elsewhere'),
  'recording.noted': (_entry, service) => ({ strong: 'Recording updated', rest: ` by ${service}` }),
  'recording.fetch_started': plain('Copying started'),
  'recording.fetch_postponed': ({ code }, service) => ({
    strong: 'Will be tried again',
    rest: late.has(code ?? '') ? `. ${service} ${late.get(code ?? '')}` : because(code, service),
  }),
  'recording.failed': withReason('Copying stopped'),
  'recording.retried': plain('Asked to try again'),
  'recording.stored': ({ sizeBytes }) => ({
    strong: 'Saved',
    rest: sizeBytes === null ? ' on this computer' : ` on this computer, ${sizeText(sizeBytes)}`,
  }),
  'recording.deleted': plain('Recording deleted'),
};

// How a call got its own id is bookkeeping, not something that happened to anyone.
const untold = new Set(['call.minted']);

/** @returns null for an entry that is not worth telling; a kind that this version does not know is told by its name */
export function timelineWords(entry: TimelineEntry, service: string): ToldWords | null {
  if (untold.has(entry.kind)) return null;
  const words = told[entry.kind];
  if (words !== undefined) return words(entry, service);
  const name = entry.kind.replaceAll(/[._]/g, ' ');
  return { strong: name.charAt(0).toUpperCase() + name.slice(1), rest: '' };
}

export interface ToldEntry {
  entry: TimelineEntry;
  words: ToldWords;
}

/**
 * The timeline as it is read aloud: without what is not worth telling, without the beginning of a copy whose outcome
 * follows, and with tries that ended alike told once, as the last of them.
 * @param entries in the order of their time
 * @param serviceOf a phone service's name: two of them may tell of one call
 */
export function tellTimeline(
  entries: readonly TimelineEntry[],
  serviceOf: (providerId: string) => string,
): ToldEntry[] {
  return entries.flatMap((entry, index) => {
    const words = timelineWords(entry, serviceOf(entry.providerId));
    if (words === null) return [];
    const later = entries.slice(index + 1).filter((next) => next.recordingId === entry.recordingId);
    if (entry.kind === 'recording.fetch_started' && later.length > 0) return [];
    if (entry.kind !== 'recording.fetch_postponed') return [{ entry, words }];
    if (later.some((next) => isSameTry(next, entry))) return [];
    const tries = entries.filter((other) => isSameTry(other, entry)).length;
    return [
      { entry, words: tries === 1 ? words : { ...words, rest: `${words.rest} (tried ${tries} times)` } },
    ];
  });
}

function isSameTry(a: TimelineEntry, b: TimelineEntry): boolean {
  return a.kind === b.kind && a.code === b.code && a.recordingId === b.recordingId;
}

/** Kinds with words of their own; a test compares them with the domain's. */
export const knownKinds: readonly string[] = [...Object.keys(told), ...untold];

function because(code: string | null, service: string): string {
  if (code === null) return '';
  if (!isKnownReason(code)) return ` (${code})`;
  const sentence = reasonSentence(code, { service });
  return `. ${sentence.replace(/\.$/, '')}`;
}
