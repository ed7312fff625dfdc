// Why something is missing or went wrong, in plain words. Codes are the contract's closed set.
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { recordingReasons } from '../../preload/contract/recordings.ts';
import type { StatusWords } from './words.ts';

export type RecordingReason = (typeof recordingReasons)[number];

export interface ReasonContext {
  /** The phone service by name, e.g. Twilio. */
  service: string;
}

type Sentence = (service: string) => string;

const damaged: Sentence = (service) =>
  `The file from ${service} arrived damaged. The original is still with ${service}.`;
const busy: Sentence = (service) => `${service} is busy. It will be tried again.`;
const ours: Sentence = () => 'Something went wrong inside Tapedeck. Nothing that was saved is affected.';
const notStarted: Sentence = () => 'Tapedeck could not start properly.';

const sentences: Record<ErrorCode | RecordingReason, Sentence> = {
  bad_input: ours,
  unknown_procedure: ours,
  not_found: () => 'It is no longer here.',
  conflict: () => 'It was changed by something else in the meantime.',
  unauthorized: () => 'This page is no longer signed in. Open Tapedeck again from the computer it runs on.',
  forbidden_origin: () => 'This page may not ask Tapedeck for anything.',
  too_large: () => 'It is larger than Tapedeck accepts.',
  not_in_sample_mode: () => 'This works only with sample calls.',
  unavailable: () => 'Tapedeck did not answer. It may be restarting.',
  internal: ours,
  provider_unauthorized: (service) => `${service} did not accept the account details.`,
  provider_not_found: (service) =>
    `${service} does not know this recording. It may belong to another account.`,
  provider_rate_limited: busy,
  provider_unavailable: busy,
  provider_refused: (service) => `${service} refused to hand over the recording.`,
  link_expired: (service) => `The link had expired. ${service} is asked for a new one.`,
  network_failed: () => 'There was no connection. It will be saved when you are back online.',
  timed_out: (service) => `${service} took too long to answer.`,
  blocked_address: () => 'The address of the recording is not one that Tapedeck trusts.',
  secret_missing: (service) => `The account details of ${service} are missing.`,
  bad_number: () => 'This is not a phone number that can be dialled.',
  not_set_up: (service) => `${service} is not set up for this yet.`,
  dial_refused: (service) => `${service} refused to place the call.`,
  dial_unknown: () => 'Nobody knows whether this call was placed.',
  call_not_live: () => 'The call was over already.',
  not_eligible: (service) => `${service} cannot be told to record this call.`,
  no_candidate: () => 'No call fits it.',
  storage_refused: () => 'Your storage refused it. It is safe on this computer.',
  storage_not_found: () => 'Your storage has no such place. It is safe on this computer.',
  storage_unavailable: () =>
    'Your storage is busy. It is safe on this computer and will be saved there later.',
  storage_public: () =>
    'Anybody could read your storage, so nothing was put there. It is safe on this computer.',
  copy_differs: () => 'The copy in your storage is not the same. It is safe on this computer.',
  web_link_refused: () => 'The web link service did not accept the account details.',
  web_link_taken: () => 'The web link is in use by another program or computer.',
  web_link_unreachable: () => 'Nobody can reach Tapedeck over the web link.',
  not_audio: damaged,
  truncated: damaged,
  duration_differs: (service) =>
    `The file is shorter or longer than ${service} said. The original is still with ${service}.`,
  disk_full: () => 'This computer has no space left. Nothing that was saved is affected.',
  disk_failed: () => 'This computer could not write the file.',
  worker_failed: ours,
  gave_up: () => 'We tried several times and stopped.',
  crashed_repeatedly: () => 'Saving it stopped Tapedeck more than once, so we stopped trying.',
  lease_lost: ours,
  port_taken: notStarted,
  already_running: notStarted,
  database_newer: notStarted,
  database_damaged: notStarted,
  bad_config: notStarted,
  too_short: () => 'Nobody spoke, so there is nothing to play.',
  silent: () => 'Nobody spoke, so there is nothing to play.',
  deleted_at_provider: (service) => `${service} deleted this recording before it was saved.`,
  provider_failed: (service) => `${service} could not make the recording.`,
  provider_says_absent: (service) => `${service} has no recording of this call.`,
  no_audio_by_policy: (service) => `${service} keeps no audio for this account, so there is nothing to save.`,
  external_storage: (service) => `${service} saved this recording in your own storage.`,
};

/** One plain sentence for a code; a code that this version does not know gets a true, general one. */
export function reasonSentence(code: string | null, { service }: ReasonContext): string {
  if (code !== null && isKnownReason(code)) return sentences[code](service);
  return `The recording could not be copied from ${service}.`;
}

export function isKnownReason(code: string): code is ErrorCode | RecordingReason {
  return Object.hasOwn(sentences, code);
}

/** The words for a recording that the phone service does not have; the reason decides how loud they are. */
export function absentWords(
  reason: string | null,
  context: ReasonContext,
): Pick<StatusWords, 'label' | 'title' | 'sentence' | 'tone' | 'quiet'> {
  const sentence = reasonSentence(reason ?? 'provider_says_absent', context);
  if (reason === 'deleted_at_provider') {
    return { label: 'Gone', title: 'Recording gone', sentence, tone: 'err', quiet: false };
  }
  if (reason === 'no_audio_by_policy') {
    return { label: 'Not kept', title: 'No audio kept', sentence, tone: 'wait', quiet: false };
  }
  if (reason === 'provider_failed') {
    return { label: 'Not recorded', title: 'Not recorded', sentence, tone: 'wait', quiet: false };
  }
  return { label: 'No audio', title: 'No audio', sentence, tone: 'mute', quiet: true };
}
