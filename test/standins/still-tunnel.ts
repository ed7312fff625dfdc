// A web link that never changes, for tests of other things.
import type { Tunnel, TunnelStatus } from '../../src/main/tunnel/tunnel.ts';

/** The state of a link that works, or of none. */
export function linkStatus(publicUrl: string | null, change: Partial<TunnelStatus> = {}): TunnelStatus {
  return {
    kind: publicUrl === null ? 'none' : 'fixed',
    state: publicUrl === null ? 'off' : 'up',
    publicUrl,
    sinceMs: 0,
    lastProbeAtMs: publicUrl === null ? null : 0,
    nextTryAtMs: null,
    code: null,
    providerCode: null,
    ...change,
  };
}

export function createStillTunnel(publicUrl: () => string | null = () => null): Tunnel {
  const status = async (): Promise<TunnelStatus> => linkStatus(publicUrl());
  return {
    publicUrl,
    acceptedUrls: () => [],
    retiredUrls: () => [],
    status: () => linkStatus(publicUrl()),
    onChange: () => () => undefined,
    start: () => Promise.resolve(),
    probe: status,
    reconnect: status,
    stop: () => Promise.resolve(),
  };
}
