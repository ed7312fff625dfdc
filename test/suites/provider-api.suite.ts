// What every provider's API has to keep when the provider is in trouble, held against a stand-in that answers
// everything alike: closed codes, retry hints, and never more than one request for one dial.
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallKey } from '../../src/preload/contract/calls.ts';
import { AppError } from '../../src/main/domain/errors.ts';
import type { RecordingRow } from '../../src/main/domain/recording.ts';
import { createGuardedFetch } from '../../src/main/net/guarded-fetch.ts';
import type { GuardedFetch } from '../../src/main/net/net.ts';
import type { DialOrder, Provider, ProviderApi } from '../../src/main/providers/provider.ts';

export interface ProviderApiCase {
  name: string;
  /** With every setting that it needs, its API at this address, going out through `fetch`. */
  createAt(baseUrl: string, fetch: GuardedFetch): Provider;
  /** A call to dial; null for a provider that places none. */
  order: DialOrder | null;
  /** Ids of a call that the provider can be asked about. */
  keys: CallKey[];
  /** A recording of it; null for a provider that holds none. */
  recording: RecordingRow | null;
}

type Answer = { status: number; headers?: Record<string, string>; body?: string } | 'hang_up' | 'half';

const { signal } = new AbortController();
const window = { fromMs: 1_700_000_000_000, toMs: 1_700_000_600_000, page: null };
const json = { 'content-type': 'application/json' };

export function providerApiSuite({ name, createAt, order, keys, recording }: ProviderApiCase): void {
  describe(`${name} keeps the provider port when its API is in trouble`, () => {
    let answer: Answer = 'hang_up';
    let asked: string[] = [];
    let provider: Provider;
    const server = createServer((req, res) => {
      asked.push(`${req.method} ${req.url?.split('?')[0]}`);
      req.resume();
      req.once('end', () => {
        if (answer === 'hang_up') req.socket.destroy();
        else if (answer === 'half') {
          res.writeHead(200, { ...json, 'content-length': '400' });
          res.write('{"sid', () => req.socket.destroy());
        } else res.writeHead(answer.status, answer.headers ?? json).end(answer.body ?? '{}');
      });
    });

    beforeAll(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const fetch = createGuardedFetch({
        allowedHosts: () => provider.hosts,
        overrides: () => provider.overrides,
      });
      provider = createAt(`http://127.0.0.1:${port}`, fetch);
    });
    afterAll(async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    });

    /** Everything that only asks; each by its own name. */
    const questions = (api: ProviderApi): [string, () => Promise<unknown>][] => {
      const all: [string, (() => Promise<unknown> | undefined) | false][] = [
        ['findDial', order !== null && (() => api.findDial?.(order, signal))],
        ['lookUpCall', () => api.lookUpCall?.(keys, signal)],
        ['listLiveCalls', () => api.listLiveCalls?.(signal)],
        ['findRecordings', () => api.findRecordings?.(keys, signal)],
        ['listRecordings', () => api.listRecordings?.(window, signal)],
        ['listCalls', () => api.listCalls?.(window, signal)],
        ['listNumbers', () => api.listNumbers?.(null, signal)],
        ['deleteRecording', recording !== null && (() => api.deleteRecording?.(recording, signal))],
      ];
      return all.flatMap(([method, ask]): [string, () => Promise<unknown>][] => {
        if (ask === false || !(method in api)) return [];
        return [[method, async () => ask()]];
      });
    };

    const troubleWith = async (given: Answer): Promise<[string, AppError][]> => {
      answer = given;
      const found: [string, AppError][] = [];
      for (const [method, ask] of questions(provider.api)) {
        const error: unknown = await ask().then(
          (value) => new Error(`${method} answered ${JSON.stringify(value)}`),
          (thrown: unknown) => thrown,
        );
        if (!(error instanceof AppError)) throw error;
        found.push([method, error]);
      }
      return found;
    };

    test.each([401, 403])('says that its credentials were refused with %i', async (status) => {
      for (const [, error] of await troubleWith({ status })) {
        expect(error.code).toBe('provider_unauthorized');
        expect(error.message).not.toMatch(/\d{5}/);
      }
      answer = { status };
      const checked = await provider.api.check?.(signal).catch((error: unknown) => error);
      if (checked instanceof AppError) expect(checked.code).toBe('provider_unauthorized');
      else if (checked !== undefined) expect(checked).toMatchObject({ ok: false });
    });

    test('waits as long as it is asked to', async () => {
      for (const [, error] of await troubleWith({ status: 429, headers: { ...json, 'retry-after': '7' } })) {
        expect(error).toMatchObject({ code: 'provider_rate_limited', retryable: true });
        expect(error.retryAfterMs).toBe(7_000);
      }
    });

    test.each([500, 502, 503])('comes again later after %i', async (status) => {
      for (const [, error] of await troubleWith({ status }))
        expect(error).toMatchObject({ code: 'provider_unavailable', retryable: true });
    });

    test('comes again later after a broken connection', async () => {
      for (const [, error] of await troubleWith('hang_up'))
        expect(error).toMatchObject({ code: 'network_failed', retryable: true });
    });

    test('believes no page that something else answers with', async () => {
      const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' };
      expect(await troubleWith(page)).toHaveLength(questions(provider.api).length);
    });

    test.runIf(order !== null).each([400, 401, 403, 404, 422])(
      'takes %i for a refusal to dial, after one request',
      async (status) => {
        if (order === null) return;
        answer = { status };
        asked = [];
        expect(await provider.api.dial?.(order, signal)).toMatchObject({ outcome: 'refused' });
        expect(asked).toHaveLength(1);
      },
    );

    test.runIf(order !== null)('takes 429 for not processed and passes on how long to wait', async () => {
      if (order === null) return;
      answer = { status: 429, headers: { ...json, 'retry-after': '7' } };
      asked = [];
      expect(await provider.api.dial?.(order, signal)).toEqual({
        outcome: 'not_processed',
        retryAfterMs: 7_000,
      });
      expect(asked).toHaveLength(1);
    });

    test.runIf(order !== null).each<[string, Answer]>([
      ['500', { status: 500 }],
      ['502 with a page', { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' }],
      ['503', { status: 503 }],
      ['504', { status: 504 }],
      ['a broken connection', 'hang_up'],
      [
        'a page that something else answers with',
        { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
      ],
      ['half an answer', 'half'],
    ])('dials once and calls the outcome unknown after %s', async (_name, given) => {
      if (order === null) return;
      answer = given;
      asked = [];
      expect(await provider.api.dial?.(order, signal)).toMatchObject({ outcome: 'unknown' });
      expect(asked).toHaveLength(1);
    });
  });
}
