// Whatever ngrok, the outside and the clock do, in any order: never two sessions, an address once given stays given,
// and when all is well again the link is up by itself.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { OutageView } from '../../../src/preload/contract/checks.ts';
import { webLinkView } from '../../../src/preload/contract/system.ts';
import { createLinkOutages } from '../../../src/main/reach.ts';
import { createFakeNgrok, ngrokError, ngrokOffline } from '../../standins/fake-ngrok.ts';
import { createTunnelWorld, settle, started } from './tunnel-world.ts';

const url = 'https://clinic.example';
const step = fc.oneof(
  fc.record({ kind: fc.constant('answers' as const), found: fc.constantFrom('ours', 'elsewhere', 'silent') }),
  fc.record({
    kind: fc.constant('forward' as const),
    how: fc.constantFrom('works', 'offline', 'taken', 'refused'),
  }),
  fc.record({ kind: fc.constant('says' as const), status: fc.constantFrom('connected', 'closed') }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1_000, max: 200_000 }) }),
  fc.record({ kind: fc.constant('clock' as const), byMs: fc.integer({ min: -86_400_000, max: 86_400_000 }) }),
  fc.record({ kind: fc.constantFrom('probe' as const, 'reconnect' as const) }),
);

const forwards = {
  works: url,
  offline: ngrokOffline(),
  taken: ngrokError(334),
  refused: ngrokError(4018),
};

it('ends well after anything', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const world = createTunnelWorld();
      const fake = createFakeNgrok(url);
      const tunnel = await world.ngrok(fake);
      const outages: OutageView[] = [];
      tunnel.onChange((status) => webLinkView.parse(status));
      tunnel.onChange(
        createLinkOutages({
          now: () => world.nowMs,
          put: (outage) => outages.push(outage),
          onRecovered: () => undefined,
        }),
      );
      await started(tunnel);
      for (const one of steps) {
        if (one.kind === 'answers') world.answer = one.found;
        else if (one.kind === 'forward') fake.answers = [forwards[one.how]];
        else if (one.kind === 'says') fake.say(one.status);
        else if (one.kind === 'pass') await world.pass(one.ms);
        else if (one.kind === 'clock') world.nowMs += one.byMs;
        else void tunnel[one.kind]();
        await settle();
        expect(fake.open()).toBeLessThanOrEqual(1);
        expect(tunnel.publicUrl()).toBe(url);
      }
      world.answer = 'ours';
      fake.answers = [url];
      // The longest wait between two tries, with its jitter.
      await world.pass(7 * 60_000);
      expect(tunnel.status()).toMatchObject({ state: 'up', code: null, nextTryAtMs: null });
      expect(fake.open()).toBe(1);
      // Each time without a link was begun once and ended once, one after the other.
      expect(outages.map(({ toMs }) => toMs === null)).toEqual(outages.map((_, index) => index % 2 === 0));
      expect(outages.length % 2).toBe(0);
      await tunnel.stop();
      expect(fake.open()).toBe(0);
    }),
    { numRuns: 60 },
  );
}, 120_000);
