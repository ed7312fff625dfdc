// What the console can ask and hear, whichever way it is carried: Electron's bridge or loopback HTTP.
import type { Input, Output, ProcedureName, Reply } from '../../../preload/contract/api.ts';
import type { EventEnvelope } from '../../../preload/contract/events.ts';
import { createBridgeClient, type TapedeckBridge } from './bridge-client.ts';
import { createHttpClient } from './http-client.ts';

/** `live`: events arrive. `lost`: they stopped; what is shown may be old. */
export type Connection = 'connecting' | 'live' | 'lost';

export interface EventListeners {
  onEvent(event: EventEnvelope): void;
  onConnection(connection: Connection): void;
}

export interface Client {
  /** Never rejects: trouble on the way comes back as `{ok: false}` with code `unavailable`. */
  invoke<N extends ProcedureName>(name: N, input: Input<N>): Promise<Reply<Output<N>>>;
  /** @returns a function that stops listening */
  subscribe(listeners: EventListeners): () => void;
}

declare global {
  interface Window {
    readonly tapedeck?: TapedeckBridge;
  }
}

/** Picks Electron's bridge where the preload put one, else the loopback server that served this page. */
export function createClient(scope: Window): Client {
  return scope.tapedeck === undefined ? createHttpClient() : createBridgeClient(scope.tapedeck);
}
