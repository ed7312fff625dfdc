// The one catalogue of sentences for verdicts. It stands on the contract's floor because both sides say them: the
// console beside its buttons, and `calls.get` to programs. Pure: names and times come as arguments.
import type { VerdictCause } from './verdicts.ts';
import type { Said, VerdictWords } from './verdict-labels.ts';

const nobodySpoke = (how: string) => (): string => `${how}, so there is nothing to play.`;
const damaged =
  (what: string) =>
  ({ service, retry }: Said): string =>
    `The original is still with ${service}. ${what}${retry}`;
/** Of a callback that did not come through: either the recording was found by asking, or it could not be started. */
const missed =
  (why: (service: string) => string) =>
  ({ service, isSafe, again }: Said): string =>
    isSafe
      ? `The recording is safe: Tapedeck found it by asking. ${why(service)}.`
      : `${why(service)}, so the recording was not started in time.${again}`;

/** Labels are those of a call's row; a verdict may say more than its row, never something else. */
export const verdictCatalogue: Record<VerdictCause, VerdictWords> = {
  waiting_in_queue: { label: 'To call', sentence: () => 'This call waits for its turn to be dialled.' },
  dialing: { label: 'Dialling', sentence: ({ service }) => `${service} is asked to place this call.` },
  dial_refused: {
    label: 'Not dialled',
    sentence: ({ service }) => `This call was not placed: ${service} refused it. Dial again or leave it.`,
  },
  dial_unknown: {
    label: 'Unclear',
    sentence: ({ service }) =>
      `Nobody knows whether this call was placed. Look at ${service}, then dial again or leave it.`,
  },
  dial_canceled: { label: 'Canceled', sentence: () => 'This call was taken out before it was dialled.' },
  choose_call: {
    label: 'Choose a call',
    sentence: () => 'The recording is safe. It fits more than one call, so a person has to choose.',
  },
  unmatched: { label: 'No call found', sentence: () => 'A recording arrived but no call fits it.' },
  not_answered_yet: { label: 'Ringing', sentence: () => 'This call has not been answered yet.' },
  line_busy: { label: 'No audio', sentence: nobodySpoke('The line was busy') },
  no_answer: { label: 'No audio', sentence: nobodySpoke('Nobody answered') },
  call_canceled: { label: 'No audio', sentence: nobodySpoke('The caller hung up before anybody answered') },
  call_failed: { label: 'No audio', sentence: nobodySpoke('The call could not be connected') },
  recording_now: { label: 'Recording now', sentence: () => 'This call is being recorded.' },
  recording_paused: { label: 'Paused', sentence: () => 'What is said now is not recorded.' },
  recording_starting: {
    label: 'Not recording',
    sentence: ({ service }) => `${service} is being asked to record this call.`,
  },
  not_recording: {
    label: 'Not recording',
    sentence: () => 'This call is happening but is not being recorded.',
  },
  external_storage: {
    label: 'Kept elsewhere',
    sentence: ({ service }) => `${service} saved this recording in your own storage.`,
  },
  silent: { label: 'No audio', sentence: () => 'The recording was silent, so there is nothing to play.' },
  too_short: { label: 'No audio', sentence: () => 'The call was too short to be recorded.' },
  no_audio_by_policy: {
    label: 'Not kept',
    sentence: ({ service }) => `${service} keeps no audio for this account, so there is nothing to save.`,
  },
  deleted_at_provider: {
    label: 'Gone',
    sentence: ({ service }) => `${service} deleted this recording before it was saved.`,
  },
  provider_failed: {
    label: 'Not recorded',
    sentence: ({ service }) => `${service} could not make the recording.`,
  },
  provider_has_none: {
    label: 'No audio',
    sentence: ({ service }) => `${service} says that it has no recording of this call.`,
  },
  own_storage_refused: {
    label: 'Not recorded',
    sentence: ({ service }) =>
      `${service} could not put the recording into your own storage: it was not let in.`,
  },
  own_storage_unsupported: {
    label: 'Not recorded',
    sentence: ({ service }) => `${service} cannot save recordings in the kind of storage that you set there.`,
  },
  deleted_by_rule: {
    label: 'Deleted',
    sentence: ({ since }) => `This recording was removed by a rule ${since}.`,
  },
  deleted_by_person: {
    label: 'Deleted',
    sentence: ({ since }) => `This recording was removed by a person ${since}.`,
  },
  getting_ready: {
    label: 'Getting ready',
    sentence: ({ service, again }) => `${service} is preparing the recording.${again}`,
  },
  waiting_to_fetch: {
    label: 'Getting ready',
    sentence: ({ service }) => `The recording is ready at ${service} and will be copied in a moment.`,
  },
  fetching: { label: 'Fetching', sentence: ({ service }) => `Copying the recording from ${service}.` },
  not_ready_yet: {
    label: 'Getting ready',
    sentence: ({ service, retry }) =>
      `${service} says that the recording is ready, but does not hand it over yet.${retry}`,
  },
  wrong_password: {
    label: 'Needs attention',
    sentence: ({ service, sinceBare }) =>
      `Nothing is lost: ${service} has not accepted the account details since ${sinceBare}.`,
  },
  keys_missing: {
    label: 'Needs attention',
    sentence: ({ service }) => `The account details of ${service} are missing, so it cannot be asked.`,
  },
  rate_limited: {
    label: 'Trying again',
    sentence: ({ service, retry }) => `${service} is busy and asked to wait.${retry}`,
  },
  provider_down: {
    label: 'Trying again',
    sentence: ({ service, retry }) => `${service} is in trouble.${retry}`,
  },
  no_connection: {
    label: 'Trying again',
    sentence: ({ service, retry }) => `There was no connection to ${service}.${retry}`,
  },
  provider_slow: {
    label: 'Trying again',
    sentence: ({ service, retry }) => `${service} took too long to answer.${retry}`,
  },
  link_expired: {
    label: 'Trying again',
    sentence: ({ service, retry }) =>
      `The link to the recording had expired. ${service} is asked for a new one.${retry}`,
  },
  wrong_account: {
    label: 'Needs attention',
    sentence: ({ service }) =>
      `${service} does not know this call. It may belong to another account or region.`,
  },
  fetch_refused: {
    label: 'Needs attention',
    sentence: ({ service }) => `${service} refused to hand over the recording.`,
  },
  address_not_trusted: {
    label: 'Needs attention',
    sentence: () => 'The address of the recording is not one that Tapedeck trusts, so it was not opened.',
  },
  locked_with_own_key: {
    label: 'Needs attention',
    sentence: ({ service }) =>
      `The recording is safe with ${service}, locked with a key of your own that Tapedeck does not have.`,
  },
  mono_only: {
    label: 'Trying again',
    sentence: ({ service, retry }) =>
      `${service} has both voices in one channel only; that form is fetched instead.${retry}`,
  },
  damaged_not_audio: {
    label: 'Needs attention',
    sentence: damaged('What arrived was not audio.'),
  },
  damaged_truncated: { label: 'Needs attention', sentence: damaged('The file arrived incomplete.') },
  damaged_length: {
    label: 'Needs attention',
    sentence: damaged('The file that arrived has another length than was told.'),
  },
  length_differs: {
    label: 'Saved',
    sentence: ({ service }) =>
      `The recording is safe and can be played. Its length differs from what ${service} said.`,
  },
  disk_full: {
    label: 'Needs attention',
    sentence: ({ service, retry }) =>
      `The original is still with ${service}. This computer has no space left.${retry}`,
  },
  disk_failed: {
    label: 'Needs attention',
    sentence: ({ service, retry }) =>
      `The original is still with ${service}. This computer could not write the file.${retry}`,
  },
  tapedeck_fault: {
    label: 'Needs attention',
    sentence: ({ service, retry }) =>
      `Nothing that was saved is affected. Something went wrong inside Tapedeck while it asked ${service}.${retry}`,
  },
  gave_up: {
    label: 'Needs attention',
    sentence: ({ service, times }) =>
      `${service} may still have the recording. Tapedeck tried${times} and stopped.`,
  },
  crashed_repeatedly: {
    label: 'Needs attention',
    sentence: () => 'Saving this recording stopped Tapedeck more than once, so it is not tried any more.',
  },
  started_too_late: {
    label: 'Not recorded',
    sentence: () => 'The call was over before the recording could be started.',
  },
  recording_not_possible: {
    label: 'Not recorded',
    sentence: ({ service }) => `${service} cannot be told to record this call.`,
  },
  trial_limit: {
    label: 'Not recorded',
    sentence: ({ service }) => `The trial account at ${service} may not record calls.`,
  },
  start_refused: {
    label: 'Not recorded',
    sentence: ({ service }) => `${service} refused to record this call.`,
  },
  recording_not_wanted: {
    label: 'Not recorded',
    sentence: () => 'This call was placed without asking for a recording, and nobody else made one.',
  },
  recording_off: {
    label: 'Not recorded',
    sentence: ({ service }) =>
      `${service} has no recording of this call, and Tapedeck does not record calls on this line.`,
  },
  carrier_not_recording: {
    label: 'Not recorded',
    sentence: ({ service }) =>
      `${service} does not record telephone calls by itself, and the phone line behind it made no recording.`,
  },
  not_recorded: {
    label: 'Not recorded',
    sentence: ({ service }) =>
      `${service} has no recording of this call. Recording was probably off for this line.`,
  },
  nothing_yet: {
    label: 'Getting ready',
    sentence: ({ service, again }) => `${service} has nothing for this call yet.${again}`,
  },
  nothing_found: {
    label: 'Not recorded',
    sentence: ({ service, again }) => `${service} had no recording of this call so far.${again}`,
  },
  callback_never_sent: {
    label: 'Saved',
    sentence: ({ service }) =>
      `The recording is safe. ${service} never told Tapedeck about it; Tapedeck found it by asking.`,
  },
  callback_refused: {
    label: 'Not recorded',
    sentence: missed((service) => `A request did not prove that it came from ${service}, so it was refused`),
  },
  stale_address: {
    label: 'Not recorded',
    sentence: missed((service) => `${service} used an old web link of Tapedeck, so its request was refused`),
  },
  secret_missing_then: {
    label: 'Not recorded',
    sentence: missed(
      (service) => `A request from ${service} could not be checked, because its secret was missing here`,
    ),
  },
  clock_wrong: {
    label: 'Not recorded',
    sentence: missed(
      (service) => `The clock here and that of ${service} differed too much to trust what was told`,
    ),
  },
  web_link_down_then: {
    label: 'Not recorded',
    sentence: missed((service) => `The web link was down when ${service} may have told of this call`),
  },
  app_off_then: {
    label: 'Not recorded',
    sentence: missed((service) => `Tapedeck was not running when ${service} may have told of this call`),
  },
  asleep_then: {
    label: 'Not recorded',
    sentence: missed((service) => `This computer was asleep when ${service} may have told of this call`),
  },
  disk_full_then: {
    label: 'Not recorded',
    sentence: missed(
      (service) => `This computer had no space left when ${service} may have told of this call`,
    ),
  },
  webhook_disabled: {
    label: 'Not recorded',
    sentence: missed((service) => `${service} has switched off telling Tapedeck about calls`),
  },
  not_enough_evidence: {
    label: 'Not known',
    sentence: ({ again }) => `What is known about this call does not say why there is no recording.${again}`,
  },
};
