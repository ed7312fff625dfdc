// Every request that Tapedeck makes of Telnyx, sent through a proxy that holds it (and the stand-in's answer) against
// Telnyx's own description, which has its paths without /v2.
import { z } from 'zod';
import { createClock } from '../src/main/clock.ts';
import type { CallKey } from '../src/main/domain/provider-event.ts';
import { isRecordingEvent } from '../src/main/domain/provider-event.ts';
import { createTelnyx } from '../src/main/providers/telnyx/index.ts';
import type { DialOrder, LookUp, Provider, PulledFact } from '../src/main/providers/provider.ts';
import type { SeenTelnyxRequest } from '../src/main/sandbox/telnyx/server.ts';
import { createTelnyxStandIn } from '../src/main/sandbox/telnyx/telnyx.ts';
import { anOrder, type Proxy, rowOf, watch, whatPasses, type WrongRequest } from './contract-watch.ts';

const apiKey = 'KEY-made-up-for-the-contract-check';
const connectionId = '2790000000000000101';
const callId = 'call_01jz8q4c9xk7m2v5n3t6r8w0ab';
const { signal } = new AbortController();

export interface TelnyxReport {
  problems: string[];
  requests: number;
  operations: number;
  names: number;
}

/** @param startProxy starts the validator in front of an address */
export async function checkTelnyx(
  description: unknown,
  startProxy: (upstream: string) => Promise<Proxy>,
): Promise<TelnyxReport> {
  const problems: string[] = [];
  const names = new Set<string>();
  const operations = new Set<string>();
  const checkNames = createTelnyxNameCheck(description);
  const standIn = createTelnyxStandIn({
    clock,
    seed: 'contract',
    apiKey,
    connectionId,
    onRequest(request) {
      problems.push(...checkNames(request));
      for (const name of [...request.queryNames, ...request.bodyNames]) names.add(name);
      operations.add(`${request.method} ${request.path.replaceAll(/\/[^/]*[0-9][^/]*/g, '/{id}')}`);
    },
  });
  const { baseUrl, publicKey } = await standIn.start();
  const proxy = await startProxy(baseUrl);
  const settings: Record<string, string> = {
    TELNYX_API_KEY: apiKey,
    TELNYX_PUBLIC_KEY: publicKey,
    TELNYX_CONNECTION_ID: connectionId,
    TELNYX_FROM_NUMBER: '+14155550100',
    TELNYX_BASE_URL: proxy.url,
  };
  const watched = watch(proxy.url, baseUrl, problems);
  const provider = createTelnyx({ setting: (name) => settings[name], fetch: watched.fetch, now: clock.now });
  // Links to sound lead past the proxy, and so are only right for a provider that goes past it, too.
  const direct = createTelnyx({
    setting: (name) => (name === 'TELNYX_BASE_URL' ? baseUrl : settings[name]),
    fetch: watched.fetch,
    now: clock.now,
  });
  try {
    problems.push(...(await proveThatItRefuses(proxy.url)));
    await tour(provider, () => [...standIn.world.calls.values()].every((call) => call.answeredAtMs !== null));
    await standIn.idle();
    await tourAfter(provider.api, direct);
  } catch (error) {
    problems.push(`the tour broke off: ${String(error)}`);
  } finally {
    proxy.stop();
    await standIn.stop();
  }
  if (operations.size < 11) problems.push(`only ${operations.size} operations were tried`);
  return { problems, requests: watched.count(), operations: operations.size, names: names.size };
}

const clock = createClock(20);
const order: DialOrder = anOrder('telnyx', callId, { publicUrl: 'https://tapedeck.example.com' });
let keys: CallKey[] = [];

/** What is asked while a call is live. */
async function tour({ api }: Provider, isAnswered: () => boolean): Promise<void> {
  await api.check?.(signal);
  const dialed = await api.dial?.(order, signal);
  if (dialed?.outcome !== 'placed') throw new Error(`not placed: ${JSON.stringify(dialed)}`);
  keys = dialed.fact.events.flatMap((event) => event.keys);
  if ((await api.findDial?.(order, signal)) === null) throw new Error('a live call was not found');
  const unrecorded = keys.filter(({ kind }) => kind !== 'recording_id');
  await api.startRecording?.({ callId, keys: unrecorded, publicUrl: null }, signal);
  while (!isAnswered()) await clock.delay(500);
  const started = await api.startRecording?.({ callId, keys: unrecorded, publicUrl: null }, signal);
  if (started?.outcome !== 'started') throw new Error('no recording was started');
  await api.lookUpCall?.(keys, signal);
  if ((await api.listLiveCalls?.(signal))?.length !== 1) throw new Error('the live call was not listed');
  const id = keys.find(({ kind }) => kind === 'recording_id')?.value ?? '';
  for (const action of ['pause', 'resume', 'stop'] as const) {
    await api.steerRecording?.(rowOf('telnyx', id), keys, action, signal);
  }
}

