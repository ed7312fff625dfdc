import { expect, test } from 'vitest';
import { createDispatch } from '../../../src/main/api/dispatch.ts';
import { createEventBus } from '../../../src/main/api/event-bus.ts';
import type { Endpoint } from '../../../src/main/electron/endpoints.ts';
import { serveIpc } from '../../../src/main/electron/ipc.ts';
import { createFakeIpc, type Frame } from '../../standins/electron/fake-ipc.ts';
import { aCall, handlersWith, memoryLog } from '../api/parts.ts';

function endpoint(reference: string): Endpoint {
  const list = async () => ({ items: [aCall('call_1', { reference })], nextCursor: null });
  return {
    dispatch: createDispatch(handlersWith({ 'calls.list': list }), memoryLog()),
    bus: createEventBus(),
    media: { serve: async () => ({ status: 404, headers: {}, body: null }) },
  };
}

function serve(frame: Frame | null) {
  const endpoints = new Map([['console', endpoint('real')]]);
  const ipc = createFakeIpc(frame);
  serveIpc(ipc.ipcMain, endpoints);
  const received: unknown[] = [];
  ipc.ipcRenderer.on('tapedeck:event', (_event, ...args: unknown[]) => received.push(args));
  return { ...ipc, endpoints, received };
}

const top = (url: string): Frame => ({ url, parent: null });

test('answers the console page and nobody else', async () => {
  const strangers: (Frame | null)[] = [
    null,
    top('https://attacker.example/'),
    top('tapedeck-app://sample/'),
    top('tapedeck-app://console.attacker.example/'),
    top('tapedeck-app://console@attacker.example/'),
    top('tapedeck-app://user@console/'),
    top('tapedeck-app://console:1/'),
    top('tapedeck-app:console'),
    top('tapedeck-apps://console/'),
    top('http://console/'),
    top('file:///console/'),
    top('about:blank'),
    top('data:text/html,x'),
    top(''),
    { url: 'tapedeck-app://console/', parent: top('tapedeck-app://console/') },
  ];
  for (const frame of strangers) {
    const { ipcRenderer, endpoints, received } = serve(frame);
    expect([frame?.url, await ipcRenderer.invoke('tapedeck:invoke', 'calls.list', {})]).toMatchObject([
      frame?.url,
      { ok: false, error: { code: 'forbidden_origin' } },
    ]);
    ipcRenderer.send('tapedeck:subscribe', 1);
    const bus = endpoints.get('console')?.bus;
    expect(bus?.subscriberCount()).toBe(0);
    bus?.publish('system.changed', {});
    expect(received).toEqual([]);
  }
  const { ipcRenderer } = serve(top('tapedeck-app://console/index.html?x#/calls'));
  expect(await ipcRenderer.invoke('tapedeck:invoke', 'calls.list', {})).toMatchObject({ ok: true });
});

test('a page of sample mode speaks to the sample application, and to none once it is gone', async () => {
  const { ipcRenderer, endpoints } = serve(top('tapedeck-app://sample/'));
  endpoints.set('sample', endpoint('sample'));
  expect(await ipcRenderer.invoke('tapedeck:invoke', 'calls.list', {})).toMatchObject({
    data: { items: [{ reference: 'sample' }] },
  });
  endpoints.delete('sample');
  expect(await ipcRenderer.invoke('tapedeck:invoke', 'calls.list', {})).toMatchObject({ ok: false });
});

test('a name that is no text is no procedure', async () => {
  const { ipcRenderer } = serve(top('tapedeck-app://console/'));
  for (const name of [undefined, null, 7, {}, ['calls.list', 'x']]) {
    expect(await ipcRenderer.invoke('tapedeck:invoke', name, {})).toMatchObject({
      error: { code: 'unknown_procedure' },
    });
  }
});

test('a page that reloads, moves on or closes stops being told', () => {
  for (const reason of ['did-navigate', 'destroyed']) {
    const { ipcRenderer, endpoints, sender, received } = serve(top('tapedeck-app://console/'));
    const bus = endpoints.get('console')?.bus;
    ipcRenderer.send('tapedeck:subscribe', 1);
    ipcRenderer.send('tapedeck:subscribe', 2);
    expect(bus?.subscriberCount()).toBe(2);
    sender.emit(reason);
    expect(bus?.subscriberCount()).toBe(0);
    bus?.publish('system.changed', {});
    expect(received).toEqual([]);
  }
});

test('the same subscription asked for again replaces the first', () => {
  const { ipcRenderer, endpoints, received } = serve(top('tapedeck-app://console/'));
  const bus = endpoints.get('console')?.bus;
  ipcRenderer.send('tapedeck:subscribe', 1);
  ipcRenderer.send('tapedeck:subscribe', 1);
  ipcRenderer.send('tapedeck:subscribe', 'x');
  bus?.publish('system.changed', {});
  expect([bus?.subscriberCount(), received.length]).toEqual([1, 1]);
  ipcRenderer.send('tapedeck:unsubscribe', 1);
  expect(bus?.subscriberCount()).toBe(0);
});
