import { describe, expect, it } from 'vitest';
import type { SystemStatus, WebLinkView } from '../../../src/preload/contract/system.ts';
import { activityItem, howToBegin, statusItems } from '../../../src/renderer/src/views/status-items.ts';
import { linkStatus } from '../../standins/still-tunnel.ts';
import { noonMs } from './calls-for-tests.ts';

type State = SystemStatus['providers'][number]['state'];

function statusWith(state: State, change: Partial<SystemStatus> = {}): SystemStatus {
  return {
    version: '0',
    mode: 'real',
    host: 'headless',
    instanceId: 'a',
    nowMs: noonMs,
    timeScale: 1,
    clock: { skewMs: null, isWrong: false },
    startedAtMs: noonMs,
    webhooks: {
      localUrl: 'http://127.0.0.1:5001',
      publicUrl: 'https://example.com',
      link: linkStatus('https://example.com'),
    },
    providers: [
      {
        providerId: 'twilio',
        name: 'Twilio',
        state,
        missing: state === 'not_set_up' ? ['TWILIO_AUTH_TOKEN'] : [],
        pausedSinceMs: null,
        pausedUntilMs: null,
        lastDeliveryAtMs: null,
        lacking: [],
        vias: [],
        webhookUrls: [],
      },
    ],
    storage: { dataDir: '', freeBytes: 9e9, usedBytes: 0, recordings: 3 },
    jobs: { ready: 0, running: 0, dead: 0 },
    lastSeq: 0,
    ...change,
  };
}

const linkIs = (change: Partial<WebLinkView>) => ({
  webhooks: { localUrl: '', publicUrl: null, link: linkStatus(null, { kind: 'ngrok', ...change }) },
});
const noLink = linkIs({ kind: 'none', state: 'off' });
const texts = (status: SystemStatus, live = 0) => statusItems(status, live).map(({ text }) => text);

describe('status bar', () => {
  it('is quiet while all is well', () => {
    expect(texts(statusWith('ready'), 2)).toEqual(['2 calls live', 'Phone service', 'Web link', 'Storage']);
  });

  it('names what is missing and what needs a look', () => {
    expect(texts(statusWith('not_set_up', noLink))).toEqual([
      'No calls live',
      'No phone service',
      'No web link',
      'Storage',
    ]);
    expect(texts(statusWith('paused'))[1]).toBe('Twilio needs attention');
    const full = { storage: { dataDir: '', freeBytes: 1e9, usedBytes: 0, recordings: 3 } };
    expect(texts(statusWith('ready', full))[3]).toBe('Storage nearly full');
  });

  it('says that nobody gets through, with one thing to do', () => {
    const link = (change: Partial<WebLinkView>) => statusItems(statusWith('ready', linkIs(change)), 0)[2];
    expect(link({ state: 'unreachable', code: 'web_link_unreachable' })).toMatchObject({
      text: 'Nobody can reach Tapedeck',
      tone: 'err',
      title: expect.stringMatching(
        /^Recordings arrive by regular checks until it is back\. The address does not/,
      ),
      action: 'reconnect',
      href: '#/services',
    });
    expect(link({ kind: 'fixed', state: 'unreachable' })?.action).toBe('probe');
    expect(link({ state: 'down', nextTryAtMs: noonMs + 60_000 })?.title).toMatch(/tries again at 12:01/);
    for (const quiet of [link({ state: 'up' }), link({ state: 'connecting' }), link({ kind: 'none' })]) {
      expect(quiet).not.toHaveProperty('action');
    }
  });

  it('puts a lost connection before what is being saved', () => {
    const busy = statusWith('ready', { jobs: { ready: 2, running: 1, dead: 0 } });
    expect(activityItem(busy, 'live', null)?.text).toBe('Saving 1 of 3');
    expect(activityItem(busy, 'lost', noonMs)).toMatchObject({
      text: 'Reconnecting…',
      title: 'Updated 12:00',
    });
    expect(activityItem(statusWith('ready'), 'live', null)).toBeNull();
  });
});

describe('an empty call log', () => {
  it('says what it waits for', () => {
    expect(howToBegin(null)).toContain('Connect your phone service');
    expect(howToBegin(statusWith('not_set_up'))).toContain('Connect your phone service');
    expect(howToBegin(statusWith('ready', noLink))).toContain('with a regular check');
    expect(howToBegin(statusWith('ready'))).toBe('Twilio is set up. The next call will appear by itself.');
  });
});
