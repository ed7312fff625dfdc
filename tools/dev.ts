// Hot reload without Electron: main runs from its sources and restarts when they change, the renderer comes from
// Vite, which hands API, events and media through to the private listener. With Electron: electron-vite's own dev.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'vite';

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
  const server = await createServer({
    root: join(root, 'src', 'renderer'),
    configFile: false,
    plugins: [react()],
    server: {
      host: '127.0.0.1',
      port: vitePort,
      strictPort: true,
      proxy: { '^/api/': through, '^/media/': through, '^/\\?code=': through },
    },
  });
  await server.listen();
  const child = startMain(root, passed, apiPort);
  const stop = (): void => {
    child.kill('SIGTERM');
    void server.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function startMain(root: string, args: readonly string[], apiPort: string): ChildProcess {
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
    process.stdout.write(
      text.replace(`http://127.0.0.1:${apiPort}/?code=`, `http://127.0.0.1:${vitePort}/?code=`),
    );
  });
  return child;
}
