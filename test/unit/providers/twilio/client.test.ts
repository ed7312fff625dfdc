import { afterEach, describe, expect, it, vi } from 'vitest';
import type { GuardedFetch } from '../../../../src/main/net/net.ts';
import { createTwilio } from '../../../../src/main/providers/twilio/index.ts';
import { accountSid, answering, authToken, json, keysOf, providerAt, signal } from './standin.ts';

const keys = keysOf(`CA${'1'.repeat(32)}`);

afterEach(() => vi.unstubAllEnvs());

/** What was asked, with answers of an empty account. */
function recordingFetch() {
  const urls: string[] = [];
  const fetch: GuardedFetch = async ({ url, headers }) => {
    urls.push(url);
    expect(headers?.['authorization']).toMatch(/^Basic /);
    const body = Buffer.from('{"calls": [], "recordings": [], "next_page_uri": null}');
    return {
      status: 200,
      headers: {},
      url,
      sizeBytes: body.length,
      body: (async function* () {
        yield body;
      })(),
      drain: async () => undefined,
    };
  };
  return { urls, fetch };
}

describe('where Twilio is', () => {
  it.each([
    [{}, 'api.twilio.com'],
    [{ TWILIO_REGION: 'ie1' }, 'api.ie1.twilio.com'],
    [{ TWILIO_EDGE: 'dublin' }, 'api.dublin.us1.twilio.com'],
    [{ TWILIO_REGION: 'ie1', TWILIO_EDGE: 'dublin' }, 'api.dublin.ie1.twilio.com'],
    [{ TWILIO_REGION: 'au1', TWILIO_EDGE: 'ashburn-ix' }, 'api.ashburn-ix.au1.twilio.com'],
  ])('with %j it is %s, for the API and for media', async (more, host) => {
    const settings: Record<string, string> = {
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      ...more,
    };
    // The SDK reads these by itself; only our own settings count.
    vi.stubEnv('TWILIO_REGION', 'xx1');
    vi.stubEnv('TWILIO_EDGE', 'nowhere');
    const { urls, fetch } = recordingFetch();
    const provider = createTwilio({ setting: (name) => settings[name], fetch });
    expect(provider.hosts).toEqual([host]);
    await provider.api.listCalls?.({ fromMs: 0, toMs: 1, page: null }, signal);
    await provider.api.findRecordings?.(keys, signal).catch(() => null);
    expect(new Set(urls.map((url) => new URL(url).origin))).toEqual(new Set([`https://${host}`]));
  });

  it('an address of the user takes neither region nor edge, not even of the environment', async () => {
    vi.stubEnv('TWILIO_REGION', 'ie1');
    vi.stubEnv('TWILIO_EDGE', 'dublin');
    const baseUrl = await answering((_path, res) => json(res, 200, { calls: [], next_page_uri: null }));
    const { provider, seen } = providerAt(baseUrl, { TWILIO_REGION: 'ie1', TWILIO_EDGE: 'dublin' });
    await provider.api.listCalls?.({ fromMs: 0, toMs: 1, page: null }, signal);
    expect(seen.map(({ url }) => url.origin)).toEqual([baseUrl]);
    expect(provider.missing()).toEqual([]);
  });

  it.each(['evil.example/', 'ie1.', 'IE1', '../', 'a b', '1', 'ie1@x'])(
    'region and edge %j are none: nothing is asked',
    async (text) => {
      for (const name of ['TWILIO_REGION', 'TWILIO_EDGE']) {
        const { urls, fetch } = recordingFetch();
        const settings: Record<string, string> = {
          TWILIO_ACCOUNT_SID: accountSid,
          TWILIO_AUTH_TOKEN: authToken,
          [name]: text,
        };
        const provider = createTwilio({ setting: (wanted) => settings[wanted], fetch });
        expect(provider.missing()).toEqual([name]);
        expect(provider.hosts).toEqual([]);
        await expect(provider.api.lookUpCall?.(keys, signal)).rejects.toMatchObject({
          code: 'secret_missing',
        });
        expect(urls).toEqual([]);
      }
    },
  );
});

describe('refusals', () => {
  const old = (code: number, status: number) => ({ code, message: 'No', more_info: 'https://x', status });
  const rfc9457 = (code: number, status: number) => ({
    type: `https://www.twilio.com/docs/api/errors/${code}`,
    title: 'No',
    status,
    code,
    detail: 'Not this time',
  });

  it.each([
    [400, 20_003, 'provider_unauthorized', false],
    [401, 20_003, 'provider_unauthorized', false],
    [403, 20_151, 'provider_unauthorized', false],
    [429, 20_429, 'provider_rate_limited', true],
    [400, 20_429, 'provider_rate_limited', true],
    [400, 10_002, 'provider_refused', false],
    [409, 20_409, 'provider_refused', false],
    [500, 20_500, 'provider_unavailable', true],
    [503, 20_503, 'provider_unavailable', true],
  ])('%i with %i means %s, in both forms', async (status, code, expected, retryable) => {
    for (const body of [old(code, status), rfc9457(code, status)]) {
      const baseUrl = await answering((_path, res) => json(res, status, body, { 'retry-after': '9' }));
      const { provider, seen } = providerAt(baseUrl);
      for (const asking of [
        provider.api.lookUpCall?.(keys, signal),
        provider.api.findRecordings?.(keys, signal),
      ]) {
        await expect(asking).rejects.toMatchObject({ code: expected, retryable, retryAfterMs: 9_000 });
      }
      // The job queue tries again; the SDK does not.
      expect(seen).toHaveLength(2);
    }
  });

  it('takes a call that is not there for a value', async () => {
    for (const body of [old(20_404, 404), rfc9457(20_404, 404), 'not found']) {
      const baseUrl = await answering((_path, res) => json(res, 404, body));
      const found = await providerAt(baseUrl).provider.api.lookUpCall?.(keys, signal);
      expect(found).toEqual({ facts: [], isFinal: false });
    }
  });

  it.each([['[]'], ['null'], ['7'], ['{}'], ['{"recordings": 7}'], ['{"recordings": [null]}'], ['']])(
    'believes no list in %j',
    async (body) => {
      const baseUrl = await answering((_path, res) => void res.writeHead(200).end(body));
      const { provider } = providerAt(baseUrl);
      await expect(provider.api.findRecordings?.(keys, signal)).rejects.toMatchObject({
        code: 'network_failed',
        retryable: true,
      });
    },
  );

  it('asks nothing without an account SID and auth token that could be ones', async () => {
    for (const more of [
      { TWILIO_ACCOUNT_SID: 'SK1' },
      { TWILIO_ACCOUNT_SID: '' },
      { TWILIO_AUTH_TOKEN: ' ' },
    ]) {
      const { provider, seen } = providerAt('http://127.0.0.1:9', more);
      await expect(provider.api.lookUpCall?.(keys, signal)).rejects.toMatchObject({ code: 'secret_missing' });
      expect(provider.missing()).toEqual(Object.keys(more));
      expect(seen).toEqual([]);
    }
  });
});
