// Both ends of Electron's IPC in one process. Values are cloned on the way, as they are between processes; what
// cannot be cloned throws, as it does there.
import { EventEmitter } from 'node:events';
import type { IpcMain, IpcRenderer } from 'electron';

type Handler = (event: unknown, ...args: unknown[]) => unknown;

export interface Sender extends EventEmitter {
  id: number;
  send(channel: string, ...args: unknown[]): void;
}

export interface Frame {
  url: string;
  parent: Frame | null;
}

export function createFakeIpc(frame: Frame | null, windowId = 1) {
  const handlers = new Map<string, Handler>();
  const toMain = new EventEmitter();
  const toRenderer = new EventEmitter();
  const sender: Sender = Object.assign(new EventEmitter(), {
    id: windowId,
    send: (channel: string, ...args: unknown[]) => {
      toRenderer.emit(channel, {}, ...structuredClone(args));
    },
  });
  const event = { sender, senderFrame: frame };
  const ipcMain = {
    handle: (channel: string, handler: Handler) => void handlers.set(channel, handler),
    on: (channel: string, listener: Handler) => toMain.on(channel, listener),
  };
  const ipcRenderer = {
    invoke: async (channel: string, ...args: unknown[]): Promise<unknown> => {
      const handler = handlers.get(channel);
      if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
      return structuredClone(await handler(event, ...structuredClone(args)));
    },
    send: (channel: string, ...args: unknown[]) => void toMain.emit(channel, event, ...structuredClone(args)),
    on: (channel: string, listener: Handler) => toRenderer.on(channel, listener),
    off: (channel: string, listener: Handler) => toRenderer.off(channel, listener),
  };
  return {
    sender,
    ipcMain: ipcMain as unknown as Pick<IpcMain, 'handle' | 'on'>,
    ipcRenderer: ipcRenderer as unknown as Pick<IpcRenderer, 'invoke' | 'send' | 'on' | 'off'>,
  };
}
