// "What happened": each stored event as a short sentence, the strong part first.
import type { TimelineEntry } from '../../preload/contract/calls.ts';
import { sizeText } from './format.ts';
import { isKnownReason, reasonSentence } from './reasons.ts';

export interface TimelineWords {
  strong: string;
  rest: string;
}

type Told = (entry: TimelineEntry, service: string) => TimelineWords;

const plain =
  (strong: string): Told =>
  () => ({ strong, rest: '' });

const withReason =
  (strong: string): Told =>
  (entry, service) => ({ strong, rest: because(entry.code, service) });

const told: Record<string, Told> = {
  'call.started': plain('Call started'),
  'call.answered': plain('Call answered'),
  'call.ended': ({ code }) => ({ strong: 'Call ended', rest: code === null ? '' : ` (${code})` }),
  'call.noted': (_entry, service) => ({ strong: 'Call updated', rest: ` by ${service}` }),
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
  'recording.fetch_postponed': withReason('Will be tried again'),
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
export function timelineWords(entry: TimelineEntry, service: string): TimelineWords | null {
  if (untold.has(entry.kind)) return null;
  const words = told[entry.kind];
  if (words !== undefined) return words(entry, service);
  const name = entry.kind.replaceAll(/[._]/g, ' ');
  return { strong: name.charAt(0).toUpperCase() + name.slice(1), rest: '' };
}

/** Kinds with words of their own; a test compares them with the domain's. */
export const knownKinds: readonly string[] = [...Object.keys(told), ...untold];

function because(code: string | null, service: string): string {
  if (code === null) return '';
  if (!isKnownReason(code)) return ` (${code})`;
  const sentence = reasonSentence(code, { service });
  return `. ${sentence.replace(/\.$/, '')}`;
}
