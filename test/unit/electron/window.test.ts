import { beforeEach, expect, test, vi } from 'vitest';
import { createEventBus } from '../../../src/main/api/event-bus.ts';
import type { Endpoint } from '../../../src/main/electron/endpoints.ts';
import { openWindow } from '../../../src/main/electron/window.ts';

interface Made {
  options: { webPreferences: Record<string, unknown>; [name: string]: unknown };
  url: string;
  shown: boolean;
  listeners: Map<string, (event: { url: string; preventDefault: () => void }) => void>;
  windowOpen: () => unknown;
  requestPermission: (contents: null, permission: string, callback: (granted: boolean) => void) => void;
  checkPermission: (contents: null, permission: string) => boolean;
  checkDevice: () => boolean;
}

const made: Made[] = [];

vi.mock('electron', () => ({
  BrowserWindow: class {
    readonly own: Made;
    readonly webContents;
    constructor(options: Made['options']) {
      const own = { options, listeners: new Map(), shown: false } as unknown as Made;
      this.own = own;
      made.push(own);
      this.webContents = {
        on: (name: string, listener: never) => own.listeners.set(name, listener),
        setWindowOpenHandler: (handler: () => unknown) => {
          own.windowOpen = handler;
        },
        session: {
          setPermissionRequestHandler: (handler: Made['requestPermission']) => {
            own.requestPermission = handler;
          },
          setPermissionCheckHandler: (handler: Made['checkPermission']) => {
            own.checkPermission = handler;
          },
          setDevicePermissionHandler: (handler: () => boolean) => {
            own.checkDevice = handler;
          },
        },
      };
    }
    once(name: string, listener: () => void): void {
      expect(name).toBe('ready-to-show');
      listener();
    }
    show(): void {
      this.own.shown = true;
    }
    async loadURL(url: string): Promise<void> {
      this.own.url = url;
    }
  },
}));

const endpoint: Endpoint = {
  dispatch: async () => ({ ok: true, data: null }),
  bus: createEventBus(),
  media: { serve: async () => ({ status: 404, headers: {}, body: null }) },
};
const endpoints = new Map([['console', endpoint]]);
let window: Made;

beforeEach(() => {
  made.length = 0;
  openWindow('tapedeck-app://console/', '/app/out/preload/index.cjs', endpoints);
  window = made[0] ?? expect.fail('no window');
});

test('opens the console on our own scheme, and only once it can be drawn', () => {
  expect(window.url).toBe('tapedeck-app://console/');
  expect([window.options['show'], window.shown]).toEqual([false, true]);
});

test('gives pages a sandbox and nothing of Node', () => {
  expect(window.options.webPreferences).toEqual({
    preload: '/app/out/preload/index.cjs',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  });
});

test('stays on our own pages, however it is led away', () => {
  const leaves = (event: string, url: string): boolean => {
    let prevented = false;
    window.listeners.get(event)?.({ url, preventDefault: () => void (prevented = true) });
    return !prevented;
  };
  const ways = ['will-navigate', 'will-redirect', 'will-frame-navigate'];
  const away = [
    'https://attacker.example/',
    'http://127.0.0.1:5002/',
    'file:///etc/passwd',
    'tapedeck-app://sample/',
    'x',
  ];
  for (const way of ways) {
    for (const url of away) expect([way, url, leaves(way, url)]).toEqual([way, url, false]);
    expect(leaves(way, 'tapedeck-app://console/')).toBe(true);
  }
  endpoints.set('sample', endpoint);
  expect(leaves('will-navigate', 'tapedeck-app://sample/')).toBe(true);
  endpoints.delete('sample');
  expect(leaves('will-attach-webview', 'tapedeck-app://console/')).toBe(false);
  expect(window.windowOpen()).toEqual({ action: 'deny' });
});

test('grants putting text on the clipboard, for Copy, and no other permission', () => {
  const answers: boolean[] = [];
  for (const permission of [
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'openExternal',
    'fileSystem',
  ]) {
    window.requestPermission(null, permission, (granted) => answers.push(granted));
  }
  expect(answers).toEqual(Array(6).fill(false));
  expect([window.checkPermission(null, 'media'), window.checkDevice()]).toEqual([false, false]);
  window.requestPermission(null, 'clipboard-sanitized-write', (granted) => answers.push(granted));
  expect(answers.at(-1)).toBe(true);
  expect(window.checkPermission(null, 'clipboard-sanitized-write')).toBe(true);
});
