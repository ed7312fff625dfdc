// The Twilio provider on the guarded fetch, in front of the stand-in or of a server that a test scripts.
import { createServer, type ServerResponse } from 'node:http';
import { afterEach } from 'vitest';
import type { CallKey } from '../../../../src/preload/contract/calls.ts';
import type { RecordingRow } from '../../../../src/main/domain/recording.ts';
import { createGuardedFetch } from '../../../../src/main/net/guarded-fetch.ts';
import type { GuardedFetch } from '../../../../src/main/net/net.ts';
import type { Provider } from '../../../../src/main/providers/provider.ts';
import { createTwilio } from '../../../../src/main/providers/twilio/index.ts';
import { accountSid, authToken } from '../../sandbox/world.ts';
import { aRecording } from '../../../standins/samples.ts';

export { accountSid, authToken };
export const { signal } = new AbortController();

export interface Seen {
  method: string;
  url: URL;
  form: URLSearchParams;
}

/** @param more settings beside account, token and address */
export function providerAt(
  baseUrl: string,
  more: Record<string, string> = {},
  now?: () => number,
): { provider: Provider; seen: Seen[] } {
  const settings: Record<string, string> = {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_API_BASE_URL: baseUrl,
    ...more,
  };
  const seen: Seen[] = [];
  const guarded = createGuardedFetch({
    allowedHosts: () => provider.hosts,
    overrides: () => provider.overrides,
  });
  const fetch: GuardedFetch = (request) => {
    seen.push({
      method: request.method ?? 'GET',
      url: new URL(request.url),
      form: new URLSearchParams(String(request.body ?? '')),
    });
    return guarded(request);
  };
  const provider: Provider = createTwilio({
    setting: (name) => settings[name],
    fetch,
    ...(now === undefined ? {} : { now }),
  });
  return { provider, seen };
}

export function keysOf(...sids: string[]): CallKey[] {
  return sids.map((value) => ({ providerId: 'twilio', kind: 'call_sid', value }));
}

export function rowOf(providerRecordingId: string): RecordingRow {
  return aRecording('twilio', providerRecordingId, { providerAccountId: accountSid, status: 'recording' });
}

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

/** A server that answers each request as told. */
export async function answering(
  answer: (path: string, res: ServerResponse, method: string) => void,
): Promise<string> {
  const server = createServer((req, res) => {
    req.resume();
    req.once('end', () => answer(req.url ?? '', res, req.method ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

export function json(res: ServerResponse, status: number, body: unknown, headers = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
