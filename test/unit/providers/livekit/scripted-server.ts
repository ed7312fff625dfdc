// A LiveKit that answers by script, and the provider that asks it through the real way out.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import { createGuardedFetch } from '../../../../src/main/net/guarded-fetch.ts';
import { createLiveKit } from '../../../../src/main/providers/livekit/index.ts';
import type { Provider } from '../../../../src/main/providers/provider.ts';
import { settings } from './livekit-fixtures.ts';

interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/**
 * For one test.
 * @param script the answer to each request; the last one goes on
 */
export async function startScripted(...script: { status?: number; body: unknown }[]) {
  const asked: Asked[] = [];
  const server = createServer((req, res) => {
    let text = '';
    req.on('data', (chunk) => {
      text += chunk;
    });
    req.once('end', () => {
      asked.push({ path: req.url ?? '', headers: req.headers, body: JSON.parse(text) });
      const { status = 200, body } = script[Math.min(asked.length, script.length) - 1] ?? { body: {} };
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const own: Record<string, string> = { ...settings, LIVEKIT_URL: `ws://127.0.0.1:${port}/` };
  const clock = { nowMs: Date.now() };
  const provider: Provider = createLiveKit({
    setting: (name) => own[name],
    fetch: createGuardedFetch({ allowedHosts: () => provider.hosts, overrides: () => provider.overrides }),
    now: () => clock.nowMs,
  });
  return { asked, provider, clock, own };
}
