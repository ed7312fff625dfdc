// Telnyx: signed JSON webhooks for calls and recordings, a REST API behind a key, audio behind links of ten minutes.
import type { KeyObject } from 'node:crypto';
import type { GuardedFetch } from '../../net/net.ts';
import type { Provider } from '../provider.ts';
import { checkSettings } from './check.ts';
import { createAsk } from './client.ts';
import { startRecording, steerRecording } from './control.ts';
import { deleteRecording } from './delete-recording.ts';
import { dial, findDial } from './dial.ts';
import { findRecordings, type OnForeignRows } from './find-recordings.ts';
import { providerId } from './ids.ts';
import { listLiveCalls } from './live-calls.ts';
import { lookUpCall } from './look-up.ts';
import { mediaRequests } from './media.ts';
import { listCalls, listSince } from './sweep.ts';
import { settings } from './settings.ts';
import { judgeSignature, readPublicKey } from './signature.ts';
import { callEventsPath, understandWebhook } from './webhook.ts';

const defaultBaseUrl = 'https://api.telnyx.com/v2';

export interface TelnyxDeps {
  /**
   * Reads TELNYX_API_KEY, TELNYX_PUBLIC_KEY, TELNYX_CONNECTION_ID, TELNYX_FROM_NUMBER and TELNYX_BASE_URL (default
   * https://api.telnyx.com/v2) each time anew, so that a changed secret holds at once.
   */
  setting: (name: string) => string | undefined;
  fetch: GuardedFetch;
  /** The product's time, which signed times are compared with. */
  now?: () => number;
  onForeignRows?: OnForeignRows;
}

/** The Telnyx provider. */
export function createTelnyx(deps: TelnyxDeps): Provider {
  const { now = Date.now, onForeignRows = () => {} } = deps;
  const setting = (name: string): string => deps.setting(name)?.trim() ?? '';
  const baseUrl = (): string => (setting('TELNYX_BASE_URL') || defaultBaseUrl).replace(/\/+$/, '');
  const ask = createAsk({ fetch: deps.fetch, apiKey: () => setting('TELNYX_API_KEY'), baseUrl, now });
  const dialDeps = {
    ask,
    now,
    connectionId: () => setting('TELNYX_CONNECTION_ID'),
    fromNumber: () => setting('TELNYX_FROM_NUMBER'),
  };
  // Which of S3's many hosts a link names is known when the link has been checked, and then exactly that one is open.
  const mediaHosts = new Set(['s3.amazonaws.com']);

  let lastText = '';
  let lastKey: KeyObject | null = null;
  const publicKey = (): KeyObject | null => {
    const text = setting('TELNYX_PUBLIC_KEY');
    if (text !== lastText) {
      lastText = text;
      lastKey = readPublicKey(text);
    }
    return lastKey;
  };
  const missing = (): string[] => [
    ...(setting('TELNYX_API_KEY') === '' ? ['TELNYX_API_KEY'] : []),
    // One that is no key is as good as none.
    ...(publicKey() === null ? ['TELNYX_PUBLIC_KEY'] : []),
  ];

  return {
    providerId,
    name: 'Telnyx',
    routes: [{ path: callEventsPath, contentTypes: ['application/json'], maxBodyBytes: 2 ** 20 }],
    keptHeaders: ['telnyx-signature-ed25519', 'telnyx-timestamp'],
    get hosts() {
      return [...(URL.canParse(baseUrl()) ? [new URL(baseUrl()).hostname] : []), ...mediaHosts];
    },
    get overrides() {
      const override = setting('TELNYX_BASE_URL');
      return override === '' ? [] : [override];
    },
    settings,
    vias: [
      {
        via: 'telnyx',
        label: 'Telnyx',
        needsAgent: false,
        missing: () => [
          ...missing(),
          ...['TELNYX_CONNECTION_ID', 'TELNYX_FROM_NUMBER'].filter((name) => setting(name) === ''),
        ],
      },
    ],
    // Nothing is said of an end; links hold for ten minutes, recordings stay listed.
    retention: {
      keptMs: null,
      source: 'https://developers.telnyx.com/docs/voice/programmable-voice/storing-call-recordings',
    },
    following: {
      canStartRecording: true,
      // Webhooks may never come: a call is asked after until it has ended.
      needsFollowing: ({ kind }) => kind === 'call.started' || kind === 'call.answered',
      findsRecordings: true,
    },
    missing,
    verify({ headers, body }) {
      const key = publicKey();
      return key === null
        ? { ok: false, reason: 'secret_missing' }
        : judgeSignature(key, headers, body, now());
    },
    understand: ({ body, receivedAtMs }) => understandWebhook(body, receivedAtMs),
    media: (recording, signal) =>
      mediaRequests({ ask, baseUrl, onHost: (host) => mediaHosts.add(host) }, recording, signal),
    api: {
      dial: (order, signal) => dial(dialDeps, order, signal),
      findDial: (order, signal) => findDial(dialDeps, order, signal),
      startRecording: (request, signal) => startRecording({ ask, now }, request, signal),
      steerRecording: (recording, keys, action, signal) =>
        steerRecording({ ask, now }, recording, keys, action, signal),
      lookUpCall: (keys, signal) => lookUpCall(ask, keys, signal),
      listLiveCalls: (signal) => listLiveCalls(dialDeps, signal),
      findRecordings: (keys, signal) => findRecordings({ ask, now, onForeignRows }, keys, signal),
      listRecordings: (window, signal) => listSince(ask, window, signal),
      listCalls: (window, signal) => listCalls(ask, window, now(), signal),
      deleteRecording: (recording, signal) => deleteRecording(ask, recording, signal),
      check: (signal) => checkSettings({ ask, setting }, signal),
    },
  };
}
