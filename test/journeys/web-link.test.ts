// The web link dies and comes back, in front of a whole application: what it says, what it notes, and that it asks for
// what was missed. The address is a small proxy; ngrok needs servers of its own, so a stand-in speaks for its SDK.
import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type App, createApp, type AppOptions } from '../../src/main/app.ts';
import { loadConfig } from '../../src/main/config.ts';
import { createProviders } from '../../src/main/providers/index.ts';
import type { Input, Output, ProcedureName } from '../../src/preload/contract/api.ts';
import type { WebLinkView } from '../../src/preload/contract/system.ts';
import { eventually, temporaryDir } from '../product.ts';
import { createFakeNgrok, ngrokError } from '../standins/fake-ngrok.ts';
import { accountSid, authToken, callParameters, sid, signedRequest } from '../twilio-callback.ts';
import { openStore } from '../unit/store/samples.ts';
import { quiet } from './steps.ts';

const statusPath = '/webhooks/twilio-call-status';

/** A public address: passes on to `target`, or answers as a gateway does that has nobody behind it. */
async function createPublicAddress() {
  const address = {
    url: '',
    target: null as string | null,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  const server = createServer((request, response) => {
    const away = (): void => void response.writeHead(502).end();
    if (address.target === null) return away();
    const { method, headers } = request;
    const passed = forward(new URL(request.url ?? '/', address.target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed.on('error', away));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return address;
}

let dataDir: string;
let removeDir: () => Promise<void>;
let address: Awaited<ReturnType<typeof createPublicAddress>>;
let app: App | null = null;

beforeEach(async () => {
  ({ dir: dataDir, remove: removeDir } = await temporaryDir());
  address = await createPublicAddress();
});
afterEach(async () => {
  await app?.stop();
  app = null;
  address.close();
  await removeDir();
});

async function start(env: Record<string, string>, options: Partial<AppOptions> = {}): Promise<string> {
  const config = loadConfig(
    {
      NODE_ENV: 'test',
      TAPEDECK_DATA_DIR: dataDir,
      TAPEDECK_WEBHOOK_PORT: '0',
      TAPEDECK_API_PORT: '0',
      TAPEDECK_LOG_LEVEL: 'silent',
      // A minute between probes lasts a second.
      TAPEDECK_TIME_SCALE: '60',
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      // Nobody is there: what its lists hold is not what this is about.
      TWILIO_API_BASE_URL: await quiet(),
      ...env,
    },
    [],
    dataDir,
  );
  app = createApp(config, {
    host: 'headless',
    version: '0.0.0',
    workerUrl: new URL('../../src/main/worker/index.ts', import.meta.url),
    storeUrl: new URL('../../src/main/store/thread/index.ts', import.meta.url),
    rendererDir: dataDir,
    ...options,
  });
  return (await app.start()).webhooksUrl;
}

async function call<N extends ProcedureName>(name: N, input: Input<N>): Promise<Output<N>> {
  const reply = await app?.dispatch(name, input);
  if (reply?.ok !== true) throw new Error(JSON.stringify(reply));
  // Dispatch has checked it against the contract of this very name.
  return reply.data as Output<N>;
}

const link = async (): Promise<WebLinkView> => (await call('system.status', {})).webhooks.link;

const becomes = (state: WebLinkView['state']): Promise<WebLinkView> =>
  eventually(`the web link is ${state}`, async () => {
    const view = await link();
    return view.state === state ? view : null;
  });

/** Posts a callback to the public address, as Twilio does. */
async function report(status: string, sequence: number, callSid: string): Promise<number> {
  const parameters = callParameters({ callSid, status, sequence });
  return (await fetch(address.url + statusPath, signedRequest(address.url, statusPath, parameters))).status;
}

const sweepTriggers = async (): Promise<string[]> =>
  (await call('polls.list', { kind: 'sweep' })).items.map(({ trigger }) => trigger);

test('a link that dies is noticed without anybody asking, noted, and what was missed is asked for when it is back', async () => {
  const callSid = sid('CA');
  const changes: string[] = [];
  const listener = await start({ WEBHOOK_BASE_URL: `${address.url}/` });
  app?.bus.subscribe(({ name }) => changes.push(name));
  expect(await becomes('unreachable')).toMatchObject({
    kind: 'fixed',
    publicUrl: address.url,
    code: 'web_link_unreachable',
  });
  address.target = listener;
  expect(await call('webLink.probe', {})).toMatchObject({ state: 'up', code: null });
  expect(await report('ringing', 1, callSid)).toBe(200);

  address.target = null;
  const down = await becomes('unreachable');
  expect(down.publicUrl).toBe(address.url);
  expect(await report('in-progress', 2, callSid)).toBe(502);
  expect(changes).toContain('system.changed');

  // Another program behind the address is not Tapedeck, whatever it answers.
  const other = createServer((_request, response) => void response.writeHead(200).end());
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  address.target = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  expect(await call('webLink.reconnect', {})).toMatchObject({ state: 'unreachable', code: 'web_link_taken' });
  other.close();

  const before = (await sweepTriggers()).filter((trigger) => trigger === 'web_link').length;
  address.target = listener;
  await becomes('up');
  expect(await report('completed', 3, callSid)).toBe(200);
  expect((await call('calls.list', {})).items).toMatchObject([{ status: 'completed' }]);
  await eventually('a sweep looks for what was missed', async () => {
    const now = (await sweepTriggers()).filter((trigger) => trigger === 'web_link').length;
    return now > before ? true : null;
  });

  await app?.stop();
  app = null;
  const { store } = await openStore({ dataDir });
  const outages = (await store.listOutages(0, Number.MAX_SAFE_INTEGER)).filter(
    ({ kind }) => kind === 'web_link',
  );
  expect(outages).toHaveLength(2);
  for (const { fromMs, toMs, code } of outages) {
    expect(toMs).toBeGreaterThanOrEqual(fromMs);
    expect(code).toBe('web_link_unreachable');
  }
}, 60_000);

test("ngrok gets the public listener's port and lets only the providers' own paths through", async () => {
  const fake = createFakeNgrok(ngrokError(334));
  const listener = await start(
    { NGROK_AUTHTOKEN: 'a-token-that-nobody-may-see', NGROK_DOMAIN: 'clinic.ngrok-free.dev' },
    { loadNgrok: async () => fake.sdk },
  );
  expect(await becomes('down')).toMatchObject({
    kind: 'ngrok',
    publicUrl: null,
    code: 'web_link_taken',
    providerCode: 'ERR_NGROK_334',
  });
  const asked = fake.asked[0];
  expect(asked).toMatchObject({ addr: Number(new URL(listener).port), domain: 'clinic.ngrok-free.dev' });
  const providers = createProviders({
    setting: () => undefined,
    fetch: () => Promise.reject(new Error('nobody is asked here')),
    now: () => 0,
  });
  const paths = providers.flatMap(({ routes }) => routes.map(({ path }) => path));
  expect(paths).toContain('/api/webhooks/telnyx/call-events');
  const allowed = asked?.traffic_policy.match(/(?<=req\.url\.path == ')[^']+/g);
  expect(allowed).toEqual([...paths, '/healthz']);
  expect(JSON.stringify(await call('system.status', {}))).not.toContain('nobody-may-see');
}, 30_000);

test('an address of its own wins over ngrok, a domain without a token says what is missing, and neither is no trouble', async () => {
  const fake = createFakeNgrok('https://clinic.ngrok-free.dev');
  const loadNgrok = async () => fake.sdk;
  await start({ WEBHOOK_BASE_URL: address.url, NGROK_AUTHTOKEN: 'a-token' }, { loadNgrok });
  expect((await link()).kind).toBe('fixed');
  await app?.stop();
  await start({ NGROK_DOMAIN: 'clinic.ngrok-free.dev' }, { loadNgrok });
  expect(await becomes('failed')).toMatchObject({ kind: 'ngrok', code: 'secret_missing' });
  await app?.stop();
  await start({}, { loadNgrok });
  expect(await link()).toMatchObject({ kind: 'none', state: 'off', code: null });
  expect(fake.asked).toEqual([]);
}, 60_000);
