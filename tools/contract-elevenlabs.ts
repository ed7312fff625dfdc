// Every request that Tapedeck makes of ElevenLabs, sent through a proxy that holds it (and the stand-in's answer) against
// ElevenLabs' own description. That is of August 2025: what the SDK's types know and it does not is listed here by
// name, and each exception is proven by the types.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClock } from '../src/main/clock.ts';
import type { GuardedRequest } from '../src/main/net/net.ts';
import { createElevenLabs } from '../src/main/providers/elevenlabs/index.ts';
import type { DialOrder, Provider } from '../src/main/providers/provider.ts';
import { createElevenLabsStandIn } from '../src/main/sandbox/elevenlabs/stand-in.ts';
import { createSandbox } from '../src/main/sandbox/sandbox.ts';
import { createBodyNameCheck } from './contract-names.ts';
import { anOrder, type Proxy, rowOf, watch, whatPasses, type WrongRequest } from './contract-watch.ts';

const apiKey = 'sk_made_up_for_the_contract_check';
const agentId = 'agent_contract01';
const { signal } = new AbortController();

/** Where the SDK declares its requests. */
const sdk = join(
  import.meta.dirname,
  '../node_modules/@elevenlabs/elevenlabs-js/api/resources/conversationalAi/resources',
);

/** Names that we send and the old description lacks: where they go, and the file and property of the SDK that knows them. */
export const newerThanDescription = [
  {
    path: '/v1/convai/twilio/outbound-call',
    name: 'call_recording_enabled',
    why: 'Keeps ElevenLabs from recording at Twilio: Tapedeck starts that recording itself.',
    file: 'twilio/client/requests/BodyHandleAnOutboundCallViaTwilioV1ConvaiTwilioOutboundCallPost.d.ts',
    property: 'callRecordingEnabled',
  },
  {
    path: '/v1/convai/conversations',
    name: 'dynamic_variable_params',
    why: 'Finds the conversation of an order by the chat_id that it carried.',
    file: 'conversations/client/requests/ConversationsListRequest.d.ts',
    property: 'dynamicVariableParams',
  },
] as const;

export interface ElevenLabsReport {
  problems: string[];
  requests: number;
  operations: number;
  names: number;
  exceptions: number;
}

/** @param startProxy starts the validator in front of an address */
export async function checkElevenLabs(
  description: unknown,
  startProxy: (upstream: string) => Promise<Proxy>,
): Promise<ElevenLabsReport> {
  const problems: string[] = [...unprovenExceptions()];
  const names = new Set<string>();
  const operations = new Set<string>();
  const used = new Set<string>();
  const nameCheck = createBodyNameCheck(description);
  const onRequest = (request: GuardedRequest): void => {
    const sent = nameCheck(toSent(request));
    operations.add(sent.operation);
    for (const name of sent.names) names.add(name);
    for (const name of sent.unknown) {
      const isNewer = newerThanDescription.some((one) => one.path === sent.path && one.name === name);
      if (isNewer) used.add(`${sent.path} ${name}`);
      else problems.push(`${sent.operation}: unknown field ${name}`);
    }
  };
  const clock = createClock(20);
  const twilio = createSandbox({ clock, seed: 1, accountSid: `AC${'0'.repeat(32)}`, authToken: 'made-up' });
  const { api: network, trunk } = twilio.carriers;
  const standIn = createElevenLabsStandIn({
    clock,
    seed: 1,
    apiKey,
    webhookSecret: 'wsec_made_up_for_the_contract_check',
    agentId,
    twilio: network,
    sip: trunk,
  });
  const { baseUrl } = await standIn.start();
  const proxy = await startProxy(baseUrl);
  const settings: Record<string, string> = {
    ELEVENLABS_API_KEY: apiKey,
    ELEVENLABS_WEBHOOK_SECRET: 'wsec_made_up_for_the_contract_check',
    ELEVENLABS_AGENT_ID: agentId,
    ELEVENLABS_PHONE_NUMBER_ID: standIn.phoneNumberIds.twilio ?? '',
    ELEVENLABS_SIP_PHONE_NUMBER_ID: standIn.phoneNumberIds.sip ?? '',
    ELEVENLABS_BASE_URL: proxy.url,
  };
  const watched = watch(proxy.url, baseUrl, problems, onRequest);
  const provider = createElevenLabs({
    setting: (name) => settings[name],
    fetch: watched.fetch,
    now: clock.now,
  });
  try {
    problems.push(...(await proveThatItRefuses(proxy.url)));
    await tour(provider, () => standIn.idle(), clock.now);
    for await (const _piece of (await watched.fetch(await audioRequest(provider, standIn))).body);
  } catch (error) {
    problems.push(`the tour broke off: ${String(error)}`);
  } finally {
    proxy.stop();
    await standIn.stop();
    await twilio.stop();
  }
  if (operations.size < 8) problems.push(`only ${operations.size} operations were tried`);
  for (const { path, name } of newerThanDescription) {
    if (!used.has(`${path} ${name}`)) problems.push(`the exception ${name} of ${path} is not used`);
  }
  return {
    problems,
    requests: watched.count(),
    operations: operations.size,
    names: names.size,
    exceptions: used.size,
  };
}

