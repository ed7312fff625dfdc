// A tour through the whole Twilio stand-in, made with Twilio's own SDK, and through what the product asks of it.
import { createServer } from 'node:http';
import twilio from 'twilio';
import type { Clock } from '../src/main/domain/clock.ts';
import { isRecordingEvent } from '../src/main/domain/provider-event.ts';
import { foldRecording, type RecordingEvent } from '../src/main/domain/recording.ts';
import { createGuardedFetch } from '../src/main/net/guarded-fetch.ts';
import type { GuardedFetch, GuardedRequest, GuardedResponse } from '../src/main/net/net.ts';
import type { Provider } from '../src/main/providers/provider.ts';
import { createTwilio } from '../src/main/providers/twilio/index.ts';
import type { Sandbox } from '../src/main/sandbox/sandbox.ts';

export interface Answer {
  method: string;
  path: string;
  status: number;
  /** Problems that the proxy found in the request or in the stand-in's answer. */
  violations: string[];
}

interface Stop {
  clock: Clock;
  sandbox: Sandbox;
  accountSid: string;
  authToken: string;
  /** Of the validating proxy. */
  proxyUrl: string;
  /** Of the stand-in itself. */
  directUrl: string;
}

/** Of the SDK, whose own name for it is not exported. */
type RequestOptions<T> = Parameters<typeof twilio.RequestClient.prototype.request<T>>[0];

