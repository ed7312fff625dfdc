// The web link in plain words: how it is, and the one thing to do about it.
import type { WebLinkView } from '../../preload/contract/system.ts';
import { clockTime } from './format.ts';
import type { Tone } from './words.ts';

export interface WebLinkWords {
  /** Two words for the status bar. */
  text: string;
  sentence: string;
  /** What the one button does; null where there is nothing to do. */
  action: 'reconnect' | 'probe' | null;
  tone: Tone;
}

/** What is true of every link that does not work. */
const meanwhile = 'Recordings will arrive by regular checks until it is back.';

export function webLinkWords(link: WebLinkView): WebLinkWords {
  const { kind, state, nextTryAtMs } = link;
  const again = nextTryAtMs === null ? '' : ` We will try again at ${clockTime(nextTryAtMs)}.`;
  if (kind === 'none') {
    return {
      text: 'No web link',
      sentence: 'Phone services cannot reach this computer. Recordings arrive by regular checks.',
      action: null,
      tone: 'mute',
    };
  }
  switch (state) {
    case 'off':
    case 'connecting':
      return {
        text: 'Web link connecting',
        sentence: 'The web link is being built.',
        action: null,
        tone: 'info',
      };
    case 'up':
      return {
        text: 'Web link',
        sentence: `Phone services reach this computer at ${link.publicUrl ?? 'its address'}.`,
        action: 'probe',
        tone: 'ok',
      };
    case 'unreachable':
      return {
        text: 'Web link down',
        sentence: `${silence(link)} ${meanwhile}`,
        action: reconnectOf(kind),
        tone: 'wait',
      };
    case 'down':
      return {
        text: 'Web link down',
        sentence: `${cause(link)}${again} ${meanwhile}`,
        action: 'reconnect',
        tone: 'wait',
      };
    case 'failed':
      return {
        text: 'Web link needs attention',
        sentence: `${cause(link)} ${meanwhile}`,
        action: 'reconnect',
        tone: 'err',
      };
  }
}

function reconnectOf(kind: WebLinkView['kind']): WebLinkWords['action'] {
  return kind === 'ngrok' ? 'reconnect' : 'probe';
}

function silence({ code, kind }: WebLinkView): string {
  if (code === 'web_link_taken')
    return 'The address of the web link leads to something else than this Tapedeck.';
  return kind === 'fixed'
    ? 'The address of the web link does not answer. It has to lead to this computer.'
    : 'The web link is connected, but nothing comes through.';
}

function cause({ code, providerCode }: WebLinkView): string {
  const named = providerCode === null ? '' : ` (${providerCode})`;
  switch (code) {
    case 'secret_missing':
      return 'The web link needs NGROK_AUTHTOKEN: ngrok dashboard, Your Authtoken.';
    case 'web_link_refused':
      return `ngrok did not accept the account details${named}.`;
    case 'web_link_taken':
      return providerCode === 'ERR_NGROK_108'
        ? `This ngrok account is in use on too many computers${named}.`
        : `The address of the web link is in use by another program or computer${named}.`;
    case 'bad_config':
      return `NGROK_DOMAIN is not an address of this ngrok account${named}.`;
    case 'web_link_unreachable':
      return `ngrok cannot lead to this computer${named}.`;
    default:
      return 'There is no connection to ngrok.';
  }
}
