// What phone services tell about a call beside its stages (`call.told`), in words. Codes that came along are theirs
// and are never shown; only ours have sentences.
import type { TimelineEntry } from '../../preload/contract/calls.ts';
import { isKnownReason, reasonSentence } from './reasons.ts';

export interface ToldWords {
  strong: string;
  rest: string;
}

const sentences: ReadonlyMap<string, string> = new Map([
  ['room_started', 'Room opened'],
  ['room_finished', 'Room closed'],
  ['participant_joined', 'Somebody joined'],
  ['participant_left', 'Somebody left'],
  ['participant_connection_aborted', 'Somebody could not join'],
  ['track_published', 'Sound began'],
  ['track_unpublished', 'Sound ended'],
  ['egress_started', 'Room recording started'],
  ['egress_updated', 'Room recording changed'],
  ['egress_ended', 'Room recording ended'],
  ['recording_started', 'Recording asked for'],
  ['recording_saved', 'Recording ready'],
  ['recording_error', 'Recording went wrong'],
  ['recording_encrypted', 'Recording is locked with a key of your own'],
  ['recording_paused', 'Recording paused'],
  ['recording_resumed', 'Recording resumed'],
  ['recording_stopped', 'Recording stopped'],
  ['recording_not_started', 'Recording not started'],
]);

/** @param service who told it, by name. Something that this version does not know is told by its name. */
export function toldWords({ what, code }: TimelineEntry, service: string): ToldWords {
  const known = sentences.get(what ?? '');
  const why = code !== null && isKnownReason(code) ? `. ${reasonSentence(code, { service })}` : '';
  const from = `, told by ${service}`;
  if (known === undefined) return { strong: nameOf(what ?? ''), rest: from };
  return { strong: known, rest: why === '' ? (isOurs(what) ? '' : from) : why.replace(/\.$/, '') };
}

/** What was asked for from here is not told by anybody. */
function isOurs(what: string | undefined): boolean {
  return /^recording_(?:started|paused|resumed|stopped|not_started)$/.test(what ?? '');
}

/** `call.machine.detection.ended` -> `Machine detection ended` */
function nameOf(what: string): string {
  const name = what.replace(/^call[._]/, '').replaceAll(/[._]/g, ' ');
  return name === '' ? 'Something happened' : name.charAt(0).toUpperCase() + name.slice(1);
}

/** Whether the running recording stands still: the last that was told of pausing and resuming decides. */
export function isPaused(timeline: readonly TimelineEntry[]): boolean {
  const last = timeline.findLast(
    ({ kind, what }) =>
      kind === 'recording.started' ||
      (kind === 'call.told' && /^recording_(?:paused|resumed|stopped|started)$/.test(what ?? '')),
  );
  return last?.what === 'recording_paused';
}
