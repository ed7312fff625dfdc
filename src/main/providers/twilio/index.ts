// Twilio: signed form callbacks for recordings and calls, audio behind Basic auth.
import type { Provider } from '../provider.ts';
import { callStatusPath, recordingPath, understandCallback } from './callbacks.ts';
import { type Form, parseForm } from './form.ts';
import { providerId } from './ids.ts';
import { mediaRequests } from './media.ts';
import { isSignedBy } from './signature.ts';

const defaultBaseUrl = 'https://api.twilio.com';
const needed = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'];
const contentTypes = ['application/x-www-form-urlencoded'];
/** Real callbacks are under 2 KB; long SIP addresses and custom parameters stay well below this. */
const maxBodyBytes = 64 * 1024;

/**
 * The Twilio provider.
 * @param setting reads TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_API_BASE_URL (default https://api.twilio.com)
 *   each time anew, so that a changed secret holds at once
 */
export function createTwilio({ setting }: { setting: (name: string) => string | undefined }): Provider {
  const baseUrl = (): string => (setting('TWILIO_API_BASE_URL') || defaultBaseUrl).replace(/\/+$/, '');

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
      return URL.canParse(baseUrl()) ? [new URL(baseUrl()).hostname] : [];
    },
    get overrides() {
      const override = setting('TWILIO_API_BASE_URL') ?? '';
      return override === '' ? [] : [override];
    },
    missing: () => needed.filter((name) => (setting(name) ?? '') === ''),
    verify({ pathAndQuery, headers, body }, publicUrls) {
      const authToken = setting('TWILIO_AUTH_TOKEN') ?? '';
      if (authToken === '') return { ok: false, reason: 'secret_missing' };
      const signature = headers['x-twilio-signature'];
      if (signature === undefined || signature === '') return { ok: false, reason: 'signature_missing' };
      return typeof signature === 'string' &&
        isSignedBy(authToken, signature, publicUrls, pathAndQuery, read(body), body)
        ? { ok: true }
        : { ok: false, reason: 'bad_signature' };
    },
    understand: ({ path, body, receivedAtMs }) => understandCallback(path, read(body), receivedAtMs),
    media: (recording) =>
      mediaRequests(recording, {
        baseUrl: baseUrl(),
        accountSid: setting('TWILIO_ACCOUNT_SID') ?? '',
        authToken: setting('TWILIO_AUTH_TOKEN') ?? '',
      }),
  };
}
