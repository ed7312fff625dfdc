// Hot reload without Electron: main runs from its sources and restarts when they change, the renderer comes from
// Vite, which hands API, events and media through to the private listener. With Electron: electron-vite's own dev.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, type Plugin } from 'vite';

const vitePort = 5173;

/** @param args passed on to the application, e.g. `--sandbox` */
export async function startDev(root: string, args: readonly string[]): Promise<void> {
  const passed = args.filter((arg) => arg !== '--dev');
  const display =
    (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'] ?? '') !== '' || process.platform !== 'linux';
  if (display && existsSync(join(root, 'node_modules', 'electron', 'path.txt'))) {
    spawn(join(root, 'node_modules', '.bin', 'electron-vite'), ['dev', '--watch', '--', ...passed], {
      cwd: root,
      stdio: 'inherit',
    });
    return;
  }
  const apiPort = process.env['TAPEDECK_API_PORT'] ?? '5002';
  const target = `http://127.0.0.1:${apiPort}`;
  // The private listener only knows itself as host and origin; the browser's are those of Vite.
  const through = { target, changeOrigin: true, headers: { origin: target } };
  const { default: react } = await import('@vitejs/plugin-react');
  const signIn = createSignIn();
  const server = await createServer({
    root: join(root, 'src', 'renderer'),
    configFile: false,
    plugins: [signIn.plugin, react()],
    server: {
      host: '127.0.0.1',
      port: vitePort,
      strictPort: true,
      proxy: { '^/api/': through, '^/media/': through, '^/\\?code=': through },
    },
  });
  try {
    await server.listen();
  } catch (error) {
    // Vite has no code for it, only words.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}.\n`);
    process.exit(1);
  }
  let starts = 0;
  const child = startMain(root, passed, apiPort, (consolePath) => {
    starts += 1;
    if (starts === 1) return;
    // The new main process may not know the old session (sample calls begin anew): pages come back in through the door.
    signIn.next(consolePath);
    server.ws.send({ type: 'full-reload' });
  });
  const stop = (): void => {
    child.kill('SIGTERM');
    void server.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

/** Sends the next page that is loaded to the address with the fresh code, once. */
function createSignIn(): { plugin: Plugin; next: (consolePath: string) => void } {
  let waiting: string | null = null;
  return {
    next: (consolePath) => {
      waiting = consolePath;
    },
    plugin: {
      name: 'tapedeck-sign-in',
      configureServer: ({ middlewares }) => {
        middlewares.use((request, response, next) => {
          if (waiting === null || request.url !== '/') return next();
          response.writeHead(303, { location: waiting }).end();
          waiting = null;
        });
      },
    },
  };
}

/** @param onReady told the path of the console's address, with its code, at every start */
function startMain(
  root: string,
  args: readonly string[],
  apiPort: string,
  onReady: (consolePath: string) => void,
): ChildProcess {
  const child = spawn(
    process.execPath,
    [
      '--watch-path',
      join(root, 'src', 'main'),
      '--watch-path',
      join(root, 'src', 'preload'),
      '--watch-preserve-output',
      join(root, 'src', 'main', 'headless.ts'),
      ...args,
    ],
    {
      cwd: process.cwd(),
      env: { ...process.env, TAPEDECK_API_PORT: apiPort },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    // The console address in the ready line is Vite's, so that changes show at once.
    const shown = text.replace(`http://127.0.0.1:${apiPort}/?code=`, `http://127.0.0.1:${vitePort}/?code=`);
    process.stdout.write(shown);
    const code = /:\d+(\/\?code=[\w-]+)"/.exec(shown)?.[1];
    if (code !== undefined) onReady(code);
  });
  return child;
}
