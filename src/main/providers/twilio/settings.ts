// The settings of Twilio, and where its API is by them.
import type { SettingField } from '../provider.ts';
import { accountSidPattern } from './ids.ts';

export const settings: readonly SettingField[] = [
  {
    name: 'TWILIO_ACCOUNT_SID',
    label: 'Account SID',
    isSecret: false,
    isRequired: true,
    where: 'On the home page of the Twilio console under Account Info; it begins with AC.',
  },
  {
    name: 'TWILIO_AUTH_TOKEN',
    label: 'Auth token',
    isSecret: true,
    isRequired: true,
    where:
      'On the home page of the Twilio console under Account Info; an API key cannot stand in for it, because callbacks are signed with the token.',
  },
  {
    name: 'TWILIO_REGION',
    label: 'Region',
    isSecret: false,
    isRequired: false,
    where:
      'Only for an account that keeps its calls outside the United States, such as ie1; the auth token of that region is on its own page under API keys and tokens.',
  },
  {
    name: 'TWILIO_EDGE',
    label: 'Edge',
    isSecret: false,
    isRequired: false,
    where: 'Only together with a region, such as dublin for ie1; named in the list of Twilio edge locations.',
  },
];

type Setting = (name: string) => string;

const place = /^[a-z]{2,20}\d{0,2}(-[a-z]{1,10})?$/;
/** The region that an edge alone stands for. Source: https://www.twilio.com/docs/global-infrastructure/understanding-edge-locations */
const homeRegion = 'us1';

/**
 * Where the API is: the user's own address, which takes no region or edge, else `api[.<edge>].<region>.twilio.com`.
 * Source: https://www.twilio.com/docs/global-infrastructure/using-the-twilio-rest-api-in-a-non-us-region
 * @returns no trailing slash; null when the region or edge is not the name of one
 */
export function baseUrlOf(setting: Setting): string | null {
  const override = setting('TWILIO_API_BASE_URL');
  if (override !== '') return override.replace(/\/+$/, '');
  if (wrongPlaces(setting).length > 0) return null;
  const edge = setting('TWILIO_EDGE');
  const region = setting('TWILIO_REGION') || (edge === '' ? '' : homeRegion);
  return `https://${['api', edge, region, 'twilio', 'com'].filter((part) => part !== '').join('.')}`;
}

/** Settings that are not there, or could not be what they stand for. */
export function missingSettings(setting: Setting): string[] {
  return [
    ...(accountSidPattern.test(setting('TWILIO_ACCOUNT_SID')) ? [] : ['TWILIO_ACCOUNT_SID']),
    ...(setting('TWILIO_AUTH_TOKEN') === '' ? ['TWILIO_AUTH_TOKEN'] : []),
    ...(setting('TWILIO_API_BASE_URL') === '' ? wrongPlaces(setting) : []),
  ];
}

function wrongPlaces(setting: Setting): string[] {
  return ['TWILIO_REGION', 'TWILIO_EDGE'].filter((name) => {
    const value = setting(name);
    return value !== '' && !place.test(value);
  });
}
