/**
 * Wraps a built preload so that Chromium can run it before a page's own scripts: `require` knows electron and nothing
 * else, as in Electron's sandbox, and reaches main through the binding `__electronCall`.
 */
export function preloadScript(source: string): string {
  return `(() => {
  if (window !== window.top || !/\\.standin$/.test(location.hostname)) return;
  const call = window.__electronCall;
  const listeners = new Map();
  const heard = (channel) => listeners.get(channel) ?? listeners.set(channel, new Set()).get(channel);
  Object.defineProperty(window, '__electronPush', {
    value: (channel, args) => heard(channel).forEach((listener) => listener({}, ...args)),
  });
  const ipcRenderer = {
    invoke: (channel, ...args) => call('invoke', channel, args),
    send: (channel, ...args) => void call('send', channel, args),
    on: (channel, listener) => void heard(channel).add(listener),
    off: (channel, listener) => void heard(channel).delete(listener),
  };
  const contextBridge = {
    exposeInMainWorld: (name, api) => Object.defineProperty(window, name, { value: Object.freeze(api), enumerable: true }),
  };
  const require = (name) => {
    if (name !== 'electron') throw new Error('module not found: ' + name);
    return { ipcRenderer, contextBridge };
  };
  const module = { exports: {} };
  (function (require, module, exports) {
${source}
  })(require, module, module.exports);
})();`;
}
