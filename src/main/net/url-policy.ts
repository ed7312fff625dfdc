// Which URLs may be asked at all, before any name is resolved.
import { isIP } from 'node:net';
import { AppError } from '../domain/errors.ts';
import { isMetadataAddress } from './address-policy.ts';

export interface UrlPolicy {
  /** Exact host names, or `*.suffix` for every name below one. */
  allowedHosts: readonly string[];
  /** Base URLs that the user set; only they may be http, a private address or another port. */
  overrides: readonly string[];
}

export interface Target {
  url: URL;
  /** The user named this origin: its address may be private. */
  trusted: boolean;
}

/**
 * Checks where a request may go.
 * @param mayBeTrusted false when the way here began at a provider: a redirect from outside cannot reach an override
 * Errors: blocked_address
 */
export function checkUrl(text: string, policy: UrlPolicy, mayBeTrusted: boolean): Target {
  const url = URL.parse(text);
  if (url === null) throw blocked('The address of a request is not a URL.');
  if (url.username !== '' || url.password !== '')
    throw blocked('The address of a request carries a password.');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (mayBeTrusted && policy.overrides.some((base) => URL.parse(base)?.origin === url.origin)) {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw blocked('Only http and https are spoken.');
    if (isIP(host) !== 0 && isMetadataAddress(host))
      throw blocked('Cloud metadata addresses are never asked.');
    return { url, trusted: true };
  }
  if (url.protocol !== 'https:') throw blocked('Providers are asked over https only.');
  if (url.port !== '') throw blocked('Providers are asked on port 443 only.');
  // URL has already turned every notation of an IPv4 address (decimal, octal, hex, short) into the dotted one.
  if (isIP(host) !== 0) throw blocked('Providers are asked by name, never by address.');
  if (!policy.allowedHosts.some((pattern) => matches(host, pattern)))
    throw blocked('This host is not one of the provider.');
  return { url, trusted: false };
}

/**
 * Checks one redirect.
 * @param from where the answer came from
 * @param location the header as received, absolute or relative
 * Errors: blocked_address (retryable: what the outside said may be different next time)
 */
export function checkRedirect(from: Target, location: string, policy: UrlPolicy): Target {
  const url = URL.parse(location, from.url.href);
  if (url === null) throw blocked('A redirect leads nowhere.', true);
  if (from.url.protocol === 'https:' && url.protocol !== 'https:')
    throw blocked('A redirect would leave https.', true);
  try {
    return checkUrl(url.href, policy, from.trusted);
  } catch (cause) {
    throw blocked('A redirect leads to an address that is not allowed.', true, cause);
  }
}

function matches(host: string, pattern: string): boolean {
  if (!pattern.startsWith('*.')) return host === pattern;
  return host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
}

function blocked(message: string, retryable = false, cause?: unknown): AppError {
  return new AppError('blocked_address', message, { retryable, cause });
}
