// A provider that still signs for an address of long ago is refused like everybody, and told apart from a forger.
import { expect, test } from 'vitest';
import { recordingParameters, sid, signedRequest } from '../../twilio-callback.ts';
import { publicUrl, recordingPath, startListener } from './listener.ts';

const parameters = recordingParameters({
  callSid: sid('CA', 'a call'),
  recordingSid: sid('RE', 'its recording'),
});
const body = new URLSearchParams(parameters).toString();
const post = (url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url + recordingPath, { ...signedRequest(publicUrl, recordingPath, parameters), ...init });

test('a signature for an address that Tapedeck no longer has: 403, and why', async () => {
  const { url, refusals, deliveries } = await startListener({
    tunnel: { acceptedUrls: () => ['https://new.example'], retiredUrls: () => [publicUrl] },
  });
  expect((await post(url)).status).toBe(403);
  expect((await post(url, { body: `${body}&Extra=1` })).status).toBe(403);
  await expect.poll(() => refusals).toHaveLength(2);
  expect(refusals.map(({ reason }) => reason)).toEqual(['stale_address', 'bad_signature']);
  expect(deliveries).toEqual([]);
});
