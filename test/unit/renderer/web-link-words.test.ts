import { describe, expect, it } from 'vitest';
import { type WebLinkView, webLinkView } from '../../../src/preload/contract/system.ts';
import { webLinkWords } from '../../../src/renderer/src/web-link-words.ts';
import { makeApp } from './app-for-tests.ts';
import { linkStatus } from '../../standins/still-tunnel.ts';
import { noonMs } from './calls-for-tests.ts';

const upLink = linkStatus('https://example.com', { kind: 'ngrok' });
const localUrl = 'http://127.0.0.1:5001';
const words = (change: Partial<WebLinkView>) => webLinkWords({ ...upLink, ...change }, localUrl);
const { state: states, kind: kinds } = webLinkView.shape;

describe('words of the web link', () => {
  it('say how recordings arrive, in every state of every kind, without a word of the trade', () => {
    for (const kind of kinds.options) {
      for (const state of states.options) {
        for (const code of [null, 'web_link_taken', 'web_link_unreachable', 'network_failed'] as const) {
          const { label, short, sentence, advice } = words({ kind, state, code });
          expect(sentence).toMatch(/ecordings arrive (at once|by regular checks)/);
          expect([label, short, sentence, advice].join(' ')).not.toMatch(
            /webhook(?!_)|tunnel|poll|!|undefined/i,
          );
          const isWrong = kind !== 'none' && ['unreachable', 'down', 'failed'].includes(state);
          expect(advice !== null, `${kind} ${state}`).toBe(isWrong || kind === 'none');
        }
      }
    }
  });

  it('tell what to do about each code of ngrok that a person can do something about', () => {
    const advice = (providerCode: string, state: WebLinkView['state'] = 'down') =>
      words({ state, code: 'web_link_refused', providerCode }).advice;
    expect(advice('ERR_NGROK_4018', 'failed')).toMatch(/did not accept the token.*Your Authtoken/);
    expect(advice('ERR_NGROK_108')).toMatch(/at the same time/);
    expect(advice('ERR_NGROK_334')).toMatch(/another program or computer/i);
    expect(advice('ERR_NGROK_320', 'failed')).toMatch(/NGROK_DOMAIN does not belong/);
    expect(advice('ERR_NGROK_3200')).toMatch(/offline/);
    expect(advice('ERR_NGROK_8012')).toMatch(/Tapedeck did not answer/);
    expect(advice('ERR_NGROK_9999')).toBe('ngrok refused the web link (ERR_NGROK_9999).');
    expect(words({ state: 'failed', code: 'secret_missing' }).advice).toMatch(/NGROK_AUTHTOKEN is not set/);
  });

  it('name the listener to whoever runs the address in front of it', () => {
    const own = { kind: 'fixed', state: 'unreachable' } as const;
    expect(words({ ...own, code: 'web_link_unreachable' }).advice).toContain(localUrl);
    expect(words({ ...own, code: 'web_link_taken' }).advice).toMatch(/^Something else answers/);
    expect(words(own).action).toBe('probe');
  });

  it('say when it is tried again, and offer nothing where there is nothing to press', () => {
    expect(words({ state: 'down', nextTryAtMs: noonMs }).sentence).toMatch(/tries again at 12:00\.$/);
    expect(words({ state: 'failed' }).action).toBe('reconnect');
    expect(words({ kind: 'none', state: 'off' }).action).toBeNull();
    expect(words({ state: 'connecting' }).action).toBeNull();
  });
});

describe('trying the web link', () => {
  it('shows what it became at once, or says why it could not be tried', async () => {
    const webhooks = { localUrl, publicUrl: upLink.publicUrl, link: { ...upLink, state: 'down' } };
    const answers: Record<string, unknown> = {
      'system.status': { nowMs: noonMs, timeScale: 1, webhooks },
      'webLink.reconnect': upLink,
    };
    const app = makeApp(answers);
    await app.state().refreshStatus();
    const tried = app.state().tryLink('reconnect');
    expect(app.state().linkBusy).toBe(true);
    await tried;
    expect(app.state().status?.webhooks.link.state).toBe('up');
    expect(app.state().linkBusy).toBe(false);

    delete answers['webLink.reconnect'];
    await app.state().tryLink('reconnect');
    expect(app.state().notice).not.toBeNull();
    expect(app.state().linkBusy).toBe(false);
  });
});
