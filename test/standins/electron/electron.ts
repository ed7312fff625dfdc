// A stand-in for the `electron` module, on Chromium through Playwright, in plain Node: just what the shell uses. It
// runs the BUILT main and preload and so proves their wiring. It proves nothing of Electron's own security: there is
// no process sandbox, no isolated world and no real custom scheme here.
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Frame,
  type Page,
  type Request as PageRequest,
  type Route,
} from 'playwright';
import { chromiumFlags, findChromium } from '../../../tools/chromium.ts';
import { preloadScript } from './preload-script.ts';

type Listener = (event: unknown, ...args: unknown[]) => unknown;
type SchemeHandler = (request: Request) => Response | Promise<Response>;

/** Chromium knows no schemes of ours: `app://host/` is shown to it as `https://host.app.standin/`. */
const standinHost = /^https:\/\/([^/]+)\.([a-z-]+)\.standin(\/|$)/;
const toChromium = (url: string): string =>
  url.replace(/^([a-z-]+):\/\/([^/]+)(\/|$)/, 'https://$2.$1.standin$3');
const fromChromium = (url: string): string => url.replace(standinHost, '$2://$1$3');

const schemes = new Map<string, SchemeHandler>();
const handlers = new Map<string, Listener>();
const toMain = new EventEmitter();
let browser: Browser | null = null;

/** For the test: what the shell has opened and said. */
export const standin = {
  windows: [] as BrowserWindow[],
  privileged: [] as { scheme: string; privileges: Record<string, boolean> }[],
  errorBoxes: [] as string[],
  exitCode: null as number | null,
};

class App extends EventEmitter {
  getVersion(): string {
    return '0.0.0-standin';
  }
  requestSingleInstanceLock(): boolean {
    return true;
  }
  async whenReady(): Promise<void> {
    browser ??= await chromium.launch({
      executablePath: findChromium({ install: false }),
      args: [...chromiumFlags],
    });
  }
  quit(): void {
    let prevented = false;
    this.emit('before-quit', { preventDefault: () => void (prevented = true) });
    if (!prevented) this.exit(0);
  }
  /** Ends the browser; the test decides about the process. */
  exit(code: number): void {
    standin.exitCode = code;
    void browser?.close().finally(() => this.emit('standin-exit'));
    if (browser === null) this.emit('standin-exit');
  }
}
export const app = new App();

export const protocol = {
  registerSchemesAsPrivileged: (list: typeof standin.privileged) => void standin.privileged.push(...list),
  handle: (scheme: string, handler: SchemeHandler) => void schemes.set(scheme, handler),
};

export const ipcMain = {
  handle: (channel: string, handler: Listener) => void handlers.set(channel, handler),
  on: (channel: string, listener: Listener) => toMain.on(channel, listener),
};

export const dialog = {
  showErrorBox: (title: string, content: string) => void standin.errorBoxes.push(`${title}: ${content}`),
};

class WebContents extends EventEmitter {
  readonly id: number;
  page: Page | null = null;
  openHandler: (details: { url: string }) => { action: 'allow' | 'deny' } = () => ({ action: 'allow' });
  readonly session = {
    setPermissionRequestHandler: () => undefined,
    setPermissionCheckHandler: () => undefined,
    setDevicePermissionHandler: () => undefined,
  };
  constructor(id: number) {
    super();
    this.id = id;
  }
  setWindowOpenHandler(handler: WebContents['openHandler']): void {
    this.openHandler = handler;
  }
  send(channel: string, ...args: unknown[]): void {
    const push = `window.__electronPush?.(${JSON.stringify(channel)}, ${JSON.stringify(args)})`;
    this.page?.evaluate(push).catch(() => undefined);
  }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents;
  readonly options: { webPreferences: { preload: string } };
  isShown = false;
  private loading: string | null = null;

  constructor(options: BrowserWindow['options']) {
    super();
    this.options = options;
    this.webContents = new WebContents(standin.windows.length + 1);
    standin.windows.push(this);
  }
  show(): void {
    this.isShown = true;
  }
  focus(): void {
    this.show();
  }
  isMinimized(): boolean {
    return false;
  }
  get page(): Page {
    if (this.webContents.page === null) throw new Error('the window has no page yet');
    return this.webContents.page;
  }
  async loadURL(url: string): Promise<void> {
    if (browser === null) throw new Error('a window before the app was ready');
    const context = await browser.newContext({ viewport: { width: 1320, height: 860 } });
    await this.prepare(context);
    const page = await context.newPage();
    this.webContents.page = page;
    page.on('popup', (popup) => {
      if (this.webContents.openHandler({ url: popup.url() }).action === 'deny') void popup.close();
    });
    this.loading = url;
    await page.goto(toChromium(url));
    this.emit('ready-to-show');
  }
  async close(): Promise<void> {
    await this.page.context().close();
    this.webContents.emit('destroyed');
    this.emit('closed');
    app.emit('window-all-closed');
  }

  private async prepare(context: BrowserContext): Promise<void> {
    await context.exposeBinding(
      '__electronCall',
      async ({ frame }, kind: string, channel: string, args: unknown[]) => {
        const event = { sender: this.webContents, senderFrame: frameOf(frame) };
        if (kind === 'send') return void toMain.emit(channel, event, ...args);
        const handler = handlers.get(channel);
        if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
        return handler(event, ...args);
      },
    );
    await context.addInitScript({
      content: preloadScript(readFileSync(this.options.webPreferences.preload, 'utf8')),
    });
    await context.route('**/*', (route) => this.answer(route));
  }

  /** Everything that a page asks for: our own scheme is answered, navigation is put to the shell, the rest is refused. */
  private async answer(route: Route): Promise<void> {
    const request = route.request();
    const url = fromChromium(request.url());
    if (request.isNavigationRequest()) {
      const frame = frameIn(request);
      // A new window asks for its page before it has a frame.
      const isOurs = frame !== null && frame.page() === this.webContents.page;
      const mayGo = isOurs
        ? this.mayNavigate(url, frame.parentFrame() === null)
        : this.webContents.openHandler({ url }).action === 'allow';
      if (!mayGo) return route.abort('aborted');
    }
    const handler = schemes.get(new URL(url).protocol.slice(0, -1));
    if (handler === undefined) return route.abort('blockedbyclient');
    const { method, headers } = { method: request.method(), headers: await request.allHeaders() };
    const own = Object.entries(headers).filter(([name]) => !name.startsWith(':'));
    const response = await handler(new Request(url, { method, headers: Object.fromEntries(own) }));
    const body = Buffer.from(await response.arrayBuffer());
    await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
  }

  private mayNavigate(url: string, isMainFrame: boolean): boolean {
    const isOwn = isMainFrame && url === this.loading;
    this.loading = isOwn ? null : this.loading;
    let prevented = false;
    const event = { url, isMainFrame, preventDefault: () => void (prevented = true) };
    if (!isOwn) {
      this.webContents.emit('will-frame-navigate', event);
      if (isMainFrame) this.webContents.emit('will-navigate', event);
    }
    // The page that is left is gone before the next one's preload runs.
    if (!prevented && isMainFrame) this.webContents.emit('did-navigate', {}, url);
    return !prevented;
  }
}

function frameIn(request: PageRequest): Frame | null {
  try {
    return request.frame();
  } catch {
    return null;
  }
}

function frameOf(frame: Frame): { url: string; parent: unknown } {
  const parent = frame.parentFrame();
  return { url: fromChromium(frame.url()), parent: parent === null ? null : frameOf(parent) };
}
