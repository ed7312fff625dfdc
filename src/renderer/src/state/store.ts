// The one store of the console: four slices, actions beside data.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Client } from '../client/client.ts';
import { type CallsSlice, createCallsSlice } from './calls-slice.ts';
import { createPlayerSlice, type PlayerPorts, type PlayerSlice } from './player-slice.ts';
import type { Route } from './routes.ts';
import { createSystemSlice, productTime, type SystemPorts, type SystemSlice } from './system-slice.ts';
import { createUiSlice, type UiPorts, type UiSlice } from './ui-slice.ts';

export type AppState = CallsSlice & SystemSlice & PlayerSlice & UiSlice;
export type AppStore = StoreApi<AppState>;
export type AppPorts = SystemPorts & PlayerPorts & UiPorts;

/**
 * @param client how the main process is asked
 * @param ports the outside world: clock, address bar, memory, sound
 * @param start where the console opens
 */
export function createAppStore(client: Client, ports: AppPorts, start: Route): AppStore {
  const store: AppStore = createStore<AppState>()((...args) => ({
    ...createCallsSlice(client, () => productTime(store.getState().clock, ports.wallNow()))(...args),
    ...createSystemSlice(client, ports)(...args),
    ...createPlayerSlice(client, ports)(...args),
    ...createUiSlice(ports, start)(...args),
  }));
  return store;
}
