// The one store of the console: a slice for each concern, actions beside data.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Client } from '../client/client.ts';
import { type CallsSlice, createCallsSlice } from './calls-slice.ts';
import { type ChecksSlice, createChecksSlice } from './checks-slice.ts';
import { createMatchingSlice, type MatchingSlice } from './matching-slice.ts';
import { createPlacingSlice, type PlacingSlice } from './placing-slice.ts';
import { createPlayerSlice, type PlayerPorts, type PlayerSlice } from './player-slice.ts';
import type { Route } from './routes.ts';
import { createSetupSlice, type SetupSlice } from './setup-slice.ts';
import { createSystemSlice, productTime, type SystemPorts, type SystemSlice } from './system-slice.ts';
import { createTroubleSlice, type TroubleSlice } from './trouble-slice.ts';
import { createUiSlice, type UiPorts, type UiSlice } from './ui-slice.ts';

export type AppState = CallsSlice &
  PlacingSlice &
  MatchingSlice &
  ChecksSlice &
  SystemSlice &
  SetupSlice &
  TroubleSlice &
  PlayerSlice &
  UiSlice;
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
    ...createPlacingSlice(client)(...args),
    ...createMatchingSlice(client)(...args),
    ...createChecksSlice(client)(...args),
    ...createSystemSlice(client, ports)(...args),
    ...createSetupSlice(client)(...args),
    ...createTroubleSlice(client)(...args),
    ...createPlayerSlice(client, ports)(...args),
    ...createUiSlice(ports, start)(...args),
  }));
  return store;
}