/** What is asked once it has ended. */
async function tourAfter(api: Provider['api'], direct: Provider): Promise<void> {
  if ((await api.findDial?.({ ...order, attemptKey: 'another' }, signal)) === null) {
    throw new Error('an ended call was not found');
  }
  await api.findDial?.({ ...order, callId: `${callId.slice(0, -1)}c`, attemptKey: 'nobody' }, signal);
  await api.lookUpCall?.(keys, signal);
  const found: PulledFact[] = [];
  for (const kind of ['call_session_id', 'call_leg_id', 'call_control_id', 'recording_id']) {
    const asked: LookUp | undefined = await api.findRecordings?.(
      keys.filter((key) => key.kind === kind),
      signal,
    );
    if ((asked?.facts ?? []).length === 0) throw new Error(`no recording was found by ${kind}`);
    found.push(...(asked?.facts ?? []));
  }
  const bySip = [{ providerId: 'telnyx', kind: 'sip_call_id', value: 'somebody@sip.example' }];
  await api.findRecordings?.(bySip, signal);
  const window = { fromMs: clock.now() - 3_600_000, toMs: clock.now(), page: null };
  await api.listRecordings?.(window, signal);
  for (const event of found.flatMap((fact) => fact.events).filter(isRecordingEvent)) {
    const row = rowOf('telnyx', event.data.providerRecordingId);
    if ((await direct.media(row, signal)).length === 0) throw new Error('a recording has no sound');
  }
  const first = found.flatMap((fact) => fact.events).find(isRecordingEvent);
  await api.deleteRecording?.(rowOf('telnyx', first?.data.providerRecordingId ?? ''), signal);
}

/** A validator that finds nothing proves nothing: it must refuse what is plainly wrong. */
async function proveThatItRefuses(proxyUrl: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const wrong: WrongRequest[] = [
    ['a dial without a connection', '/calls', { to: '+14155550143', from: '+14155550100' }],
    [
      'a field that does not exist',
      '/calls',
      { connection_id: '1', to: '+14155550143', from: '+14155550100', record_name: 'x' },
    ],
    ['a format that does not exist', '/calls/v3:x/actions/record_start', { format: 'ogg', channels: 'dual' }],
    ['a page that is too large', '/recordings?page[size]=251', null],
  ];
  return whatPasses(proxyUrl, headers, wrong);
}

const reference = z.object({ $ref: z.string() });
const objectSchema = z.object({ properties: z.record(z.string(), z.unknown()).default({}) });
const parameter = z.object({ in: z.string(), name: z.string(), schema: z.unknown().optional() });

/**
 * Names that the description allows; validators let unknown query fields pass.
 * @returns what is wrong with a request's path and names; empty when nothing is
 */
function createTelnyxNameCheck(description: unknown): (sent: SeenTelnyxRequest) => string[] {
  const resolve = (value: unknown): unknown => {
    const pointer = reference.safeParse(value);
    if (!pointer.success) return value;
    return pointer.data.$ref
      .slice(2)
      .split('/')
      .reduce<unknown>((at, name) => z.record(z.string(), z.unknown()).parse(at)[name], description);
  };
  /** `filter` with `created_at: {gte}` -> `filter[created_at][gte]`. */
  const flatten = (name: string, schema: unknown): string[] => {
    const { properties } = objectSchema.catch({ properties: {} }).parse(resolve(schema));
    const inner = Object.entries(properties);
    if (inner.length === 0) return [name];
    return inner.flatMap(([field, type]) => flatten(`${name}[${field}]`, type));
  };
  const { paths } = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(description);
  return ({ method, path, queryNames, bodyNames }) => {
    const found = Object.entries(paths).find(([pattern]) =>
      new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );
    const operation = found?.[1][method.toLowerCase()];
    if (operation === undefined) return [`${method} ${path} is not described`];
    const { parameters, requestBody } = z
      .object({ parameters: z.array(z.unknown()).default([]), requestBody: z.unknown().optional() })
      .parse(operation);
    const queries = parameters
      .map((item) => parameter.parse(resolve(item)))
      .filter((item) => item.in === 'query')
      .flatMap((item) => flatten(item.name, item.schema));
    const body = z
      .object({ content: z.object({ 'application/json': z.object({ schema: z.unknown() }) }) })
      .safeParse(resolve(requestBody));
    const schema = body.success ? resolve(body.data.content['application/json'].schema) : {};
    const fields = Object.keys(objectSchema.catch({ properties: {} }).parse(schema).properties);
    return [
      ...queryNames.filter((name) => !queries.includes(name)).map((name) => `unknown query field ${name}`),
      ...bodyNames.filter((name) => !fields.includes(name)).map((name) => `unknown field ${name}`),
    ].map((problem) => `${method} ${path}: ${problem}`);
  };
}
