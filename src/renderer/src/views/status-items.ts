// What the status bar says, from the state of Tapedeck. Pure.
import type { SystemStatus } from '../../../preload/contract/system.ts';
import type { Connection } from '../client/client.ts';
import type { IconName } from '../components/icons.tsx';
import { clockTime, counted } from '../format.ts';
import { type LinkAction, webLinkWords } from '../web-link-words.ts';
import type { Tone } from '../words.ts';

export interface StatusItem {
  key: string;
  icon: IconName;
  text: string;
  /** More, in the tooltip. */
  title: string;
  tone: Tone;
  /** Where more is said, as a part of the console's address. */
  href?: string;
  /** The one thing to do about it. */
  action?: LinkAction;
}

// Warn early enough that a busy day of recordings still fits.
const lowSpaceBytes = 2_000_000_000;

export function statusItems(status: SystemStatus | null, liveCount: number): StatusItem[] {
  if (status === null) return [];
  return [live(liveCount), phoneService(status), webLink(status), storage(status), ...stopped(status)];
}

/** The right end of the bar: trouble with the connection first, else what is being saved. */
export function activityItem(
  status: SystemStatus | null,
  connection: Connection,
  heardAtMs: number | null,
): StatusItem | null {
  if (connection === 'lost') {
    const title = heardAtMs === null ? '' : `Updated ${clockTime(heardAtMs)}`;
    return { key: 'stale', icon: 'clock', text: 'Reconnecting…', title, tone: 'wait' };
  }
  if (status === null) return null;
  const { ready, running } = status.jobs;
  if (running === 0) return null;
  return {
    key: 'jobs',
    icon: 'down',
    text: `Saving ${running} of ${running + ready}`,
    title: 'Recordings being copied to this computer',
    tone: 'info',
  };
}

/** Only there while there is something to do about it. */
function stopped({ jobs: { dead } }: SystemStatus): StatusItem[] {
  if (dead === 0) return [];
  const title = 'What Tapedeck tried and stopped trying.';
  return [
    {
      key: 'stopped',
      icon: 'alert',
      text: `${counted(dead, 'task')} stopped`,
      title,
      tone: 'err',
      href: '#/trouble',
    },
  ];
}

function live(count: number): StatusItem {
  return count === 0
    ? { key: 'live', icon: 'live', text: 'No calls live', title: '', tone: 'mute' }
    : { key: 'live', icon: 'live', text: `${counted(count, 'call')} live`, title: '', tone: 'live' };
}

function phoneService({ providers }: SystemStatus): StatusItem {
  const item = (tone: Tone, text: string, title: string): StatusItem => ({
    key: 'phone',
    icon: tone === 'ok' ? 'check' : tone === 'err' ? 'alert' : 'none',
    text,
    title,
    tone,
  });
  const paused = providers.find(({ state }) => state === 'paused');
  if (paused !== undefined) {
    return item('err', `${paused.name} needs attention`, 'The account details were not accepted.');
  }
  const ready = providers.filter(({ state }) => state === 'ready').map(({ name }) => name);
  if (ready.length > 0) return item('ok', 'Phone service', `${ready.join(', ')} is set up.`);
  return item('wait', 'No phone service', providers.flatMap(({ missing }) => missing).join(', '));
}

function webLink({ webhooks: { link, localUrl } }: SystemStatus): StatusItem {
  const { icon, short, sentence, advice, tone, action } = webLinkWords(link, localUrl);
  return {
    key: 'link',
    icon,
    text: short,
    title: advice === null ? sentence : `${sentence} ${advice}`,
    tone,
    href: '#/services',
    // All is well: nothing to press.
    ...(action === null || link.state === 'up' ? {} : { action }),
  };
}

function storage({ storage: { freeBytes, recordings } }: SystemStatus): StatusItem {
  const title = `${counted(recordings, 'recording')} on this computer`;
  return freeBytes !== null && freeBytes < lowSpaceBytes
    ? { key: 'storage', icon: 'alert', text: 'Storage nearly full', title, tone: 'wait' }
    : { key: 'storage', icon: 'check', text: 'Storage', title, tone: 'ok' };
}

/** What an empty call log waits for: the phone service's account details, or just the next call. */
export function howToBegin(status: SystemStatus | null): string {
  const ready = status?.providers.find(({ state }) => state === 'ready');
  if (ready === undefined) return 'Connect your phone service to begin: Phone services says what is missing.';
  return status?.webhooks.publicUrl === null
    ? `${ready.name} is set up. The next call will appear with a regular check; with a web link it appears at once: Phone services says how.`
    : `${ready.name} is set up. The next call will appear by itself.`;
}
