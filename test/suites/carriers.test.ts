import { describe, expect, test, vi } from 'vitest';
import type { EventEnvelope } from '../../src/preload/contract/events.ts';
import type { Reply } from '../../src/preload/contract/api.ts';
import { createDispatch } from '../../src/main/api/dispatch.ts';
import { createEventBus } from '../../src/main/api/event-bus.ts';
import { serveIpc } from '../../src/main/electron/ipc.ts';
import { createFakeIpc } from '../standins/electron/fake-ipc.ts';
import { handlersWith, memoryLog, startListener, token } from '../unit/api/parts.ts';
import { openEventStream } from '../unit/api/read-events.ts';
import { handlersUnderTest, testCarrier } from './carriers.ts';

interface Bridge {
  host: string;
  invoke(name: string, input: unknown): Promise<Reply<unknown>>;
  subscribe(listener: (envelope: EventEnvelope) => void, afterSeq?: number): () => void;
}

/** Runs the real preload in front of the given end of IPC. */
async function loadPreload(ipcRenderer: unknown): Promise<Bridge> {
  let exposed: unknown;
  vi.resetModules();
  vi.doMock('electron', () => ({
    ipcRenderer,
    contextBridge: {
      exposeInMainWorld: (name: string, api: unknown) => {
        expect(name).toBe('tapedeck');
        exposed = api;
      },
    },
  }));
  await import('../../src/preload/index.ts');
  return exposed as Bridge;
}

describe('in-process', () => {
  testCarrier(async () => {
    const log = memoryLog();
    const bus = createEventBus();
    const dispatch = createDispatch(handlersWith(handlersUnderTest), log);
    return {
      bus,
      invoke: dispatch,
      subscribe: async (listener, afterSeq) => bus.subscribe(listener, afterSeq),
      logged: () => JSON.stringify(log.lines),
      close: async () => undefined,
    };
  });
});

describe('HTTP and server-sent events', () => {
  testCarrier(async () => {
    const { server, bus, log, url } = await startListener({ handlers: handlersUnderTest });
    return {
      bus,
      async invoke(name, input) {
        const response = await fetch(`${url}/api/${encodeURIComponent(name)}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: input === undefined ? null : JSON.stringify(input),
        });
        return (await response.json()) as Reply<unknown>;
      },
      subscribe: (listener, afterSeq) => openEventStream(url, token, listener, afterSeq),
      logged: () => JSON.stringify(log.lines),
      close: () => server.close(),
    };
  });
});

describe('IPC', () => {
  testCarrier(async () => {
    const log = memoryLog();
    const bus = createEventBus();
    const { ipcMain, ipcRenderer } = createFakeIpc({ url: 'tapedeck-app://console/#/calls', parent: null });
    const dispatch = createDispatch(handlersWith(handlersUnderTest), log);
    const media = { serve: async () => ({ status: 404, headers: {}, body: null }) };
    serveIpc(ipcMain, new Map([['console', { dispatch, bus, media }]]));
    const bridge = await loadPreload(ipcRenderer);
    return {
      bus,
      invoke: bridge.invoke,
      subscribe: async (listener, afterSeq) => bridge.subscribe(listener, afterSeq),
      logged: () => JSON.stringify(log.lines),
      close: async () => undefined,
    };
  });

  test('the page gets three things and no more', async () => {
    const { ipcRenderer } = createFakeIpc({ url: 'tapedeck-app://console/', parent: null });
    const bridge = await loadPreload(ipcRenderer);
    expect(Object.keys(bridge).toSorted()).toEqual(['host', 'invoke', 'subscribe']);
    expect(bridge.host).toBe('electron');
  });
});
