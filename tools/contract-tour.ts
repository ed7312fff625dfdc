// A tour through the whole Twilio stand-in, made with Twilio's own SDK, and through what the product asks of it.
import { createServer } from 'node:http';
import twilio from 'twilio';
import type { Clock } from '../src/main/domain/clock.ts';
import { isRecordingEvent } from '../src/main/domain/provider-event.ts';
import { foldRecording, type RecordingEvent } from '../src/main/domain/recording.ts';
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
}

/**
 * What the product asks of Twilio: today the sound of recordings, by addresses that its own provider module makes of
 * the callbacks it was sent. The official description leaves media out, so they go straight to the stand-in.
 * @returns the recordings looked at
 */
export async function tourAsProduct(stop: Stop, report: (answer: Answer) => void): Promise<number> {
  const settings: Record<string, string> = {
    TWILIO_ACCOUNT_SID: stop.accountSid,
    TWILIO_AUTH_TOKEN: stop.authToken,
    TWILIO_API_BASE_URL: stop.directUrl,
  };
  const provider = createTwilio({ setting: (name) => settings[name] });
  const byRecording = new Map<string, RecordingEvent[]>();
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
        receivedAtMs: stop.clock.now(),
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
  stop.sandbox.connect({ webhookBaseUrl: publicUrl });
  await stop.sandbox.place({ count: 2, talkMs: 20_000 });
  await stop.sandbox.idle();

  for (const [sid, events] of byRecording) {
    for (const { url, headers } of provider.media(foldRecording(sid, 'call', events))) {
      const reply = await fetch(url, { headers });
      await reply.arrayBuffer();
      const violations = reply.ok ? [] : [`the product's media address was answered ${reply.status}`];
      report({ method: 'GET', path: new URL(url).pathname, status: reply.status, violations });
    }
  }
  receiver.close();
  receiver.closeAllConnections();
  return byRecording.size;
}
