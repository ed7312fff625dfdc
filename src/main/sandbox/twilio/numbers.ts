// The IncomingPhoneNumbers resource and the account itself.
// https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource, https://www.twilio.com/docs/iam/api/account
import { toRfc2822 } from '../callback-params.ts';
import type { SimNumber, World } from '../world.ts';
import type { ApiDeps } from './calls.ts';
import { TwilioError } from './errors.ts';
import { choice, type Fields, one } from './fields.ts';
import { accountPath } from './views.ts';

/** Newest first. Filters: PhoneNumber (`*` stands for any digits), FriendlyName. */
export function listNumbers({ world }: { world: World }, fields: Fields): SimNumber[] {
  const label = one(fields, 'FriendlyName');
  const wanted = one(fields, 'PhoneNumber')?.replaceAll(/[^\d*]/g, '');
  const pattern = wanted === undefined ? null : new RegExp(wanted.replaceAll('*', '\\d*'));
  return [...world.numbers.values()]
    .reverse()
    .filter((item) => label === undefined || item.label === label)
    .filter((item) => pattern === null || pattern.test(item.number));
}

/** FriendlyName, StatusCallback and StatusCallbackMethod; an empty address takes the callback away. Errors: 21502. */
export function updateNumber({ clock }: Pick<ApiDeps, 'clock'>, item: SimNumber, fields: Fields): void {
  const url = fields.get('StatusCallback')?.[0];
  if (url !== undefined && url !== '' && (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))) {
    throw new TwilioError(400, 21_502, `StatusCallback is not valid: ${url}`);
  }
  item.statusCallback = url ?? item.statusCallback;
  item.statusCallbackMethod =
    choice(fields, 'StatusCallbackMethod', ['GET', 'POST']) ?? item.statusCallbackMethod;
  item.label = one(fields, 'FriendlyName') ?? item.label;
  item.updatedAtMs = clock.now();
}

export function numberView(accountSid: string, item: SimNumber): Record<string, unknown> {
  return {
    sid: item.sid,
    account_sid: accountSid,
    friendly_name: item.label,
    phone_number: item.number,
    capabilities: { voice: true, sms: true, mms: true, fax: false },
    type: null,
    origin: 'twilio',
    beta: false,
    status: 'in-use',
    api_version: '2010-04-01',
    date_created: toRfc2822(item.createdAtMs),
    date_updated: toRfc2822(item.updatedAtMs),
    status_callback: item.statusCallback,
    status_callback_method: item.statusCallbackMethod,
    voice_url: 'https://clinic.example/twiml',
    voice_method: 'POST',
    voice_fallback_url: '',
    voice_fallback_method: 'POST',
    voice_application_sid: '',
    voice_caller_id_lookup: false,
    voice_receive_mode: 'voice',
    sms_url: '',
    sms_method: 'POST',
    sms_fallback_url: '',
    sms_fallback_method: 'POST',
    sms_application_sid: '',
    trunk_sid: null,
    address_sid: null,
    address_requirements: 'none',
    identity_sid: null,
    bundle_sid: null,
    emergency_status: 'Inactive',
    emergency_address_sid: null,
    emergency_address_status: 'unregistered',
    uri: `${accountPath(accountSid)}/IncomingPhoneNumbers/${item.sid}.json`,
    subresource_uris: {},
  };
}

export interface AccountState {
  type: 'Full' | 'Trial';
  status: 'active' | 'suspended' | 'closed';
}

export function accountView(
  accountSid: string,
  authToken: string,
  { type, status }: AccountState,
): Record<string, unknown> {
  const path = accountPath(accountSid);
  const openedAt = toRfc2822(Date.UTC(2024, 0, 15, 9));
  return {
    sid: accountSid,
    owner_account_sid: accountSid,
    friendly_name: 'Harbor Street Clinic',
    status,
    type,
    auth_token: authToken,
    date_created: openedAt,
    date_updated: openedAt,
    uri: `${path}.json`,
    subresource_uris: {
      calls: `${path}/Calls.json`,
      incoming_phone_numbers: `${path}/IncomingPhoneNumbers.json`,
      recordings: `${path}/Recordings.json`,
    },
  };
}
