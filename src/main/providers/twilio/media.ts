// Where Twilio keeps the audio of a recording.
// Source: https://www.twilio.com/docs/voice/api/recording#fetch-a-recording-media-file
import type { RecordingRow } from '../../domain/recording.ts';
import type { MediaRequest } from '../provider.ts';
import { accountSidPattern, recordingSidPattern } from './ids.ts';

export interface TwilioAccess {
  /** No trailing slash; null when the settings name no place. */
  baseUrl: string | null;
  accountSid: string;
  authToken: string;
}

/**
 * Best form first: both parties on a channel of their own; mono, because Twilio refuses two channels of a mono
 * recording (16113); MP3 last.
 * @returns empty when an id does not fit its pattern or a credential is missing
 */
export function mediaRequests(recording: RecordingRow, access: TwilioAccess): MediaRequest[] {
  const account = recording.providerAccountId ?? access.accountSid;
  const recordingSid = recording.providerRecordingId;
  if (!accountSidPattern.test(account) || !recordingSidPattern.test(recordingSid)) return [];
  if (access.baseUrl === null || access.accountSid === '' || access.authToken === '') return [];
  const url = `${access.baseUrl}/2010-04-01/Accounts/${account}/Recordings/${recordingSid}`;
  const credentials = Buffer.from(`${access.accountSid}:${access.authToken}`).toString('base64');
  const headers = { authorization: `Basic ${credentials}` };
  return [`${url}.wav?RequestedChannels=2`, `${url}.wav`, `${url}.mp3`].map((form) => ({
    url: form,
    headers: { ...headers },
  }));
}
