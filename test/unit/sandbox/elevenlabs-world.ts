// The ElevenLabs stand-in on two made-up networks, a receiver of its webhooks, and the product's provider pointed at it.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import { createClock } from '../../../src/main/clock.ts';
import { newId } from '../../../src/main/ids.ts';
import { createGuardedFetch } from '../../../src/main/net/guarded-fetch.ts';
import { createElevenLabs } from '../../../src/main/providers/elevenlabs/index.ts';
import type { DialOrder, Provider } from '../../../src/main/providers/provider.ts';
import { createElevenLabsStandIn } from '../../../src/main/sandbox/elevenlabs/stand-in.ts';
import { apiKey, webhookSecret } from '../../elevenlabs.ts';
import { createFakeCarrier } from '../../standins/fake-carrier.ts';

export interface HeardWebhook {
  headers: IncomingHttpHeaders;
  body: Buffer;
  pieces: number;
}

export const agentId = 'agent_clinic01';

export async function startElevenLabs(options: { scale?: number; answer?: number; seed?: number } = {}) {
  const clock = createClock(options.scale ?? 200);
  const heard: HeardWebhook[] = [];
  const receiver = createServer((req, res) => {
    const pieces: Buffer[] = [];
    req.on('data', (piece: Buffer) => pieces.push(piece));
    req.on('end', () => {
      heard.push({ headers: req.headers, body: Buffer.concat(pieces), pieces: pieces.length });
      res.writeHead(options.answer ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  const twilio = createFakeCarrier('twilio', clock);
  const sip = createFakeCarrier('telnyx', clock);
  const seen: { method: string; path: string; queryNames: string[]; bodyNames: string[] }[] = [];
  const standIn = createElevenLabsStandIn({
    clock,
    seed: options.seed ?? 1,
    apiKey,
    webhookSecret,
    agentId,
    twilio,
    sip,
    onRequest: (request) => seen.push(request),
  });
  const { baseUrl } = await standIn.start();
  standIn.connect({
    webhookBaseUrl: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
  });
  onTestFinished(async () => {
    await standIn.stop();
    const closed = new Promise((resolve) => receiver.close(resolve));
    receiver.closeAllConnections();
    await closed;
  });

  /** The product's provider, going out through the real guarded fetch. */
  const providerWith = (network: 'twilio' | 'sip', changes: Record<string, string> = {}): Provider => {
    const settings: Record<string, string> = {
      ELEVENLABS_API_KEY: apiKey,
      ELEVENLABS_WEBHOOK_SECRET: webhookSecret,
      ELEVENLABS_AGENT_ID: agentId,
      ELEVENLABS_PHONE_NUMBER_ID: standIn.phoneNumberIds[network] ?? '',
      ELEVENLABS_BASE_URL: baseUrl,
      ...changes,
    };
    const provider: Provider = createElevenLabs({
      setting: (name) => settings[name],
      fetch: createGuardedFetch({
        allowedHosts: () => provider.hosts,
        overrides: () => provider.overrides,
      }),
      now: () => clock.now(),
    });
    return provider;
  };
  const orderFor = (network: 'twilio' | 'sip', changes: Partial<DialOrder> = {}): DialOrder => ({
    callId: newId('call', clock.now()),
    via: `elevenlabs-${network}`,
    to: '+442079460155',
    from: null,
    agentId: null,
    reference: null,
    record: true,
    attemptKey: 'try-1',
    publicUrl: null,
    ...changes,
  });
  return { clock, standIn, baseUrl, heard, seen, twilio, sip, providerWith, orderFor };
}
