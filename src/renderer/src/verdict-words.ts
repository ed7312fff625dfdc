// How the console shows a verdict: title and tone by its label, its action as a button, its evidence in plain words.
import type { VerdictLabel } from '../../preload/contract/verdict-labels.ts';
import { verdictLabel } from '../../preload/contract/verdict-words.ts';
import type { VerdictAction, VerdictEvidence, VerdictView } from '../../preload/contract/verdicts.ts';
import { isKnownReason, reasonSentence } from './reasons.ts';
import type { StatusIcon, Tone } from './words.ts';

export interface VerdictTitle {
  title: string;
  tone: Tone;
  icon: StatusIcon;
}

const titles: Record<VerdictLabel, VerdictTitle> = {
  'To call': { title: 'Not called yet', tone: 'mute', icon: 'clock' },
  Dialling: { title: 'Dialling', tone: 'info', icon: 'ring' },
  'Not dialled': { title: 'Not dialled', tone: 'err', icon: 'alert' },
  Unclear: { title: 'Not known whether it rang', tone: 'wait', icon: 'alert' },
  Canceled: { title: 'Canceled', tone: 'mute', icon: 'none' },
  'Choose a call': { title: 'Choose a call', tone: 'wait', icon: 'alert' },
  'No call found': { title: 'No call found', tone: 'wait', icon: 'alert' },
  Ringing: { title: 'Not answered yet', tone: 'mute', icon: 'ring' },
  'No audio': { title: 'No audio', tone: 'mute', icon: 'none' },
  'Recording now': { title: 'Recording now', tone: 'live', icon: 'live' },
  Paused: { title: 'Recording paused', tone: 'wait', icon: 'none' },
  'Not recording': { title: 'Not recording', tone: 'wait', icon: 'none' },
  'Kept elsewhere': { title: 'Kept in your own storage', tone: 'wait', icon: 'none' },
  'Not kept': { title: 'No audio kept', tone: 'wait', icon: 'none' },
  Gone: { title: 'Recording gone', tone: 'err', icon: 'none' },
  Deleted: { title: 'Recording deleted', tone: 'mute', icon: 'none' },
  'Getting ready': { title: 'Getting ready', tone: 'wait', icon: 'clock' },
  Fetching: { title: 'Fetching the recording', tone: 'info', icon: 'down' },
  'Trying again': { title: 'Trying again', tone: 'info', icon: 'clock' },
  'Needs attention': { title: 'Recording not saved yet', tone: 'err', icon: 'alert' },
  'Not recorded': { title: 'Not recorded', tone: 'wait', icon: 'none' },
  Saved: { title: 'Recording saved', tone: 'ok', icon: 'check' },
  'Not known': { title: 'No recording so far', tone: 'wait', icon: 'clock' },
};

/** Heading, tone and icon of the status note. */
export function verdictTitle(verdict: Pick<VerdictView, 'cause' | 'isSafe'>): VerdictTitle {
  return titles[verdictLabel(verdict)];
}

/** What the button of an action says; null where nothing is to be done, or the call's other buttons do it. */
export const actionLabels: Record<VerdictAction, string | null> = {
  none: null,
  check_now: 'Check now',
  try_again: 'Try again',
  reconnect_provider: 'Reconnect',
  check_account: 'Check the account',
  start_recording: null,
  turn_on_recording: 'Turn on recording',
  match: null,
  choose: null,
  decide_dial: null,
  free_space: null,
  fix_clock: null,
  fix_web_link: 'See the web link',
  open_settings: 'Open settings',
  see_how_to_prevent: 'See how to prevent this',
};

/** What is asked of a person outside Tapedeck. */
export const actionHints: Partial<Record<VerdictAction, string>> = {
  free_space: 'Free some space on this computer; saving then goes on by itself.',
  fix_clock: 'Let this computer set its clock by itself.',
  see_how_to_prevent:
    'Let Tapedeck run on a computer that stays on, with a web link, and keep recordings at the phone service for at least a month.',
};

const sources: Record<VerdictEvidence['kind'], (service: string) => string> = {
  delivery: (service) => `Told by ${service}`,
  check: (service) => `Asked ${service}`,
  job: () => 'Tried by Tapedeck',
  event: () => 'Noted by Tapedeck',
  refusal: () => 'A request was refused',
  outage: () => 'Tapedeck could not listen',
  setting: () => 'As it is set here',
  provider: (service) => `Answered by ${service}`,
};

const outageWords: Readonly<Record<string, string>> = {
  app_off: 'Tapedeck was not running',
  asleep: 'This computer was asleep',
  web_link: 'The web link was down',
  clock_wrong: 'The clock of this computer was wrong',
  disk_full: 'This computer had no space left',
  bad_signature: 'It did not prove where it came from',
  signature_missing: 'It did not prove where it came from',
  secret_missing: 'Its secret was missing here',
  clock_skew: 'Its time was too far from ours',
  stale_address: 'It was meant for an old web link',
  no_recordings: 'No recording of this call',
  'line.record': 'Calls on this line are not recorded by Tapedeck',
  'call.record': 'This call was placed without a recording',
};

/** One piece of evidence in plain words; its codes are shown beside it. */
export function evidenceWords({ kind, code, attempts }: VerdictEvidence, service: string): string {
  const source =
    kind === 'job' && attempts !== undefined && attempts > 1
      ? `Tried by Tapedeck ${attempts} times`
      : sources[kind](service);
  const known = code === undefined ? undefined : outageWords[code];
  if (known !== undefined) return `${source}. ${known}.`;
  if (code !== undefined && isKnownReason(code)) return `${source}. ${reasonSentence(code, { service })}`;
  return `${source}.`;
}
