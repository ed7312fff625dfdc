// Being reached under an address that the user runs or rents (WEBHOOK_BASE_URL), or not at all. Nothing is built here:
// Tapedeck remembers the address and looks whether it leads here.
import type { Clock } from '../domain/clock.ts';
import { type KnownUrls, normalisePublicUrl } from './known-urls.ts';
import type { Probe } from './probe.ts';
import type { Tunnel } from './tunnel.ts';
import { createLinkWatch } from './watch-link.ts';

/**
 * @param configuredUrl WEBHOOK_BASE_URL; null when there is none and recordings arrive by checks
 * Errors: bad_config
 */
export async function createFixedUrl(deps: {
  configuredUrl: string | null;
  knownUrls: KnownUrls;
  probe: Probe;
  clock: Clock;
}): Promise<Tunnel> {
  const { knownUrls, probe, clock } = deps;
  const configured = deps.configuredUrl === null ? null : normalisePublicUrl(deps.configuredUrl);
  await knownUrls.use(configured);
  const watch = createLinkWatch({
    kind: configured === null ? 'none' : 'fixed',
    publicUrl: knownUrls.current,
    probe,
    clock,
  });
  return {
    publicUrl: knownUrls.current,
    acceptedUrls: knownUrls.accepted,
    retiredUrls: knownUrls.retired,
    status: watch.status,
    onChange: watch.onChange,
    async start() {
      if (configured === null) return;
      watch.start();
      watch.set({ state: 'connecting' });
      void watch.probe();
    },
    probe: watch.probe,
    reconnect: watch.probe,
    async stop() {
      watch.stop();
    },
  };
}
