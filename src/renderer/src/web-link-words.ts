// Words of the web link: how it stands, what that means for recordings, and what to do about it. Pure.
import type { WebLinkView } from '../../preload/contract/system.ts';

import { clockTime } from './format.ts';
import type { StatusIcon, Tone } from './words.ts';

/** `reconnect` builds the link anew, `probe` asks whether the address leads here. */
export type LinkAction = 'reconnect' | 'probe';

export interface LinkWords {
  /** One word or a few: `Up`. */
  label: string;
  /** The same where it stands alone, in the status bar. */
  short: string;
  /** How it is, and how recordings arrive meanwhile. */
  sentence: string;
  /** What a person can do; null when there is nothing to do. */
  advice: string | null;
  action: LinkAction | null;
  icon: StatusIcon;
  tone: Tone;
}

type State = WebLinkView['state'];
type Look = Pick<LinkWords, 'label' | 'short' | 'icon' | 'tone'>;

const looks: Record<State, Look> = {
  up: { label: 'Up', short: 'Web link', icon: 'check', tone: 'ok' },
  connecting: { label: 'Connecting', short: 'Web link connecting', icon: 'clock', tone: 'wait' },
  unreachable: { label: 'Not reachable', short: 'Nobody can reach Tapedeck', icon: 'alert', tone: 'err' },
  down: { label: 'Down', short: 'Web link down', icon: 'alert', tone: 'wait' },
  failed: { label: 'Needs attention', short: 'Web link needs attention', icon: 'alert', tone: 'err' },
  off: { label: 'Off', short: 'Web link off', icon: 'none', tone: 'mute' },
};

/** Nobody wanted one. */
const none: Look = { label: 'Off', short: 'No web link', icon: 'none', tone: 'mute' };

const untilItIsBack = 'Recordings arrive by regular checks until it is back.';
const tokenPlace = 'dashboard.ngrok.com, Your Authtoken';
const wrongToken = `ngrok did not accept the token. Copy it again from ${tokenPlace}, put it into NGROK_AUTHTOKEN and start Tapedeck again.`;
const offline =
  'ngrok says that the address is offline. If this stays, NGROK_DOMAIN may be misspelt: dashboard.ngrok.com, Domains, shows yours.';
const otherAccount =
  'The address in NGROK_DOMAIN does not belong to this ngrok account: dashboard.ngrok.com, Domains, shows yours.';

/** What ngrok's own codes ask of a person. Source: https://ngrok.com/docs/errors */
const ngrokAdvice: Readonly<Record<string, string>> = {
  ERR_NGROK_105: wrongToken,
  ERR_NGROK_107: wrongToken,
  ERR_NGROK_4018: wrongToken,
  ERR_NGROK_108:
    'Too many programs use this ngrok account at the same time. End one of them, also on other computers.',
  ERR_NGROK_334: 'Another program or computer has this address online. End it there.',
  ERR_NGROK_319: otherAccount,
  ERR_NGROK_320: otherAccount,
  ERR_NGROK_3004: offline,
  ERR_NGROK_3200: offline,
  ERR_NGROK_8012:
    'ngrok reaches this computer, but Tapedeck did not answer it. If this stays, start Tapedeck again.',
};

/** @param localUrl where the listener is on this computer, to be named to whoever runs the address in front of it */
export function webLinkWords(link: WebLinkView, localUrl: string): LinkWords {
  return {
    ...(link.kind === 'none' ? none : looks[link.state]),
    sentence: sentenceOf(link),
    advice: adviceOf(link, localUrl),
    action: actionOf(link),
  };
}

function sentenceOf({ kind, state, nextTryAtMs }: WebLinkView): string {
  if (kind === 'none') return 'Recordings arrive by regular checks.';
  const through = kind === 'ngrok' ? 'through ngrok' : 'under your own address';
  const again = nextTryAtMs === null ? '' : ` Tapedeck tries again at ${clockTime(nextTryAtMs)}.`;
  switch (state) {
    case 'up':
      return `Phone services reach this computer ${through}, so recordings arrive at once.`;
    case 'connecting':
      return `The web link is being ${kind === 'ngrok' ? 'made' : 'checked'}. Recordings arrive by regular checks until it is up.`;
    case 'off':
      return 'The web link is not running. Recordings arrive by regular checks.';
    default:
      return `${untilItIsBack}${again}`;
  }
}

function actionOf({ kind, state }: WebLinkView): LinkAction | null {
  if (kind === 'none' || state === 'connecting' || state === 'off') return null;
  // An address that somebody else runs can only be asked again.
  return state === 'up' || kind === 'fixed' ? 'probe' : 'reconnect';
}

function adviceOf({ kind, state, code, providerCode }: WebLinkView, localUrl: string): string | null {
  if (kind === 'none') {
    return `To have them at once, set NGROK_AUTHTOKEN (${tokenPlace}; a free account will do), or WEBHOOK_BASE_URL if this computer has a public address already. Then start Tapedeck again.`;
  }
  if (state === 'up' || state === 'connecting' || state === 'off') return null;
  if (kind === 'fixed') {
    return code === 'web_link_taken'
      ? `Something else answers at this address. It has to pass requests on to ${localUrl} on this computer.`
      : `The address does not answer. See that what stands before this computer runs and passes requests on to ${localUrl}.`;
  }
  if (code === 'secret_missing') {
    return `NGROK_AUTHTOKEN is not set. It is found at ${tokenPlace}. Set it and start Tapedeck again.`;
  }
  if (code === 'unavailable') {
    return 'ngrok cannot run on this kind of computer. Use a public address of your own instead: WEBHOOK_BASE_URL.';
  }
  if (code === 'network_failed') return 'There is no connection to ngrok. See that this computer is online.';
  const known = ngrokAdvice[providerCode ?? ''];
  if (known !== undefined) return known;
  if (providerCode !== null) return `ngrok refused the web link (${providerCode}).`;
  return code === 'web_link_taken'
    ? 'Something that is not this Tapedeck answers at this address. If another computer uses it, end it there.'
    : 'The address does not answer. Tapedeck makes the web link anew if that lasts.';
}
