import type { SettingField } from '../provider.ts';

/** The settings of Telnyx and where they are found in its portal (https://portal.telnyx.com). */
export const settings: readonly SettingField[] = [
  {
    name: 'TELNYX_API_KEY',
    label: 'API key',
    isSecret: true,
    isRequired: true,
    where: 'In the Telnyx portal under API Keys; shown once, when it is made.',
  },
  {
    name: 'TELNYX_PUBLIC_KEY',
    label: 'Public key',
    isSecret: false,
    isRequired: true,
    where: 'In the Telnyx portal under Keys & Credentials, Public Key: 44 characters that end in =.',
  },
  {
    name: 'TELNYX_CONNECTION_ID',
    label: 'Voice application',
    isSecret: false,
    isRequired: false,
    where: 'In the Telnyx portal under Voice API, the ID of the application. Needed to place calls.',
  },
  {
    name: 'TELNYX_FROM_NUMBER',
    label: 'Number to call from',
    isSecret: false,
    isRequired: false,
    where:
      'In the Telnyx portal under Numbers; it must belong to the voice application. Needed to place calls.',
  },
];
