// The account's own numbers, and whether they report their calls to Tapedeck.
// Source: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
import type { ProviderNumber } from '../../../preload/contract/system.ts';
import { AppError } from '../../domain/errors.ts';
import { callStatusPath, recordingPath } from './callbacks.ts';
import type { Ask } from './client.ts';
import { recordingEvents, retryOverrides } from './control.ts';
import { numberSidPattern } from './ids.ts';
import { type Json, textOf } from './json.ts';
import { type List, listAll, pageSize } from './lists.ts';

/**
 * A number has one StatusCallback and no StatusCallbackEvent (calls that are placed by API have both), so it gets
 * `completed` alone. Source: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource (StatusCallback)
 */
const toldAtEnd =
  "Twilio tells of a call to one of these numbers when it has ended: in time for fetching its recording. Recorded from its first second is a call whose number's own TwiML says so; for a line that is to be recorded, Tapedeck looks every ten seconds for calls that were answered and starts then.";

/** @param publicUrl no trailing slash; null while there is none, and then no number is connected */
export async function listNumbers(
  { ask, accountSid }: { ask: Ask; accountSid: () => string },
  publicUrl: string | null,
  signal: AbortSignal,
): Promise<ProviderNumber[]> {
  const list: List = {
    name: 'incoming_phone_numbers',
    file: 'IncomingPhoneNumbers.json',
    accountSid: accountSid(),
    first: (client) => client.incomingPhoneNumbers.page({ pageSize }),
    next: (client, url) => client.incomingPhoneNumbers.getPage(url),
  };
  const wantedUrl = publicUrl === null ? null : publicUrl + callStatusPath;
  const snippet = publicUrl === null ? null : snippetFor(publicUrl);
  const items = await listAll(ask, list, signal);
  return items.flatMap((item) => numberOf(item, wantedUrl, snippet) ?? []);
}

/**
 * Writes where a number reports its calls to, by POST.
 * @param url null: to nobody
 * Errors: bad_input (an id that does not fit), provider_not_found, those of asking
 */
export async function setNumberCallback(
  ask: Ask,
  numberId: string,
  url: string | null,
  signal: AbortSignal,
): Promise<ProviderNumber> {
  if (!numberSidPattern.test(numberId)) throw new AppError('bad_input', 'This is no id of a Twilio number.');
  const { json } = await ask(signal, (client) =>
    client.incomingPhoneNumbers(numberId).update({ statusCallback: url ?? '', statusCallbackMethod: 'POST' }),
  );
  const isOurs = url !== null && withoutFragment(url).endsWith(callStatusPath);
  const number = numberOf(json, isOurs ? url : null, null);
  if (number?.numberId === numberId && number.currentUrl === url) return number;
  throw new AppError('provider_unavailable', 'Twilio did not say that it changed the number.', {
    retryable: true,
  });
}

function numberOf(item: Json, wantedUrl: string | null, snippet: string | null): ProviderNumber | null {
  const numberId = textOf(item, 'sid') ?? '';
  const number = textOf(item, 'phone_number');
  if (!numberSidPattern.test(numberId) || number === undefined) return null;
  const currentUrl = textOf(item, 'status_callback') ?? null;
  const isPost = (textOf(item, 'status_callback_method') ?? 'POST') === 'POST';
  const isSame =
    currentUrl !== null && wantedUrl !== null && withoutFragment(currentUrl) === withoutFragment(wantedUrl);
  return {
    numberId,
    number,
    // The console shows numbers in its own local form.
    display: number,
    label: textOf(item, 'friendly_name') ?? null,
    state: isSame && isPost ? 'connected' : currentUrl === null ? 'nowhere' : 'elsewhere',
    currentUrl,
    wantedUrl,
    previousUrl: null,
    note: toldAtEnd,
    snippet,
  };
}

function withoutFragment(url: string): string {
  return url.split('#', 1)[0] ?? url;
}

/**
 * TwiML for those who write their own: both parties on a channel of their own from the answer on, and the progress of
 * the leg that rings at the clinic.
 * Source: https://www.twilio.com/docs/voice/twiml/dial#record, https://www.twilio.com/docs/voice/twiml/number
 */
export function snippetFor(publicUrl: string): string {
  const recordings = escaped(publicUrl + recordingPath + retryOverrides);
  const calls = escaped(publicUrl + callStatusPath + retryOverrides);
  return [
    '<Response>',
    '  <Dial record="record-from-answer-dual"',
    `        recordingStatusCallback="${recordings}"`,
    `        recordingStatusCallbackEvent="${recordingEvents.join(' ')}">`,
    `    <Number statusCallback="${calls}"`,
    '            statusCallbackEvent="initiated ringing answered completed">NUMBER THAT SHALL RING</Number>',
    '  </Dial>',
    '</Response>',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
