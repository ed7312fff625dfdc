// Twilio: signed form callbacks for recordings and calls, a REST API and audio behind Basic auth.
import type { GuardedFetch } from '../../net/net.ts';
import type { DomainEvent } from '../../domain/provider-event.ts';
import type { Provider, ProviderApi } from '../provider.ts';
import { callStatusPath, recordingPath, understandCallback } from './callbacks.ts';
import { checkSettings } from './check.ts';
import { createAsk } from './client.ts';
import { startRecording, steerRecording } from './control.ts';
import { deleteRecording, findRecordings, listRecordings } from './find-recordings.ts';
import { type Form, parseForm } from './form.ts';
import { providerId } from './ids.ts';
import { listCalls, listLiveCalls, lookUpCall } from './look-up.ts';
import { mediaRequests } from './media.ts';
import { listNumbers, setNumberCallback } from './numbers.ts';
import { baseUrlOf, missingSettings, settings } from './settings.ts';
import { isSignedBy } from './signature.ts';

const contentTypes = ['application/x-www-form-urlencoded'];
/** Real callbacks are under 2 KB; long SIP addresses and custom parameters stay well below this. */
const maxBodyBytes = 64 * 1024;

export interface TwilioDeps {
  /**
   * Reads TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_REGION, TWILIO_EDGE and TWILIO_API_BASE_URL (default
   * https://api.twilio.com) each time anew, so that a changed secret holds at once.
   */
  setting: (name: string) => string | undefined;
  fetch: GuardedFetch;
  /** The product's time. */
  now?: () => number;
}

/** The Twilio provider. Calls are placed on it by others (ElevenLabs, a SIP trunk): it has no way of its own. */
export function createTwilio(deps: TwilioDeps): Provider {
  const { fetch, now = Date.now } = deps;
  const setting = (name: string): string => deps.setting(name)?.trim() ?? '';
  const baseUrl = (): string | null => baseUrlOf(setting);
  const accountSid = (): string => setting('TWILIO_ACCOUNT_SID');
  const authToken = (): string => setting('TWILIO_AUTH_TOKEN');
  const apiHost = (): string => URL.parse(baseUrl() ?? '')?.hostname ?? '';
  const ask = createAsk({ fetch, accountSid, authToken, baseUrl, now });
  const recordings = { ask, accountSid, apiHost, now };

  const api: ProviderApi = {
    startRecording: (request, signal) => startRecording(recordings, request, signal),
    steerRecording: (recording, keys, action, signal) =>
      steerRecording(recordings, recording, keys, action, signal),
    lookUpCall: (keys, signal) => lookUpCall({ ask, accountSid }, keys, signal),
    listLiveCalls: (signal) => listLiveCalls({ ask, accountSid }, signal),
    findRecordings: (keys, signal) => findRecordings(recordings, keys, signal),
    listRecordings: (window, signal) => listRecordings(recordings, window, signal),
    listCalls: (window, signal) => listCalls({ ask, accountSid }, window, signal),
    deleteRecording: (recording, signal) => deleteRecording(recordings, recording, signal),
    check: (signal) =>
      checkSettings({ ask, accountSid, hasRegion: () => setting('TWILIO_REGION') !== '' }, signal),
    listNumbers: (publicUrl, signal) => listNumbers({ ask, accountSid }, publicUrl, signal),
    setNumberCallback: (numberId, url, signal) => setNumberCallback(ask, numberId, url, signal),
  };

  // verify and understand read the same body one after the other: the second finds it read already.
  let lastBody: Buffer | null = null;
  let lastForm: Form | null = null;
  const read = (body: Buffer): Form => {
    if (lastBody === body && lastForm !== null) return lastForm;
    lastForm = parseForm(body);
    lastBody = body;
    return lastForm;
  };

  return {
    providerId,
    name: 'Twilio',
    routes: [
      { path: recordingPath, contentTypes, maxBodyBytes },
      { path: callStatusPath, contentTypes, maxBodyBytes },
    ],
    keptHeaders: ['x-twilio-signature', 'i-twilio-idempotency-token', 'x-home-region'],
    get hosts() {
      return apiHost() === '' ? [] : [apiHost()];
    },
    get overrides() {
      const override = setting('TWILIO_API_BASE_URL');
      return override === '' ? [] : [override];
    },
    settings,
    vias: [],
    api,
    retention: { keptMs: null, source: 'https://www.twilio.com/docs/voice/api/recording' },
    following: { canStartRecording: true, needsFollowing, findsRecordings: true },
    missing: () => missingSettings(setting),
    verify({ pathAndQuery, headers, body }, publicUrls) {
      if (authToken() === '') return { ok: false, reason: 'secret_missing' };
      const signature = headers['x-twilio-signature'];
      if (signature === undefined || signature === '') return { ok: false, reason: 'signature_missing' };
      return typeof signature === 'string' &&
        isSignedBy(authToken(), signature, publicUrls, pathAndQuery, read(body), body)
        ? { ok: true }
        : { ok: false, reason: 'bad_signature' };
    },
    understand: ({ path, body, receivedAtMs }) => understandCallback(path, read(body), receivedAtMs),
    media: (recording) =>
      mediaRequests(recording, {
        baseUrl: baseUrl(),
        accountSid: accountSid(),
        authToken: authToken(),
      }),
  };
}

/** What Tapedeck itself knows of a call with a CallSid among its keys. */
const ownKinds: ReadonlySet<DomainEvent['kind']> = new Set(['call.dialed', 'call.registered']);
const begun: ReadonlySet<DomainEvent['kind']> = new Set(['call.started', 'call.answered']);

/**
 * Calls are asked after until they have ended: those that others placed, because their callbacks go to others
 * (ElevenLabs, a trunk of LiveKit), and our own, because Twilio tries a callback for 15 s and then never again.
 */
function needsFollowing({ kind, providerId: teller }: DomainEvent): boolean {
  if (begun.has(kind) || ownKinds.has(kind)) return true;
  return teller !== providerId && (kind === 'call.ended' || kind === 'call.noted');
}
