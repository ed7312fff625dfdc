// The Electron host: one window on our own scheme around the same application that headless.ts runs.
import { fileURLToPath } from 'node:url';
import { app, type BrowserWindow, dialog, ipcMain, protocol } from 'electron';
import { type App, createApp } from './app.ts';
import { loadConfig } from './config.ts';
import { createConsolePages } from './console-pages.ts';
import { AppError } from './domain/errors.ts';
import { appScheme, type Endpoint } from './electron/endpoints.ts';
import { serveIpc } from './electron/ipc.ts';
import { registerScheme, serveScheme } from './electron/scheme.ts';
import { openWindow } from './electron/window.ts';

const rendererDir = fileURLToPath(new URL('../../out/renderer', import.meta.url));
const preloadPath = fileURLToPath(new URL('../preload/index.cjs', import.meta.url));
const addressOf = (host: string): string => `${appScheme}://${host}/`;

async function run(): Promise<void> {
  const config = loadConfig(process.env, process.argv.slice(1), process.cwd());
  const endpoints = new Map<string, Endpoint>();
  let window: BrowserWindow | null = null;
  const tapedeck: App = createApp(config, {
    host: 'electron',
    version: app.getVersion(),
    workerUrl: new URL('./worker.js', import.meta.url),
    storeUrl: new URL('./store.js', import.meta.url),
    rendererDir,
    consoleUrl: (mode) => addressOf(mode === 'sample' && config.mode === 'real' ? 'sample' : 'console'),
    onSampleApp(sample) {
      if (sample === null) endpoints.delete('sample');
      else endpoints.set('sample', sample);
    },
  });

  app.on('second-instance', () => {
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => app.quit());
  let stopping = false;
  app.on('before-quit', (event) => {
    if (stopping) return;
    stopping = true;
    // Commits and files under way end well first; then the process really goes.
    event.preventDefault();
    tapedeck.stop().then(
      () => app.exit(0),
      () => app.exit(1),
    );
  });

  await tapedeck.start();
  endpoints.set('console', tapedeck);
  await app.whenReady();
  serveScheme(protocol, endpoints, createConsolePages(rendererDir));
  serveIpc(ipcMain, endpoints);
  window = openWindow(addressOf('console'), preloadPath, endpoints);
}

registerScheme(protocol);
if (app.requestSingleInstanceLock()) {
  run().catch((error: unknown) => {
    // What a person can act on is one sentence; a fault of ours shows where it happened.
    const words =
      error instanceof AppError
        ? error.message
        : error instanceof Error
          ? (error.stack ?? '')
          : String(error);
    dialog.showErrorBox('Tapedeck could not start', words);
    app.exit(1);
  });
} else {
  app.exit(0);
}
