// Journey 1 of the house: a Twilio recording callback becomes a playable recording, over real HTTP at every step.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually, type Product, startProduct, temporaryDir } from '../product.ts';
import { createTwilioMedia } from '../standins/twilio-media.ts';
import {
  accountSid,
  authToken,
  callParameters,
  recordingParameters,
  sid,
  signedRequest,
} from '../twilio-callback.ts';

const recordingPath = '/webhooks/twilio-recording';
const statusPath = '/webhooks/twilio-call-status';
const publicUrl = 'https://clinic.example';

let dataDir: string;
let removeDir: () => Promise<void>;
let media: Awaited<ReturnType<typeof createTwilioMedia>>;
let product: Product;

async function start(env: Record<string, string> = {}): Promise<Product> {
  return startProduct({
    dataDir,
    env: {
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_API_BASE_URL: media.url,
      WEBHOOK_BASE_URL: publicUrl,
      ...env,
    },
  });
}

/** Sends a callback as Twilio does: signed for the public address, whatever address it arrives at. */
async function post(
  path: string,
  parameters: Record<string, string>,
  signedFor = publicUrl,
): Promise<number> {
  const response = await fetch(product.webhooksUrl + path, signedRequest(signedFor, path, parameters));
  return response.status;
}

beforeEach(async () => {
  ({ dir: dataDir, remove: removeDir } = await temporaryDir());
  media = await createTwilioMedia();
  product = await start();
});

afterEach(async () => {
  await product.stop();
  await media.close();
  await removeDir();
});

test('a call and its recording arrive out of order and twice, and end as one call that plays', async () => {
  const callSid = sid('CA');
  const recordingSid = sid('RE');
  const facts: [string, Record<string, string>][] = [
    [recordingPath, recordingParameters({ callSid, recordingSid })],
    [statusPath, callParameters({ callSid, status: 'completed', sequence: 3, durationS: 1 })],
    [recordingPath, recordingParameters({ callSid, recordingSid, status: 'in-progress' })],
    [statusPath, callParameters({ callSid, status: 'ringing', sequence: 1 })],
    [statusPath, callParameters({ callSid, status: 'in-progress', sequence: 2 })],
  ];
  for (const [path, parameters] of [...facts, ...facts]) expect(await post(path, parameters)).toBe(200);

  const call = await eventually('the recording is stored', async () => {
    const { items } = await product.call('calls.list', {});
    return items.length === 1 && items[0]?.recordingStatus === 'stored' ? items[0] : null;
  });
  expect(call).toMatchObject({
    status: 'completed',
    direction: 'inbound',
    from: '+14155550199',
    recordingCount: 1,
  });

  const detail = await product.call('calls.get', { callId: call.callId });
  expect(detail.keys).toContainEqual({ providerId: 'twilio', kind: 'call_sid', value: callSid });
  const [recording] = detail.recordings;
  expect(recording).toMatchObject({
    providerRecordingId: recordingSid,
    status: 'stored',
    contentType: 'audio/wav',
    channels: 2,
  });
  expect((await product.call('deliveries.list', {})).items.map(({ repeats }) => repeats)).toEqual([
    1, 1, 1, 1, 1,
  ]);

  const { url } = await product.call('recordings.playback', { recordingId: recording?.recordingId ?? '' });
  const headers = { authorization: 'Bearer a-token-that-only-tests-use' };
  const whole = Buffer.from(await (await fetch(product.apiUrl + url, { headers })).arrayBuffer());
  expect(createHash('sha256').update(whole).digest('hex')).toBe(recording?.sha256);
  const part = await fetch(product.apiUrl + url, { headers: { ...headers, range: 'bytes=44-143' } });
  expect(part.status).toBe(206);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(44, 144));
});

test('what was stored is there after a restart, also under the new public address, and the old one is still accepted', async () => {
  const callSid = sid('CA');
  expect(await post(statusPath, callParameters({ callSid, status: 'ringing', sequence: 1 }))).toBe(200);
  await product.stop();
  product = await start({ WEBHOOK_BASE_URL: 'https://new.example' });
  const answered = callParameters({ callSid, status: 'in-progress', sequence: 2 });
  expect(await post(statusPath, answered, 'https://new.example')).toBe(200);
  const ended = callParameters({ callSid, status: 'completed', sequence: 3, durationS: 5 });
  expect(await post(statusPath, ended, publicUrl)).toBe(200);
  expect(await post(statusPath, { ...ended, CallStatus: 'busy' }, 'https://someone.else')).toBe(403);
  const { items } = await product.call('calls.list', {});
  expect(items).toMatchObject([{ status: 'completed' }]);
  expect((await product.call('deliveries.refused', {})).items).toMatchObject([
    { reason: 'bad_signature', bodyKept: false },
  ]);
});

test('a second Tapedeck on the same data folder is refused in one sentence, and the first goes on', async () => {
  await expect(start()).rejects.toThrow(/already running with the data folder/);
  expect((await product.call('system.status', {})).mode).toBe('real');
});

test('a port that is taken gives one sentence that names it and the setting', async () => {
  const port = new URL(product.webhooksUrl).port;
  const other = await temporaryDir();
  const second = startProduct({ dataDir: other.dir, env: { TAPEDECK_WEBHOOK_PORT: port } });
  await expect(second).rejects.toThrow(new RegExp(`${port}.*TAPEDECK_WEBHOOK_PORT`));
  await other.remove();
});
