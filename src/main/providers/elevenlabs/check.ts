// Whether the settings work, told in plain sentences.
// Source: https://elevenlabs.io/docs/api-reference/user/subscription/get, .../workspace/webhooks/list,
// https://elevenlabs.io/docs/api-reference/phone-numbers/list
import { z } from 'zod';
import type { ProviderCheck } from '../../../preload/contract/system.ts';
import { codeOf } from '../../domain/errors.ts';
import type { Client } from './client.ts';
import { postCallPath } from './webhooks.ts';

const numbers = z.array(z.object({ phone_number_id: z.string() }));
const webhooks = z.object({
  webhooks: z.array(
    z.object({ webhook_url: z.string(), is_disabled: z.boolean(), is_auto_disabled: z.boolean() }),
  ),
});

/** Errors: network_failed, timed_out, provider_unavailable: what says nothing of the settings. */
export async function checkSettings(
  client: Client,
  settings: { phoneNumberId: string; hasWebhookSecret: boolean },
  signal: AbortSignal,
): Promise<ProviderCheck> {
  const findings: ProviderCheck['findings'] = [];
  const add = (ok: boolean, text: string): void => void findings.push({ ok, text });
  /** @returns undefined where the key may not ask this: keys can be restricted part by part */
  const askFor = async (path: string): Promise<unknown> => {
    try {
      return await client.get(path, signal);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'provider_unauthorized' || code === 'provider_refused') return undefined;
      throw error;
    }
  };

  const account = await askFor('/v1/user/subscription');
  const list = await askFor('/v1/convai/conversations?page_size=1');
  if (account === undefined && list === undefined) {
    add(false, 'ElevenLabs does not accept the API key.');
    return { ok: false, findings };
  }
  add(true, 'ElevenLabs accepts the API key.');
  if (list === undefined)
    add(false, 'The API key may not read conversations: allow it "ElevenAgents: read".');

  if (settings.phoneNumberId !== '') {
    const listed = numbers.safeParse(await askFor('/v1/convai/phone-numbers'));
    const isKnown =
      listed.success && listed.data.some(({ phone_number_id: id }) => id === settings.phoneNumberId);
    if (isKnown) add(true, 'The phone number is known to ElevenLabs.');
    else if (listed.success) add(false, 'ElevenLabs knows no phone number with this phone number ID.');
  }
  const connected = webhooks.safeParse(await askFor('/v1/workspace/webhooks'));
  if (connected.success) {
    const ours = connected.data.webhooks.filter(({ webhook_url: url }) => url.endsWith(postCallPath));
    const isOff = ours.some((webhook) => webhook.is_disabled || webhook.is_auto_disabled);
    if (isOff) {
      const text = 'ElevenLabs has switched the webhook off: switch it on again in its settings.';
      findings.push({ ok: false, text, code: 'webhook_disabled' });
    } else if (ours.length > 0) add(true, 'A webhook of ElevenLabs leads to Tapedeck.');
    else
      add(false, 'No webhook of ElevenLabs leads to Tapedeck yet: recordings are fetched by asking instead.');
  }
  if (!settings.hasWebhookSecret) {
    add(false, 'Without the webhook secret Tapedeck cannot take in webhooks of ElevenLabs.');
  }
  return { ok: findings.every(({ ok }) => ok), findings };
}
