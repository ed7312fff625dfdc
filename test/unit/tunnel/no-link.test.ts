// No web link at all is a way to live, not a fault: recordings arrive by checks.
import { expect, it } from 'vitest';
import { createTunnelWorld, started } from './tunnel-world.ts';

it('is off, asks nobody, and is not in trouble whatever is done to it', async () => {
  const world = createTunnelWorld();
  const tunnel = await world.fixed(null);
  const seen: unknown[] = [];
  tunnel.onChange((status) => seen.push(status));
  expect(await started(tunnel)).toMatchObject({ kind: 'none', state: 'off', publicUrl: null, code: null });
  expect((await tunnel.probe()).state).toBe('off');
  expect((await tunnel.reconnect()).state).toBe('off');
  await world.pass(20 * 60_000);
  await tunnel.stop();
  expect([world.probed, seen]).toEqual([[], []]);
});