function toSent({ url, method = 'GET', body }: GuardedRequest) {
  const { pathname, searchParams } = new URL(url);
  const json: unknown = typeof body === 'string' && body !== '' ? JSON.parse(body) : null;
  return { method, path: pathname, queryNames: [...searchParams.keys()], body: json };
}

/** An exception that the SDK does not know either would hide a mistake. */
function unprovenExceptions(): string[] {
  return newerThanDescription
    .filter(
      ({ file, property }) => !new RegExp(`\\b${property}\\?:`).test(readFileSync(join(sdk, file), 'utf8')),
    )
    .map(({ name }) => `the SDK does not know ${name} either`);
}

/** Everything that the product asks: two ways of dialling, asking back, looking up, listing, the check of the keys. */
async function tour({ api, vias }: Provider, idle: () => Promise<void>, now: () => number): Promise<void> {
  const orders = vias.map(({ via }, index): DialOrder => {
    const callId = `call_01jz8q4c9xk7m2v5n3t6r8w0a${index}`;
    return anOrder(via, callId);
  });
  const keys = [];
  for (const order of orders) {
    const dialed = await api.dial?.(order, signal);
    if (dialed?.outcome !== 'placed') throw new Error(`not placed: ${JSON.stringify(dialed)}`);
    keys.push(...dialed.fact.events.flatMap((event) => event.keys));
    await api.lookUpCall?.(keys, signal);
  }
  await idle();
  for (const order of orders) {
    if ((await api.findDial?.(order, signal)) === null) throw new Error('a dial was not found');
  }
  const [looked, found] = [await api.lookUpCall?.(keys, signal), await api.findRecordings?.(keys, signal)];
  if (looked?.isFinal !== true || (found?.facts ?? []).length === 0) throw new Error('not looked up');
  await api.listCalls?.({ fromMs: now() - 3_600_000, toMs: now(), page: null }, signal);
  const checked = await api.check?.(signal);
  if (checked === undefined) throw new Error('the keys were not checked');
}

async function audioRequest(
  provider: Provider,
  standIn: ReturnType<typeof createElevenLabsStandIn>,
): Promise<GuardedRequest> {
  const conversation = standIn.conversations().find(({ conversationId }) => conversationId !== '');
  const providerRecordingId = conversation?.conversationId ?? '';
  const [request] = await provider.media(rowOf('elevenlabs', providerRecordingId), signal);
  if (request === undefined) throw new Error('a conversation has no sound');
  return { ...request, timeoutMs: 30_000, maxBytes: 2 ** 28, signal };
}

/** A validator that finds nothing proves nothing: it must refuse what is plainly wrong. */
async function proveThatItRefuses(proxyUrl: string): Promise<string[]> {
  const headers = { 'xi-api-key': apiKey, 'content-type': 'application/json' };
  const wrong: WrongRequest[] = [
    ['a dial without an agent', '/v1/convai/twilio/outbound-call', { to_number: '+14155550143' }],
    [
      'a number that is none',
      '/v1/convai/sip-trunk/outbound-call',
      { agent_id: agentId, agent_phone_number_id: 'p', to_number: 7 },
    ],
    ['a page that is too large', '/v1/convai/conversations?page_size=101', null],
    ['a time that is none', '/v1/convai/conversations?call_start_after_unix=soon', null],
  ];
  return whatPasses(proxyUrl, headers, wrong);
}
