// Being reached under an address that the user runs or rents (WEBHOOK_BASE_URL): Tapedeck only has to remember which
// addresses it has handed out, because providers go on using the old one for a while after a change.
import { z } from 'zod';
import type { Clock } from '../domain/clock.ts';
import { AppError } from '../domain/errors.ts';
import type { Store } from '../store/store.ts';
import type { Tunnel } from './tunnel.ts';

/** Signatures over a retired address are accepted for so long. */
const acceptRetiredMs = 24 * 60 * 60 * 1000;
/** For so long a refusal can still say that it was meant for an address of before. */
const rememberRetiredMs = 30 * 24 * 60 * 60 * 1000;
const settingName = 'publicUrls';

const knownUrls = z.array(z.object({ url: z.string(), retiredAtMs: z.number().nullable() }));
type KnownUrl = z.infer<typeof knownUrls>[number];

/**
 * @param configuredUrl WEBHOOK_BASE_URL; null when there is none
 * @param localUrl where the listener itself is; it stands in while nothing is configured, so that a simulator or
 *   `curl` on this computer can sign for it
 * Errors: bad_config
 */
export async function createFixedUrl(deps: {
  configuredUrl: string | null;
  localUrl: () => string;
  store: Pick<Store, 'getSetting' | 'putSetting'>;
  clock: Clock;
}): Promise<Tunnel> {
  const { localUrl, store, clock } = deps;
  const configured = deps.configuredUrl === null ? null : normalisePublicUrl(deps.configuredUrl);

  const nowMs = clock.now();
  const stored = knownUrls.safeParse(await store.getSetting(settingName));
  const retired = (stored.success ? stored.data : [])
    .filter(({ url }) => url !== configured)
    .map(({ url, retiredAtMs }): KnownUrl & { retiredAtMs: number } => ({
      url,
      retiredAtMs: Math.min(retiredAtMs ?? nowMs, nowMs),
    }))
    .filter(({ retiredAtMs }) => nowMs - retiredAtMs < rememberRetiredMs)
    .sort((a, b) => b.retiredAtMs - a.retiredAtMs);
  const current: KnownUrl[] = configured === null ? [] : [{ url: configured, retiredAtMs: null }];
  await store.putSetting(settingName, [...current, ...retired]);

  return {
    publicUrl: () => configured,
    acceptedUrls() {
      const urls = configured === null ? localUrls(localUrl()) : [configured];
      for (const { url, retiredAtMs } of retired) {
        if (clock.now() - retiredAtMs < acceptRetiredMs) urls.push(url);
      }
      return urls;
    },
    retiredUrls: () =>
      retired.filter(({ retiredAtMs }) => clock.now() - retiredAtMs >= acceptRetiredMs).map(({ url }) => url),
  };
}

/** The listener is one and the same under both names. */
function localUrls(url: string): string[] {
  return url.includes('//127.0.0.1') ? [url, url.replace('//127.0.0.1', '//localhost')] : [url];
}

/**
 * An address as providers will see it: no trailing slash, no fragment.
 * Errors: bad_config
 */
export function normalisePublicUrl(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  const web = url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
  if (!web || url.search !== '' || url.username !== '' || url.password !== '') {
    throw new AppError(
      'bad_config',
      'WEBHOOK_BASE_URL has to be a web address without user name or query, such as https://tapedeck.example.com.',
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
