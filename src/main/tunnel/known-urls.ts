// The public addresses that Tapedeck has handed out: providers go on using the old one for a while after a change, and
// a signature is over the address that the provider was given.
import { z } from 'zod';
import type { Clock } from '../domain/clock.ts';
import { AppError } from '../domain/errors.ts';
import type { Store } from '../store/store.ts';

export interface KnownUrls {
  current(): string | null;
  /** The current one first, then those retired in the last 24 h; without any, the listener's own local addresses. */
  accepted(): string[];
  /** Those retired longer ago: nothing is accepted for them, but a refusal can say that one of them was used. */
  retired(): string[];
  /** Remembers that this address is the one in use from now on; null retires it without a successor. */
  use(url: string | null): Promise<void>;
}

/** Signatures over a retired address are accepted for so long. */
const acceptRetiredMs = 24 * 60 * 60 * 1000;
/** For so long, and so many: an ngrok without a domain of its own has another address with every start. */
const rememberMs = 30 * 24 * 60 * 60 * 1000;
const rememberCount = 50;
const settingName = 'publicUrls';
const stored = z.array(z.object({ url: z.string(), retiredAtMs: z.number().nullable() }));

interface Retired {
  url: string;
  retiredAtMs: number;
}

/**
 * @param localUrl where the listener itself is; it stands in while nothing is configured, so that a simulator or
 *   `curl` on this computer can sign for it
 */
export async function createKnownUrls(deps: {
  localUrl: () => string;
  store: Pick<Store, 'getSetting' | 'putSetting'>;
  clock: Clock;
}): Promise<KnownUrls> {
  const { localUrl, store, clock } = deps;
  const read = stored.safeParse(await store.getSetting(settingName));
  let url: string | null = null;
  let retired: Retired[] = (read.success ? read.data : []).map((one) => ({
    url: one.url,
    // A moment in the future was written by a clock that has been set back since.
    retiredAtMs: Math.min(one.retiredAtMs ?? clock.now(), clock.now()),
  }));
  const isFresh = ({ retiredAtMs }: Retired): boolean => clock.now() - retiredAtMs < acceptRetiredMs;

  return {
    current: () => url,
    accepted: () => [
      ...(url === null ? localUrls(localUrl()) : [url]),
      ...retired.filter((one) => one.url !== url && isFresh(one)).map((one) => one.url),
    ],
    retired: () => retired.filter((one) => one.url !== url && !isFresh(one)).map((one) => one.url),
    async use(next) {
      if (url !== null && url !== next) retired.push({ url, retiredAtMs: clock.now() });
      url = next;
      retired = retired
        .filter((one) => one.url !== url && clock.now() - one.retiredAtMs < rememberMs)
        .sort((a, b) => b.retiredAtMs - a.retiredAtMs)
        .slice(0, rememberCount);
      await store.putSetting(settingName, [
        ...(url === null ? [] : [{ url, retiredAtMs: null }]),
        ...retired,
      ]);
    },
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
