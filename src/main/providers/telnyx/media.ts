// Where the sound of a recording is, asked for fresh each time: links live ten minutes.
// Source: https://developers.telnyx.com/docs/voice/programmable-voice/storing-call-recordings (X-Amz-Expires=600)
import { AppError } from '../../domain/errors.ts';
import type { RecordingRow } from '../../domain/recording.ts';
import type { MediaRequest } from '../provider.ts';
import type { Ask } from './client.ts';
import { fetchRecording } from './find-recordings.ts';
import { uuidPattern } from './ids.ts';
import { objectOf, textOf } from './json.ts';
import { isExternal } from './recording.ts';

const bucketHost = /^telephony-recorder-prod[a-z0-9-]*\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/;
const sharedHost = /^s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/;
const bucketPath = /^\/telephony-recorder-prod[a-z0-9-]*\/[^/]/;

/**
 * Whether a link leads to where Telnyx keeps recordings: its own buckets at S3 over https, or the address that stands
 * in for Telnyx. Source: the links at https://developers.telnyx.com/docs/voice/programmable-voice/storing-call-recordings
 * @param baseUrl of the API
 */
export function isRecorderUrl(text: string, baseUrl: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (url.origin === URL.parse(baseUrl)?.origin) return true;
  if (url.protocol !== 'https:' || url.port !== '') return false;
  return bucketHost.test(url.hostname) || (sharedHost.test(url.hostname) && bucketPath.test(url.pathname));
}

/**
 * WAV before MP3, as far as they were recorded. The links are signed already: an Authorization header would give our
 * key away, and S3 answers 400 to it.
 * @returns empty when the id does not fit its pattern
 * Errors: provider_not_found (retryable: not there yet), provider_refused (kept in the customer's own storage),
 * blocked_address (a link leads somewhere else), those of asking
 */
export async function mediaRequests(
  deps: { ask: Ask; baseUrl: () => string; onHost: (host: string) => void },
  recording: RecordingRow,
  signal: AbortSignal,
): Promise<MediaRequest[]> {
  const id = recording.providerRecordingId;
  if (!uuidPattern.test(id)) return [];
  const row = await fetchRecording(deps.ask, id, signal);
  if (row === null) throw notThere();
  const urls = objectOf(row, 'download_urls');
  if (isExternal(urls)) {
    throw new AppError('provider_refused', 'Telnyx put this recording into a storage of your own.');
  }
  const given = [textOf(urls, 'wav'), textOf(urls, 'mp3')].filter((url) => url !== undefined);
  if (given.length === 0) throw notThere();
  const allowed = given.filter((url) => isRecorderUrl(url, deps.baseUrl()));
  if (allowed.length === 0) {
    throw new AppError('blocked_address', 'Telnyx named an address that is not where it keeps recordings.');
  }
  for (const url of allowed) deps.onHost(new URL(url).hostname);
  return allowed.map((url) => ({ url, headers: {} }));
}

function notThere(): AppError {
  return new AppError('provider_not_found', 'Telnyx has no file of this recording yet.', { retryable: true });
}
