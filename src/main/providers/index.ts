// The phone services that Tapedeck knows: one line each.
import type { Provider } from './provider.ts';
import { createTwilio } from './twilio/index.ts';

export interface ProviderDeps {
  /** The value of a setting or secret; undefined when it is not set. */
  setting: (name: string) => string | undefined;
}

/** Every provider, in the order in which the console lists them. */
export function createProviders(deps: ProviderDeps): Provider[] {
  return [createTwilio(deps)];
}
