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
  /** Each provider's own way out, paced apart from the others'; without it all share `fetch`. */
  fetchOf?: (providerId: string) => GuardedFetch;
  /** Epoch milliseconds by the product's clock, corrected where it is known to be wrong, for signatures that hold for minutes only. */
  now?: () => number;
}

/** Every provider, in the order in which the console lists them. */
export function createProviders(deps: ProviderDeps): Provider[] {
  const own = (providerId: string): ProviderDeps => ({
    ...deps,
    fetch: deps.fetchOf?.(providerId) ?? deps.fetch,
  });
  return [
    createTwilio(own('twilio')),
    createElevenLabs(own('elevenlabs')),
    createTelnyx(own('telnyx')),
    createLiveKit(own('livekit')),
  ];
}
