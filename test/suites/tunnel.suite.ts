// What every kind of web link must hold.
import { describe, expect, it } from 'vitest';
import type { Tunnel, TunnelStatus } from '../../src/main/tunnel/tunnel.ts';
import { createTunnelWorld, settle, started, type TunnelWorld } from '../unit/tunnel/tunnel-world.ts';

const minuteMs = 60_000;

/** @param open a link with the address `https://clinic.example` once it has started */
export function tunnelSuite(name: string, open: (world: TunnelWorld) => Promise<Tunnel>): void {
  describe(name, () => {
    it('is up once it has proven from outside that it leads here', async () => {
      const world = createTunnelWorld();
      const status = await started(await open(world));
      expect(status).toMatchObject({ state: 'up', publicUrl: 'https://clinic.example', code: null });
      expect(world.probed).toEqual(['https://clinic.example']);
    });

    it('is asked after often while it is new or in trouble, and seldom while all is well', async () => {
      const world = createTunnelWorld();
      await started(await open(world));
      await world.pass(10 * minuteMs);
      expect(world.probed.length).toBeGreaterThanOrEqual(9);
      world.probed.length = 0;
      await world.pass(60 * minuteMs);
      // ngrok's free plan has 20,000 requests a month: at this rate a month has some 8,900.
      expect(world.probed.length).toBeGreaterThanOrEqual(10);
      expect(world.probed.length).toBeLessThanOrEqual(14);
    });

    it('says when it does not lead here any more, still gives its address, and says when it is back', async () => {
      const world = createTunnelWorld();
      const tunnel = await open(world);
      await started(tunnel);
      const seen: TunnelStatus['state'][] = [];
      tunnel.onChange(({ state }) => seen.push(state));
      world.answer = 'silent';
      expect(await tunnel.probe()).toMatchObject({ state: 'unreachable', code: 'web_link_unreachable' });
      expect(tunnel.publicUrl()).toBe('https://clinic.example');
      world.answer = 'elsewhere';
      expect(await tunnel.probe()).toMatchObject({ state: 'unreachable', code: 'web_link_taken' });
      world.answer = 'ours';
      expect(await tunnel.probe()).toMatchObject({ state: 'up', code: null });
      expect(seen).toEqual(['unreachable', 'unreachable', 'up']);
    });

    it('says nothing and asks nobody once it is stopped', async () => {
      const world = createTunnelWorld();
      const tunnel = await open(world);
      await started(tunnel);
      await tunnel.stop();
      world.probed.length = 0;
      const seen: TunnelStatus[] = [];
      tunnel.onChange((status) => seen.push(status));
      await world.pass(20 * minuteMs);
      await settle();
      expect([world.probed, seen]).toEqual([[], []]);
    });
  });
}
