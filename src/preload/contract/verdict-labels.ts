// What the sentences of verdicts are made with, and the labels that calls carry in lists.

export interface VerdictNames {
  /** The phone service by name, e.g. Twilio. */
  service: string;
  /** A moment as people read it, e.g. `at 10:43`. */
  at: (atMs: number) => string;
}

export type VerdictLabel =
  | 'To call'
  | 'Dialling'
  | 'Not dialled'
  | 'Unclear'
  | 'Canceled'
  | 'Choose a call'
  | 'No call found'
  | 'Ringing'
  | 'No audio'
  | 'Recording now'
  | 'Paused'
  | 'Not recording'
  | 'Kept elsewhere'
  | 'Not kept'
  | 'Gone'
  | 'Deleted'
  | 'Getting ready'
  | 'Fetching'
  | 'Trying again'
  | 'Needs attention'
  | 'Not recorded'
  | 'Saved'
  | 'Not known';

export interface VerdictWords {
  label: VerdictLabel;
  sentence: (names: Said) => string;
}

export interface Said extends VerdictNames {
  /** ` We will look again at 10:43.`, or nothing. */
  again: string;
  /** ` It will be tried again at 10:43.`, or nothing. */
  retry: string;
  /** As `at` says it, and after the word "since". */
  since: string;
  sinceBare: string;
  isSafe: boolean;
  /** ` 40 times`, or ` several times`. */
  times: string;
}
