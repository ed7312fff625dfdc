// Use case: a number of the clinic reports its calls to Tapedeck. What stood there before is stored first and can be
// put back; nothing that somebody else set up is ever lost.
import type { ProviderCheck, ProviderNumber } from '../../preload/contract/system.ts';
import type { Clock } from '../domain/clock.ts';
import { AppError } from '../domain/errors.ts';
import type { Provider } from '../providers/provider.ts';
import type { Store } from '../store/store.ts';
import { noticeSetting } from './explain-call.ts';

export interface ConnectNumber {
  /** Asks the provider whether our keys work. Errors: not_found, unavailable, and those of the provider. */
  check(providerId: string): Promise<ProviderCheck>;
  list(providerId: string): Promise<ProviderNumber[]>;
  /** Errors: not_found, conflict, unavailable (no public address), and those of the provider. */
  set(providerId: string, numberId: string, action: 'connect' | 'restore'): Promise<ProviderNumber>;
}

const timeoutMs = 30_000;

export function createConnectNumber(deps: {
  store: Pick<Store, 'getSetting' | 'putSetting' | 'resumeProvider'>;
  providers: readonly Provider[];
  publicUrl: () => string | null;
  clock: Clock;
}): ConnectNumber {
  const { store, publicUrl } = deps;

  const find = (providerId: string): Provider => {
    const provider = deps.providers.find((one) => one.providerId === providerId);
    if (provider === undefined) throw new AppError('not_found', 'There is no phone service with this id.');
    return provider;
  };
  const ready = (providerId: string): Provider => {
    const provider = find(providerId);
    const missing = provider.missing();
    if (missing.length > 0) {
      throw new AppError('not_set_up', `${provider.name} is not set up: ${missing.join(', ')} is missing.`);
    }
    return provider;
  };
  const previousOf = async ({ providerId }: Provider, numberId: string): Promise<Previous | null> =>
    toPrevious(await store.getSetting(settingOf(providerId, numberId)));

  const listAt = async (provider: Provider): Promise<ProviderNumber[]> => {
    const { listNumbers } = provider.api;
    if (listNumbers === undefined) return [];
    const numbers = await listNumbers(publicUrl(), AbortSignal.timeout(timeoutMs));
    return Promise.all(
      numbers.map(async (number) => ({
        ...number,
        previousUrl: (await previousOf(provider, number.numberId))?.url ?? null,
      })),
    );
  };
  const findNumber = async (provider: Provider, numberId: string): Promise<ProviderNumber> => {
    const number = (await listAt(provider)).find((one) => one.numberId === numberId);
    if (number === undefined) throw new AppError('not_found', 'This phone service has no such number.');
    return number;
  };
  const write = async (provider: Provider, numberId: string, url: string | null): Promise<ProviderNumber> => {
    const { setNumberCallback } = provider.api;
    if (setNumberCallback === undefined) {
      throw new AppError('unavailable', 'This phone service is set up in its own console only.');
    }
    await setNumberCallback(numberId, url, AbortSignal.timeout(timeoutMs));
    return findNumber(provider, numberId);
  };

  const connect = async (provider: Provider, number: ProviderNumber): Promise<ProviderNumber> => {
    const { numberId, currentUrl, wantedUrl, state } = number;
    if (state === 'connected') return number;
    if (wantedUrl === null) {
      throw new AppError(
        'unavailable',
        'Tapedeck has no public address yet that this number could report to.',
      );
    }
    const kept = await previousOf(provider, numberId);
    // An address of ours from before (another tunnel) is no previous value: the one kept then still is.
    if (kept === null || !isOurs(currentUrl, wantedUrl)) {
      await store.putSetting(settingOf(provider.providerId, numberId), { url: currentUrl });
    }
    return write(provider, numberId, wantedUrl);
  };

  const restore = async (provider: Provider, number: ProviderNumber): Promise<ProviderNumber> => {
    const { numberId, currentUrl, wantedUrl } = number;
    const kept = await previousOf(provider, numberId);
    if (kept === null) {
      throw new AppError(
        'conflict',
        'Tapedeck has not changed this number, so there is nothing to put back.',
      );
    }
    const isChangedSince =
      currentUrl !== kept.url && number.state !== 'connected' && !isOurs(currentUrl, wantedUrl);
    if (isChangedSince) {
      throw new AppError('conflict', 'Somebody else has changed this number since; it is left as it is.');
    }
    const restored = currentUrl === kept.url ? number : await write(provider, numberId, kept.url);
    await store.putSetting(settingOf(provider.providerId, numberId), null);
    return { ...restored, previousUrl: null };
  };

  /** Remembered for calls whose recording nobody told of. The first time that it was seen stands. */
  const noteDisabled = async (providerId: string, isDisabled: boolean): Promise<void> => {
    const name = noticeSetting(providerId);
    const isNoted = (await store.getSetting(name)) != null;
    if (isNoted !== isDisabled)
      await store.putSetting(name, isDisabled ? { sinceMs: deps.clock.now() } : null);
  };

  return {
    async check(providerId) {
      const provider = find(providerId);
      const lacking = lackingSettings(provider);
      if (lacking.length > 0) return { ok: false, findings: lacking };
      if (provider.api.check === undefined) {
        throw new AppError('unavailable', 'The keys of this phone service cannot be checked.');
      }
      try {
        const result = await provider.api.check(AbortSignal.timeout(timeoutMs));
        if (result.ok) await store.resumeProvider(providerId);
        await noteDisabled(
          providerId,
          result.findings.some(({ code }) => code === 'webhook_disabled'),
        );
        return result;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'provider_unauthorized') throw error;
        return { ok: false, findings: [{ ok: false, text: `${provider.name} does not accept these keys.` }] };
      }
    },
    list: async (providerId) => listAt(ready(providerId)),
    async set(providerId, numberId, action) {
      const provider = ready(providerId);
      const number = await findNumber(provider, numberId);
      return action === 'connect' ? connect(provider, number) : restore(provider, number);
    },
  };
}

interface Previous {
  /** Null: nobody was told of its calls. */
  url: string | null;
}

/** A setting of its own per number: two that are changed at once cannot lose each other's value. */
function settingOf(providerId: string, numberId: string): string {
  return `numberBefore:${providerId}:${numberId}`;
}

function toPrevious(setting: unknown): Previous | null {
  if (typeof setting !== 'object' || setting === null || !('url' in setting)) return null;
  return { url: typeof setting.url === 'string' ? setting.url : null };
}

function isOurs(currentUrl: string | null, wantedUrl: string | null): boolean {
  if (currentUrl === null || wantedUrl === null) return false;
  if (!URL.canParse(currentUrl) || !URL.canParse(wantedUrl)) return false;
  return new URL(currentUrl).pathname === new URL(wantedUrl).pathname;
}

function lackingSettings({ settings, missing }: Provider): ProviderCheck['findings'] {
  return missing().map((name) => {
    const where = settings.find((field) => field.name === name)?.where ?? '';
    return { ok: false, text: `${name} is missing. ${where}`.trim() };
  });
}
