// What stands between the product and Twilio's stand-in and lets one thing go wrong, over HTTP and in both directions.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  method: string;
  /** Path and query. */
  path: string;
  /** Of the request as it came. */
  body: string;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: string | Buffer;
}

export interface Fault {
  /** Instead of asking the service; `hang_up` breaks the connection. Null lets it through. */
  answer?: (request: Exchange) => Answer | 'hang_up' | null;
  /** Changes what the service answers. */
  change?: (request: Exchange, answer: Answer) => Answer;
  /** What becomes of a webhook on its way. By default it arrives. */
  webhook?: (request: Exchange) => 'drop' | 'missign' | { body: string } | null;
}

export interface FaultProxy {
  /** Stands for the service. */
  apiUrl: string;
  /** Stands for the product. */
  webhookUrl: string;
  aim(targets: { apiUrl?: string; webhookUrl?: string }): void;
  stop(): Promise<void>;
}

export async function startFaultProxy(fault: Fault, authToken: () => string): Promise<FaultProxy> {
  const targets = { apiUrl: '', webhookUrl: '' };
  const api = await listen(async (request, res) => {
    const meddled = fault.answer?.(request.seen) ?? null;
    if (meddled === 'hang_up') return void res.destroy();
    const answer = meddled ?? (await forward(targets.apiUrl, request));
    send(res, meddled === null ? (fault.change?.(request.seen, answer) ?? answer) : answer);
  });
  const webhooks = await listen(async (request, res) => {
    const fate = fault.webhook?.(request.seen) ?? null;
    if (fate === 'drop') return send(res, { status: 204, body: '' });
    const body = fate !== null && typeof fate === 'object' ? fate.body : request.seen.body;
    const { pathname } = new URL(request.seen.path, targets.webhookUrl);
    const signature = sign(authToken(), targets.webhookUrl + pathname, body);
    const headers = { ...request.headers };
    // Signed for the address of this proxy it is not signed for the product.
    if (fate !== 'missign' && 'x-twilio-signature' in headers) headers['x-twilio-signature'] = signature;
    send(res, await forward(targets.webhookUrl, { ...request, headers, seen: { ...request.seen, body } }));
  });
  return {
    apiUrl: api.url,
    webhookUrl: webhooks.url,
    aim: (next) => void Object.assign(targets, next),
    async stop() {
      for (const { server } of [api, webhooks]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

interface Incoming {
  seen: Exchange;
  headers: Record<string, string>;
}

async function listen(
  handle: (request: Incoming, res: ServerResponse) => Promise<void>,
): Promise<{ url: string; server: Server }> {
  const server = createServer((req, res) => {
    read(req)
      .then((request) => handle(request, res))
      .catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function read(req: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const passed = [
    'authorization',
    'content-type',
    'x-twilio-signature',
    'accept',
    'i-twilio-idempotency-token',
  ];
  const headers = Object.fromEntries(
    passed.flatMap((name) => (typeof req.headers[name] === 'string' ? [[name, req.headers[name]]] : [])),
  );
  return {
    seen: { method: req.method ?? 'GET', path: req.url ?? '/', body: Buffer.concat(chunks).toString('utf8') },
    headers,
  };
}

async function forward(base: string, { seen, headers }: Incoming): Promise<Answer> {
  const answer = await fetch(base + seen.path, {
    method: seen.method,
    headers,
    ...(seen.body === '' ? {} : { body: seen.body }),
  });
  const kept = ['content-type', 'retry-after'].flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return {
    status: answer.status,
    headers: Object.fromEntries(kept),
    body: Buffer.from(await answer.arrayBuffer()),
  };
}

function send(res: ServerResponse, { status, headers = {}, body }: Answer): void {
  const bytes = Buffer.from(body);
  const length = 'content-length' in headers ? {} : { 'content-length': String(bytes.length) };
  res.writeHead(status, { ...headers, ...length });
  // An answer that promises more than it brings breaks off.
  if (Number(headers['content-length'] ?? bytes.length) > bytes.length) res.write(bytes, () => res.destroy());
  else res.end(bytes);
}

/** Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security */
function sign(authToken: string, url: string, body: string): string {
  const fields = [...new URLSearchParams(body)].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = url + fields.map(([name, value]) => name + value).join('');
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
}
