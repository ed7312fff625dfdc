// The headless host: plain Node, the console in a browser. Standard output carries exactly one line, the ready line.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createApp } from './app.ts';
import { loadConfig } from './config.ts';
import { AppError } from './domain/errors.ts';

async function main(): Promise<void> {
  const config = loadConfig(process.env, process.argv.slice(2), process.cwd());
  const app = createApp(config, {
    host: 'headless',
    version: version(),
    workerUrl: new URL(
      import.meta.url.endsWith('.ts') ? './worker/index.ts' : './worker.js',
      import.meta.url,
    ),
    storeUrl: new URL(
      import.meta.url.endsWith('.ts') ? './store/thread/index.ts' : './store.js',
      import.meta.url,
    ),
    rendererDir: fileURLToPath(new URL('../../out/renderer', import.meta.url)),
  });
  const stop = (): void => {
    app.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const started = await app.start();
  process.stdout.write(
    `${JSON.stringify({ tapedeck: 'ready', webhooks: started.webhooksUrl, console: started.consoleUrl })}\n`,
  );
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : '0';
}

main().catch((error: unknown) => {
  // What a person can act on is one sentence; a fault of ours shows where it happened.
  const words =
    error instanceof AppError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`${words}\n`);
  process.exit(1);
});
