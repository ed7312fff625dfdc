// Whether our settings work, asked of Telnyx.
import type { ProviderCheck } from '../../../preload/contract/system.ts';
import { AppError } from '../../domain/errors.ts';
import type { Ask } from './client.ts';
import { isJson, textOf } from './json.ts';
import { readPublicKey } from './signature.ts';
import { callEventsPath } from './webhook.ts';

export interface CheckDeps {
  ask: Ask;
  setting: (name: string) => string;
}

type Finding = ProviderCheck['findings'][number];

/**
 * Asks for one recording with the API key and for the voice application that calls are placed by.
 * Source: https://developers.telnyx.com/api-reference/call-control-applications/retrieve-a-call-control-application
 * Errors: those of asking, except a refused key, which is a finding
 */
export async function checkSettings(
  { ask, setting }: CheckDeps,
  signal: AbortSignal,
): Promise<ProviderCheck> {
  const findings: Finding[] = [publicKeyFinding(setting('TELNYX_PUBLIC_KEY'))];
  const works = await accepts(() =>
    ask(signal, (client, options) => {
      const query = { 'page[number]': 1, 'page[size]': 1 };
      return client.recordings.list(query, options);
    }),
  );
  findings.push(
    works
      ? { ok: true, text: 'The API key works.' }
      : { ok: false, text: 'Telnyx refuses the API key. It is in the portal under API Keys.' },
  );
  const connectionId = setting('TELNYX_CONNECTION_ID');
  if (works && connectionId !== '') findings.push(...(await connectionFindings(ask, connectionId, signal)));
  return { ok: findings.every(({ ok }) => ok), findings };
}

function publicKeyFinding(text: string): Finding {
  return readPublicKey(text) === null
    ? {
        ok: false,
        text: 'The public key is not one. It is in the portal under Keys & Credentials, Public Key.',
      }
    : { ok: true, text: 'The public key has the right form.' };
}

/** False for what Telnyx refuses or does not know; other trouble says nothing about the setting. */
async function accepts(request: () => Promise<unknown>): Promise<boolean> {
  try {
    await request();
    return true;
  } catch (error) {
    const refusals = ['provider_unauthorized', 'provider_not_found', 'provider_refused'];
    if (error instanceof AppError && refusals.includes(error.code)) return false;
    throw error;
  }
}

async function connectionFindings(ask: Ask, connectionId: string, signal: AbortSignal): Promise<Finding[]> {
  let application: unknown = null;
  const found = await accepts(async () => {
    const answer = await ask(signal, (client, options) =>
      client.callControlApplications.retrieve(connectionId, options),
    );
    application = answer.data;
  });
  if (!found || !isJson(application)) {
    return [{ ok: false, text: 'Telnyx knows no voice application with this connection id.' }];
  }
  const version = textOf(application, 'webhook_api_version');
  const url = textOf(application, 'webhook_event_url') ?? '';
  return [
    version === '2'
      ? { ok: true, text: 'The voice application sends webhooks of API version 2.' }
      : { ok: false, text: 'The voice application sends webhooks of API version 1. Set it to version 2.' },
    url.endsWith(callEventsPath)
      ? { ok: true, text: 'The voice application reports to a Tapedeck address.' }
      : {
          ok: false,
          text: `The voice application does not report to an address that ends in ${callEventsPath}.`,
        },
  ];
}
