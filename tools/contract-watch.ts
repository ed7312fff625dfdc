// What the checks of JSON services share: the product's way to a service while the check looks on.
import { foldRecording, type RecordingRow } from '../src/main/domain/recording.ts';
import { createGuardedFetch } from '../src/main/net/guarded-fetch.ts';
import type { GuardedFetch, GuardedRequest } from '../src/main/net/net.ts';
import type { DialOrder } from '../src/main/providers/provider.ts';

/** A validator that runs in front of a stand-in. */
export interface Proxy {
  url: string;
  stop(): void;
}

/** The product's transport, with the validator's complaints noted. A link to sound goes past the proxy. */
export function watch(
  proxyUrl: string,
  directUrl: string,
  problems: string[],
  onRequest: (request: GuardedRequest) => void = () => undefined,
) {
  let requests = 0;
  const guarded = createGuardedFetch({ allowedHosts: () => [], overrides: () => [proxyUrl, directUrl] });
  const fetch: GuardedFetch = async (request) => {
    requests += 1;
    onRequest(request);
    const answer = await guarded(request);
    const pieces: Uint8Array[] = [];
    for await (const piece of answer.body) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    const text = bytes.toString();
    const violations = answer.headers['sl-violations'];
    const about = `${request.method ?? 'GET'} ${new URL(request.url).pathname} (${answer.status})`;
    if (violations !== undefined) problems.push(`${about}: ${violations}`);
    if (text.includes('stoplight.io/prism/errors')) problems.push(`${about}: ${text}`);
    return {
      ...answer,
      body: (async function* () {
        yield bytes;
      })(),
    };
  };
  return { fetch, count: () => requests };
}

/** An order to dial that leaves out what may be left out. */
export function anOrder(via: string, callId: string, changes: Partial<DialOrder> = {}): DialOrder {
  const asked = { callId, via, to: '+14155550143', record: true, attemptKey: `${callId}-0` };
  return { ...asked, from: null, agentId: null, reference: null, publicUrl: null, ...changes };
}

/** A recording that can be fetched, played and steered. */
export function rowOf(providerId: string, providerRecordingId: string): RecordingRow {
  return foldRecording('rec_00000000000000000000000000', 'call_00000000000000000000000000', [
    {
      kind: 'recording.available',
      eventKey: 'contract',
      providerId,
      occurredAtMs: 0,
      sequence: 0,
      keys: [],
      data: { providerRecordingId },
    },
  ]);
}

/** What is wrong with it, its path, and its body where it is a POST. */
export type WrongRequest = [what: string, path: string, body: object | null];

/** Which of these the validator lets pass, though each is plainly wrong. */
export async function whatPasses(
  proxyUrl: string,
  headers: Record<string, string>,
  wrong: readonly WrongRequest[],
): Promise<string[]> {
  const passed: string[] = [];
  for (const [what, path, body] of wrong) {
    const reply = await fetch(proxyUrl + path, {
      headers,
      ...(body === null ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!(await reply.text()).includes('stoplight.io/prism/errors')) {
      passed.push(`the validator let ${what} pass`);
    }
  }
  return passed;
}
