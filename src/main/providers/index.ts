// The phone services that Tapedeck knows: one line each.
import type { GuardedFetch } from '../net/net.ts';
import { createElevenLabs } from './elevenlabs/index.ts';
import { createLiveKit } from './livekit/index.ts';
import type { Provider } from './provider.ts';
import { createTelnyx } from './telnyx/index.ts';
import { createTwilio } from './twilio/index.ts';

export interface ProviderDeps {
  /** The value of a setting or secret; undefined when it is not set. */
  setting: (name: string) => string | undefined;
  /** The one way out. */
  fetch: GuardedFetch;
  /** Epoch milliseconds by the product's clock, for signatures that hold for minutes only. */
  now?: () => number;
}

/** Every provider, in the order in which the console lists them. */
export function createProviders(deps: ProviderDeps): Provider[] {
  return [createTwilio(deps), createElevenLabs(deps), createTelnyx(deps), createLiveKit(deps)];
}
