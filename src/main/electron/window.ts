// The one window, and everything that its pages may not do.
import { BrowserWindow, type Session, type WebContents } from 'electron';
import { type Endpoints, endpointAt } from './endpoints.ts';

/** Loads the console at `url`; shown once it can be drawn. */
export function openWindow(url: string, preloadPath: string, endpoints: Endpoints): BrowserWindow {
  const window = new BrowserWindow({
    // With a name Electron keeps place and size by itself.
    name: 'console',
    windowStatePersistence: true,
    title: 'Tapedeck',
    width: 1320,
    height: 860,
    minWidth: 720,
    minHeight: 520,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload: preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // The spell checker fetches its dictionaries from the network.
      spellcheck: false,
    },
  });
  guardNavigation(window.webContents, endpoints);
  denyPermissions(window.webContents.session);
  window.once('ready-to-show', () => window.show());
  void window.loadURL(url);
  return window;
}

/** Pages stay on our own scheme (console, and sample while it runs) and open no other windows. */
export function guardNavigation(
  contents: Pick<WebContents, 'on' | 'setWindowOpenHandler'>,
  endpoints: Endpoints,
): void {
  const stay = (event: { url: string; preventDefault: () => void }): void => {
    if (endpointAt(endpoints, event.url) === null) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Putting text on the clipboard is all that the console asks for (Copy); reading it, cameras and devices are not. */
const granted = 'clipboard-sanitized-write';

/** Denies every permission but writing plain text to the clipboard. */
export function denyPermissions(
  session: Pick<
    Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
  >,
): void {
  session.setPermissionRequestHandler((_contents, permission, callback) => callback(permission === granted));
  session.setPermissionCheckHandler((_contents, permission) => permission === granted);
  session.setDevicePermissionHandler(() => false);
}
