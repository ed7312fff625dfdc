// A provider that still uses an address of before is refused, and the note says so.
import { expect, test } from 'vitest';
import { recordingParameters, sid, signedRequest } from '../../twilio-callback.ts';
import { publicUrl, recordingPath, startListener } from './listener.ts';

const parameters = recordingParameters({
  callSid: sid('CA', 'a call'),
  recordingSid: sid('RE', 'its recording'),
});
const request = signedRequest(publicUrl, recordingPath, parameters);

test('a signature for an address that Tapedeck no longer has: 403, and why', async () => {
  const { url, refusals, deliveries } = await startListener({
    tunnel: { acceptedUrls: () => ['https://new.example'], retiredUrls: () => [publicUrl] },
  });
  expect((await fetch(url + recordingPath, request)).status).toBe(403);
  await expect.poll(() => refusals).toHaveLength(1);
  const changed = { ...request, body: `${new URLSearchParams(parameters).toString()}&Extra=1` };
  expect((await fetch(url + recordingPath, changed)).status).toBe(403);
  await expect.poll(() => refusals).toHaveLength(2);
  expect(refusals.map(({ reason }) => reason)).toEqual(['stale_address', 'bad_signature']);
  expect(deliveries).toEqual([]);
});
