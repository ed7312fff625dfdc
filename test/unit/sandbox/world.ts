// A sandbox, a bare receiver of its callbacks and Twilio's SDK pointed at it, for the tests of the sandbox.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import twilio from 'twilio';
import { afterEach } from 'vitest';
import { createClock } from '../../../src/main/clock.ts';
import { createSandbox } from '../../../src/main/sandbox/sandbox.ts';

export const accountSid = 'AC00000000000000000000000000005a4d';
export const authToken = 'made-up-token-of-the-sandbox';

export interface Heard {
  path: string;
  headers: IncomingHttpHeaders;
  params: Record<string, string>;
}

/** A bare receiver of callbacks. */
async function listen(answer: (heard: Heard, times: number) => number = () => 200) {
  const heard: Heard[] = [];
  const server: Server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      const one = {
        path: req.url ?? '',
        headers: req.headers,
        params: Object.fromEntries(new URLSearchParams(body)),
      };
      heard.push(one);
      const status = answer(one, heard.length);
      if (status === 0) req.socket.destroy();
      else res.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    heard,
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function clientOf(baseUrl: string, token = authToken) {
  const client = twilio(accountSid, token);
  client.api.baseUrl = baseUrl;
  return client;
}

export async function startWorld(
  options: { seed?: number; scale?: number; answer?: Parameters<typeof listen>[0] } = {},
) {
  const clock = createClock(options.scale ?? 50);
  const receiver = await listen(options.answer);
  const sandbox = createSandbox({ clock, seed: options.seed ?? 1, accountSid, authToken });
  const { twilioBaseUrl } = await sandbox.start();
  sandbox.connect({ webhookBaseUrl: receiver.url });
  cleanups.push(
    () => receiver.close(),
    () => sandbox.stop(),
  );
  return { clock, receiver, sandbox, baseUrl: twilioBaseUrl, client: clientOf(twilioBaseUrl) };
}

export async function until(check: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 5));
}

export const basic = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
export const account = `/2010-04-01/Accounts/${accountSid}`;

export function idOf(heard: Heard): string {
  const { RecordingStatus, CallStatus } = heard.params;
  return heard.path.endsWith('recording') ? `recording ${RecordingStatus}` : `call ${CallStatus}`;
}
