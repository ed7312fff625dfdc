// X-Twilio-Signature: base64(HMAC-SHA1(auth token, URL + sorted parameters)). Own code because the SDK costs 0.3 s
// of start-up; the tests judge it against the SDK on every kind of input.
// Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'node:querystring';
import type { Form } from './form.ts';

/**
 * Whether a signature is right for one of the URLs under which the request may have been sent.
 * @param signature the header's value
 * @param publicUrls origins with optional path prefix, no trailing slash
 * @param pathAndQuery as received; a `#fragment` (Twilio's retry options) is never signed and is cut
 * @param form the body's parameters
 * @param body the raw body, for URLs that carry its hash in `bodySHA256` instead of signing parameters
 * @returns false for anything that is not right; never throws
 */
export function isSignedBy(
  authToken: string,
  signature: string,
  publicUrls: readonly string[],
  pathAndQuery: string,
  form: Form,
  body: Buffer,
): boolean {
  // 20 bytes of SHA-1 are always 28 characters: everything else is refused before any hashing.
  if (signature.length !== 28) return false;
  const given = Buffer.from(signature, 'utf8');
  const fragment = pathAndQuery.indexOf('#');
  const target = fragment === -1 ? pathAndQuery : pathAndQuery.slice(0, fragment);
  const bodyHash = signedBodyHash(target);
  if (bodyHash !== null && !sameText(bodyHash, hash('sha256', body, 'hex'))) return false;
  const parameters = bodyHash === null ? sortedParameters(form) : '';
  for (const publicUrl of publicUrls) {
    const url = publicUrl + target;
    if (isRight(authToken, url + parameters, given)) return true;
  }
  return publicUrls.some((publicUrl) =>
    otherSpellings(publicUrl + target).some((url) => isRight(authToken, url + parameters, given)),
  );
}

function isRight(authToken: string, text: string, given: Buffer): boolean {
  const expected = createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
  const bytes = Buffer.from(expected, 'latin1');
  return bytes.length === given.length && timingSafeEqual(bytes, given);
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The hash that a URL with `bodySHA256` promises; null when it has none. */
function signedBodyHash(target: string): string | null {
  const query = target.indexOf('?');
  if (query === -1 || !target.includes('bodySHA256', query)) return null;
  return new URLSearchParams(target.slice(query + 1)).get('bodySHA256');
}

/** Names in order, each followed by its value; of a repeated name its different values, in order. */
function sortedParameters(form: Form): string {
  let text = '';
  for (const name of [...form.values.keys()].sort()) {
    const all = form.repeated?.get(name);
    if (all === undefined) text += name + (form.values.get(name) ?? '');
    else for (const value of [...new Set(all)].sort()) text += name + value;
  }
  return text;
}

/**
 * The other ways in which Twilio's back ends spell the URL that they sign: with and without the port, and escaped as
 * `new URL()` and the old querystring module do it (the same list as twilio 6.2.0, lib/webhooks/webhooks.js).
 */
function otherSpellings(url: string): string[] {
  const spellings = new Set([withoutPort(url), withPort(url)]);
  if (URL.canParse(url)) {
    const escaped = new URL(url).toString();
    for (const spelling of [withoutPort(escaped), withPort(escaped)]) {
      spellings.add(spelling);
      spellings.add(withOldQuery(spelling));
    }
  }
  spellings.delete(url);
  return [...spellings];
}

const authority = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)/i;
const port = /:\d*$/;

function withoutPort(url: string): string {
  return url.replace(authority, (_, scheme: string, host: string) => scheme + host.replace(port, ''));
}

function withPort(url: string): string {
  return url.replace(authority, (_, scheme: string, host: string) =>
    port.test(host)
      ? scheme + host
      : `${scheme}${host}${scheme.toLowerCase() === 'https://' ? ':443' : ':80'}`,
  );
}

function withOldQuery(url: string): string {
  const query = url.indexOf('?');
  if (query === -1 || query === url.length - 1) return url;
  return `${url.slice(0, query)}?${stringify(parse(url.slice(query + 1)))}`;
}
