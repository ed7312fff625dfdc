// Which application a page of ours belongs to: the host of its address says so (`console`, and `sample` in sample mode).
import type { Dispatch } from '../../preload/contract/api.ts';
import type { EventBus } from '../api/event-bus.ts';
import type { ServeMedia } from '../api/serve-media.ts';

export const appScheme = 'tapedeck-app';

export interface Endpoint {
  dispatch: Dispatch;
  bus: EventBus;
  media: { serve: ServeMedia };
}

/** Host -> application. Changes while running: sample mode comes and goes. */
export type Endpoints = ReadonlyMap<string, Endpoint>;

/** @returns the application that a page at `address` speaks to, null when the page is not ours */
export function endpointAt(endpoints: Endpoints, address: string): Endpoint | null {
  const url = URL.parse(address);
  if (url?.protocol !== `${appScheme}:` || url.username !== '' || url.password !== '') return null;
  return endpoints.get(url.host) ?? null;
}