/** Fields of a proxy's answer that tell of violations. */
function violationsIn(headers: unknown, body: unknown): string[] {
  const found: string[] = [];
  if (typeof headers === 'object' && headers !== null && 'sl-violations' in headers) {
    found.push(String(headers['sl-violations']));
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
  if (text.includes('stoplight.io/prism/errors')) found.push(text);
  return found;
}

/**
 * Every resource, filter and field of the stand-in that Tapedeck relies on, through the proxy. Refusals are left to
 * the stand-in's own suite: the description has no error answers, so the proxy would object to every one.
 */
export async function tourWithSdk(stop: Stop, report: (answer: Answer) => void): Promise<void> {
  class Watching extends twilio.RequestClient {
    override async request<T>(options: RequestOptions<T>) {
      const response = await super.request<T>(options);
      report({
        method: options.method.toUpperCase(),
        path: new URL(options.uri).pathname,
        status: response.statusCode,
        violations: violationsIn(Reflect.get(response, 'headers'), response.body),
      });
      return response;
    }
  }
  const client = twilio(stop.accountSid, stop.authToken, { httpClient: new Watching() });
  client.api.baseUrl = stop.proxyUrl;
  const until = async (sid: string, status: string): Promise<void> => {
    for (let i = 0; i < 100; i++) {
      if ((await client.calls(sid).fetch()).status === status) return;
      await stop.clock.delay(2_000);
    }
    throw new Error(`the call did not become ${status}`);
  };

  const call = await client.calls.create({
    to: '+14155550143',
    from: '+14155550100',
    twiml: '<Response/>',
    record: true,
    recordingChannels: 'dual',
    recordingTrack: 'both',
    recordingStatusCallback: 'http://127.0.0.1:9/none',
    recordingStatusCallbackEvent: ['in-progress', 'completed', 'absent'],
    statusCallback: 'http://127.0.0.1:9/none',
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    statusCallbackMethod: 'POST',
    trim: 'do-not-trim',
    timeout: 30,
  });
  await until(call.sid, 'in-progress');
  const recording = await client.calls(call.sid).recordings.create({
    recordingChannels: 'dual',
    recordingTrack: 'both',
    trim: 'do-not-trim',
    recordingStatusCallback: 'http://127.0.0.1:9/none',
    recordingStatusCallbackEvent: ['completed'],
  });
  const current = client.calls(call.sid).recordings('Twilio.CURRENT');
  await current.update({ status: 'paused', pauseBehavior: 'skip' });
  await current.update({ status: 'in-progress' });
  await stop.clock.delay(4_000);
  await current.update({ status: 'stopped' });
  await client.calls(call.sid).recordings(recording.sid).fetch();
  await client.calls(call.sid).recordings.list({ dateCreatedAfter: new Date(stop.clock.now() - 86_400_000) });
  await client.calls(call.sid).update({ status: 'completed' });
  await until(call.sid, 'completed');

  const since = new Date(stop.clock.now() - 2 * 86_400_000);
  await client.calls.list({ status: 'in-progress' });
  await client.calls.list({ to: '+14155550100', from: '+14155550199', startTimeBefore: since, pageSize: 5 });
  await client.calls.list({ startTimeAfter: since, pageSize: 5 });
  await client.calls.list({ parentCallSid: call.sid, limit: 5 });
  await client.recordings.list({ callSid: call.sid, includeSoftDeleted: true });
  await client.recordings.list({ dateCreatedAfter: since, dateCreatedBefore: new Date(), pageSize: 3 });
  await client.recordings.list({ dateCreated: since, limit: 5 });
  await client.recordings(recording.sid).fetch({ includeSoftDeleted: true });
  await client.recordings(recording.sid).remove();
  await client.api.v2010.accounts(stop.accountSid).fetch();
}

/** What the official description leaves out: media, and the numbers of the account. It goes straight to the stand-in. */
export const twilioBesideSpec: readonly { path: RegExp; names: readonly string[] }[] = [
  { path: /\/Recordings\/RE[0-9a-f]{32}(\.wav|\.mp3)$/, names: ['RequestedChannels'] },
  // https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
  {
    path: /\/IncomingPhoneNumbers(\/PN[0-9a-f]{32})?\.json$/,
    names: ['PageSize', 'Page', 'PageToken', 'StatusCallback', 'StatusCallbackMethod'],
  },
];

/**
 * What the product asks of Twilio: everything of its provider module, and the sound of the recordings it was told of.
 * @returns the recordings looked at
 */
export async function tourAsProduct(stop: Stop, report: (answer: Answer) => void): Promise<number> {
  const settings: Record<string, string> = {
    TWILIO_ACCOUNT_SID: stop.accountSid,
    TWILIO_AUTH_TOKEN: stop.authToken,
    TWILIO_API_BASE_URL: stop.proxyUrl,
  };
  const guarded = createGuardedFetch({
    allowedHosts: () => [],
    overrides: () => [stop.proxyUrl, stop.directUrl],
  });
  const provider = createTwilio({
    setting: (name) => settings[name],
    now: stop.clock.now,
    fetch: (request) => watch(stop, guarded, request, report),
  });
  const byRecording = new Map<string, RecordingEvent[]>();
  const receiver = await receiveCallbacks(provider, stop.clock, byRecording, report);
  stop.sandbox.connect({ webhookBaseUrl: receiver.url });
  await stop.sandbox.place({ count: 2, talkMs: 20_000 });
  await stop.sandbox.idle();
  const { signal } = new AbortController();
  for (const [sid, events] of byRecording) {
    for (const { url, headers } of await provider.media(foldRecording(sid, 'call', events), signal)) {
      const reply = await fetch(url.replace(stop.proxyUrl, stop.directUrl), { headers });
      await reply.arrayBuffer();
      const violations = reply.ok ? [] : [`the product's media address was answered ${reply.status}`];
      report({ method: 'GET', path: new URL(url).pathname, status: reply.status, violations });
    }
  }
  const recordings = byRecording.size;
  // Last, because it deletes what it records.
  await askEverything(stop, provider, receiver.url);
  receiver.close();
  return recordings;
}

/** Through the proxy, except for what the description leaves out; the answer is read for violations on its way. */
async function watch(
  { proxyUrl, directUrl }: Stop,
  guarded: GuardedFetch,
  request: GuardedRequest,
  report: (answer: Answer) => void,
): Promise<GuardedResponse> {
  const { pathname } = new URL(request.url);
  const isBeside = twilioBesideSpec.some(({ path }) => path.test(pathname));
  const url = isBeside ? request.url.replace(proxyUrl, directUrl) : request.url;
  const reply = await guarded({ ...request, url });
  const pieces: Uint8Array[] = [];
  for await (const piece of reply.body) pieces.push(piece);
  const body = Buffer.concat(pieces);
  const violations = violationsIn(reply.headers, body.toString());
  report({ method: request.method ?? 'GET', path: pathname, status: reply.status, violations });
  return {
    ...reply,
    body: (async function* () {
      yield body;
    })(),
  };
}

/** Every question and command of the provider's API, each in its good case. */
async function askEverything({ sandbox, clock }: Stop, { api }: Provider, publicUrl: string): Promise<void> {
  const { signal } = new AbortController();
  const { callSids } = await sandbox.place(
    { direction: 'inbound', talkMs: 60_000 },
    { record: false, putThrough: 'dial' },
  );
  const keys = callSids.map((value) => ({ providerId: 'twilio', kind: 'call_sid', value }));
  const callId = 'call_01jz8q4c9xk7m2v5n3t6r8w0ab';
  let recordings: RecordingEvent[] = [];
  for (let tries = 0; recordings.length === 0 && tries < 50; tries++) {
    await clock.delay(1_000);
    const looked = await api.lookUpCall?.(keys, signal);
    const isLive = looked?.facts.some(({ label }) => label === 'call in-progress') === true;
    const answer = isLive ? await api.startRecording?.({ callId, keys, publicUrl }, signal) : undefined;
    if (answer?.outcome === 'started')
      recordings = answer.facts.flatMap(({ events }) => events.filter(isRecordingEvent));
  }
  const [first] = recordings;
  if (first === undefined) throw new Error('the product started no recording');
  const row = foldRecording('rec', callId, [first]);
  for (const action of ['pause', 'resume', 'stop'] as const) {
    await clock.delay(2_000);
    await api.steerRecording?.(row, keys, action, signal);
  }
  await sandbox.idle();
  await api.findRecordings?.(keys, signal);
  const window = { fromMs: clock.now() - 3_600_000, toMs: clock.now(), page: null };
  await api.listRecordings?.(window, signal);
  await api.listCalls?.(window, signal);
  await api.listLiveCalls?.(signal);
  await api.deleteRecording?.(row, signal);
  const checked = await api.check?.(signal);
  if (checked?.ok !== true) throw new Error('the check of the keys failed');
  const [number] = (await api.listNumbers?.(publicUrl, signal)) ?? [];
  if (number === undefined) throw new Error('no number was listed');
  await api.setNumberCallback?.(number.numberId, number.wantedUrl, signal);
}

/** Verifies and reads callbacks as the product does; what it is told of recordings is collected. */
async function receiveCallbacks(
  provider: Provider,
  clock: Clock,
  byRecording: Map<string, RecordingEvent[]>,
  report: (answer: Answer) => void,
): Promise<{ url: string; close(): void }> {
  let publicUrl = '';
  const receiver = createServer((req, res) => {
    const pieces: Buffer[] = [];
    req.on('data', (piece: Buffer) => pieces.push(piece));
    req.on('end', () => {
      const request = {
        path: req.url ?? '',
        pathAndQuery: req.url ?? '',
        headers: req.headers,
        body: Buffer.concat(pieces),
        receivedAtMs: clock.now(),
      };
      const verdict = provider.verify(request, [publicUrl]);
      const understood = provider.understand(request);
      const violations = [
        ...(verdict.ok ? [] : [`callback refused by the product: ${verdict.reason}`]),
        ...(understood.outcome === 'not_understood' ? ['callback not understood by the product'] : []),
      ];
      report({ method: 'POST', path: request.path, status: 200, violations });
      for (const event of understood.events.filter(isRecordingEvent)) {
        const sid = event.data.providerRecordingId;
        byRecording.set(sid, [...(byRecording.get(sid) ?? []), event]);
      }
      res.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  publicUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    url: publicUrl,
    close() {
      receiver.close();
      receiver.closeAllConnections();
    },
  };
}
