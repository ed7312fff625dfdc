// Words of placing calls, the queue, matching and setting up: typed catalogues, so that a new code without words is a
// compile error.
import type { CallKind, CallStatus, CallView, DialState } from '../../preload/contract/calls.ts';
import type { ProviderNumber, ProviderView, SettingsView } from '../../preload/contract/system.ts';
import { isKnownReason, type ReasonContext, reasonSentence } from './reasons.ts';
import type { StatusWords, Tone } from './words.ts';

export const kindWords: Record<CallKind, { label: string; hint: string }> = {
  'voice-bot': { label: 'Voice bot', hint: 'Dialled at once.' },
  'priority-queue': {
    label: 'Priority queue',
    hint: 'Waits its turn: one call at a time, the highest priority first.',
  },
};

/** A leg as it stands or ended. */
export const legWords: Record<CallStatus, string> = {
  queued: 'Not dialled yet',
  ringing: 'Ringing',
  in_progress: 'Talking',
  completed: 'Ended',
  busy: 'Line was busy',
  no_answer: 'Not answered',
  failed: 'Failed',
  canceled: 'Canceled',
  unknown: 'Unknown',
};

export const becauseWords: Record<'same_number' | 'same_time', string> = {
  same_number: 'Same number',
  same_time: 'Same time',
};

export const numberWords: Record<ProviderNumber['state'], { label: string; tone: Tone }> = {
  connected: { label: 'Reports to Tapedeck', tone: 'ok' },
  elsewhere: { label: 'Reports elsewhere', tone: 'wait' },
  nowhere: { label: 'Reports to nobody', tone: 'wait' },
};

export const providerWords: Record<ProviderView['state'], { label: string; tone: Tone }> = {
  ready: { label: 'Set up', tone: 'ok' },
  not_set_up: { label: 'Not set up', tone: 'mute' },
  paused: { label: 'Needs attention', tone: 'err' },
};

export const matchingWords: Record<SettingsView['matching'], string> = {
  exact:
    'A recording joins a call only when the phone service names that call. All others wait under Needs attention until somebody matches them by hand.',
  auto_unique:
    'A recording that names no call joins the one call with the same number at the same time. When two calls fit, or the recording names no number, it waits for a person. A call joined this way says so and can be taken apart again.',
};

/** How a call came to be one with another. */
export const matchedWords: Record<'person' | 'auto_unique', string> = {
  person: 'Matched by a person',
  auto_unique: 'Matched automatically, by number and time',
};

const dialCatalogue: Record<DialState, ((call: CallView, context: ReasonContext) => StatusWords) | null> = {
  waiting: ({ kind }) => ({
    icon: 'clock',
    label: 'To call',
    title: 'Not called yet',
    sentence:
      kind === 'priority-queue'
        ? 'This call waits for its turn in the queue.'
        : 'This call will be dialled in a moment.',
    action: null,
    tone: 'mute',
    quiet: true,
  }),
  dialing: (_call, { service }) => ({
    icon: 'ring',
    label: 'Dialling',
    title: 'Dialling',
    sentence: `${service} is asked to place this call.`,
    action: null,
    tone: 'info',
    quiet: false,
  }),
  // The phone service tells the rest.
  dialed: null,
  refused: ({ dialCode }, { service }) => ({
    icon: 'alert',
    label: 'Not dialled',
    title: 'Not dialled',
    sentence: `This call was not placed. ${dialSentence(dialCode, service)} Dial again or leave it.`,
    action: 'decide',
    tone: 'err',
    quiet: false,
  }),
  unknown: () => ({
    icon: 'alert',
    label: 'Unclear',
    title: 'Not known whether it rang',
    sentence:
      'Nobody knows whether this call was placed. Check the phone service, then dial again or leave it.',
    action: 'decide',
    tone: 'wait',
    quiet: false,
  }),
  canceled: () => ({
    icon: 'none',
    label: 'Canceled',
    title: 'Canceled',
    sentence: 'This call was taken out before it was dialled.',
    action: null,
    tone: 'mute',
    quiet: true,
  }),
};

/** @returns null where a recording says more: for calls placed elsewhere, and once the phone service knows the call */
export function dialWords(call: CallView, context: ReasonContext): StatusWords | null {
  if (call.dialState === null) return null;
  return dialCatalogue[call.dialState]?.(call, context) ?? null;
}

/** Why a call could not be dialled, in one sentence; never the phone service's own code. */
export function dialSentence(code: string | null, service: string): string {
  if (code === 'provider_refused' || code === 'provider_not_found' || code === null || !isKnownReason(code)) {
    return `${service} refused it.`;
  }
  if (code === 'provider_rate_limited' || code === 'provider_unavailable') return `${service} is busy.`;
  if (code === 'blocked_address') return 'Its address is not one that Tapedeck trusts.';
  if (code === 'network_failed') return 'There was no connection.';
  return reasonSentence(code, { service });
}
