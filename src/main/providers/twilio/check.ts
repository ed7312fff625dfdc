// Whether our settings work, asked of Twilio.
import type { ProviderCheck } from '../../../preload/contract/system.ts';
import { AppError } from '../../domain/errors.ts';
import type { Ask } from './client.ts';
import { textOf } from './json.ts';

type Finding = ProviderCheck['findings'][number];

/**
 * Fetches the account and asks for one recording. A trial account is a remark and no failure.
 * Source: https://www.twilio.com/docs/iam/api/account#account-properties (friendly_name, status, type)
 * Errors: those of asking, except refused credentials, which are a finding
 */
export async function checkSettings(
  { ask, accountSid, hasRegion }: { ask: Ask; accountSid: () => string; hasRegion: () => boolean },
  signal: AbortSignal,
): Promise<ProviderCheck> {
  try {
    const account = await ask(signal, (client) => client.api.v2010.accounts(accountSid()).fetch());
    await ask(signal, (client) => client.recordings.page({ pageSize: 1 }));
    const name = textOf(account.json, 'friendly_name') ?? 'without a name';
    const status = textOf(account.json, 'status') ?? '';
    const isTrial = textOf(account.json, 'type') === 'Trial';
    const isActive = status === 'active';
    const findings: Finding[] = [
      isActive
        ? { ok: true, text: `The account SID and auth token work. The account is named ${name}.` }
        : { ok: false, text: `The account ${name} is ${status === '' ? 'not active' : status} at Twilio.` },
      { ok: true, text: 'Recordings can be listed.' },
      ...(isTrial ? [trial] : []),
    ];
    return { ok: isActive, findings };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code !== 'provider_unauthorized' && error.code !== 'provider_not_found') throw error;
    return { ok: false, findings: [hasRegion() ? refusedInRegion : refused] };
  }
}

/** Source: https://www.twilio.com/docs/usage/tutorials/how-to-use-your-free-trial-account */
const trial: Finding = {
  ok: false,
  text: 'This is a trial account: callers hear a notice of Twilio first, and only verified numbers can be called.',
};
const refused: Finding = {
  ok: false,
  text: 'Twilio refuses the account SID and auth token. Both are on the home page of the Twilio console.',
};
const refusedInRegion: Finding = {
  ok: false,
  text: 'Twilio refuses the account SID and auth token in this region. Every region has an auth token of its own.',
};
