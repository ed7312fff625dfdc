// The Electron carrier: two functions that the preload exposes.
import type { Reply } from '../../../preload/contract/api.ts';
import type { EventEnvelope } from '../../../preload/contract/events.ts';
import type { Client } from './client.ts';
import { unavailable } from './reply.ts';

export interface TapedeckBridge {
  invoke(name: string, input: unknown): Promise<unknown>;
  subscribe(listener: (event: EventEnvelope) => void): () => void;
}

/** Speaks to the main process of the same program, so events cannot get lost on the way. */
export function createBridgeClient(bridge: TapedeckBridge): Client {
  return {
    async invoke(name, input) {
      try {
        // The reply was made by our own dispatch from the same contract; its type is the contract's.
        return (await bridge.invoke(name, input)) as Reply<never>;
      } catch {
        return unavailable('Tapedeck did not answer.');
      }
    },
    subscribe({ onEvent, onConnection }) {
      const stop = bridge.subscribe(onEvent);
      onConnection('live');
      return stop;
    },
  };
}
