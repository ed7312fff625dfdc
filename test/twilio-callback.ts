// Signed Twilio callbacks as the real service sends them, for tests that play Twilio themselves.
import { createHash, createHmac, randomBytes } from 'node:crypto';

export const accountSid = 'AC0123456789abcdef0123456789abcdef';
export const authToken = 'a-twilio-token-that-only-tests-use';

/** A made-up SID: the same for the same text, a random one without it. */
export function sid(prefix: 'CA' | 'RE', of?: string): string {
  const hex = of === undefined ? randomBytes(16).toString('hex') : createHash('md5').update(of).digest('hex');
  return prefix + hex;
}

/** https://www.twilio.com/docs/usage/security: HMAC-SHA1 over the URL and the sorted parameters. */
export function sign(url: string, parameters: Record<string, string>, token = authToken): string {
  const text = Object.keys(parameters)
    .sort()
    .reduce((joined, name) => joined + name + parameters[name], url);
  return createHmac('sha1', token).update(Buffer.from(text, 'utf-8')).digest('base64');
}

export function recordingParameters(options: {
  callSid: string;
  recordingSid: string;
  status?: string;
  durationS?: number;
  startedAt?: Date;
}): Record<string, string> {
  const status = options.status ?? 'completed';
  return {
    RecordingSource: 'StartCallRecordingAPI',
    RecordingTrack: 'both',
    RecordingSid: options.recordingSid,
    RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${options.recordingSid}`,
    RecordingStatus: status,
    RecordingChannels: '2',
    ErrorCode: '0',
    CallSid: options.callSid,
    RecordingStartTime: (options.startedAt ?? new Date('2026-11-20T10:31:03Z'))
      .toUTCString()
      .replace('GMT', '+0000'),
    AccountSid: accountSid,
    ...(status === 'in-progress' ? {} : { RecordingDuration: String(options.durationS ?? 1) }),
  };
}

export function callParameters(options: {
  callSid: string;
  status: string;
  sequence: number;
  at?: Date;
  from?: string;
  to?: string;
  direction?: string;
  durationS?: number;
}): Record<string, string> {
  const from = options.from ?? '+14155550199';
  const to = options.to ?? '+14155550100';
  return {
    Called: to,
    Caller: from,
    CallSid: options.callSid,
    From: from,
    To: to,
    Direction: options.direction ?? 'inbound',
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    CallStatus: options.status,
    CallbackSource: 'call-progress-events',
    SequenceNumber: String(options.sequence),
    Timestamp: (options.at ?? new Date('2026-11-20T10:31:00Z')).toUTCString().replace('GMT', '+0000'),
    ...(options.durationS === undefined
      ? {}
      : { Duration: '1', CallDuration: String(options.durationS), SipResponseCode: '200' }),
  };
}

/** A request for `fetch`: form body, right headers, right signature for `publicUrl + path`. */
export function signedRequest(
  publicUrl: string,
  path: string,
  parameters: Record<string, string>,
): RequestInit {
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'x-twilio-signature': sign(publicUrl + path, parameters),
      'i-twilio-idempotency-token': crypto.randomUUID(),
      'user-agent': 'TwilioProxy/1.1',
    },
    body: new URLSearchParams(parameters).toString(),
  };
}
