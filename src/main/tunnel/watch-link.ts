// The state of a link and when it is asked after. Shared by every kind of link that has an address.
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { Clock } from '../domain/clock.ts';
import type { Probe } from './probe.ts';
import type { TunnelStatus } from './tunnel.ts';

export interface LinkWatch {
  status(): TunnelStatus;
  set(change: Partial<Omit<TunnelStatus, 'kind' | 'sinceMs'>>): void;
  onChange(listener: (now: TunnelStatus, before: TunnelStatus) => void): () => void;
  /** Probes the current address; does nothing while there is none. */
  probe(): Promise<TunnelStatus>;
  start(): void;
  stop(): void;
}

const tickMs = 5_000;
/** While something is wrong or was until a moment ago. */
const nervousEveryMs = 60_000;
/**
 * While all is well: some 8,900 requests a month, of the 20,000 that ngrok's free plan has; once a minute would be
 * 43,200.
 */
const steadyEveryMs = 5 * 60_000;
const nervousForMs = 10 * 60_000;

export function createLinkWatch(deps: {
  kind: TunnelStatus['kind'];
  publicUrl: () => string | null;
  probe: Probe;
  clock: Clock;
  /** Told of each probe that did not find us, with how many in a row. */
  onSilent?: (inARow: number) => void;
}): LinkWatch {
  const { clock } = deps;
  const listeners = new Set<(now: TunnelStatus, before: TunnelStatus) => void>();
  let stopTicking: (() => void) | null = null;
  let inARow = 0;
  let probing: Promise<TunnelStatus> | null = null;
  let status: TunnelStatus = {
    kind: deps.kind,
    state: 'off',
    publicUrl: null,
    sinceMs: clock.now(),
    lastProbeAtMs: null,
    nextTryAtMs: null,
    code: null,
    providerCode: null,
  };

  const set: LinkWatch['set'] = (change) => {
    const before = status;
    const publicUrl = change.publicUrl === undefined ? deps.publicUrl() : change.publicUrl;
    const isOther = change.state !== undefined && change.state !== before.state;
    status = { ...before, publicUrl, ...change, sinceMs: isOther ? clock.now() : before.sinceMs };
    if (isOther || before.publicUrl !== status.publicUrl || before.code !== status.code) {
      for (const listener of listeners) listener(status, before);
    }
  };

  const probeOnce = async (): Promise<TunnelStatus> => {
    const url = deps.publicUrl();
    if (url === null) return status;
    const answer = await deps.probe(url);
    // A link that was built anew meanwhile is not judged by what the old one said.
    if (deps.publicUrl() !== url || stopTicking === null) return status;
    const lastProbeAtMs = clock.now();
    if (answer === 'ours') {
      inARow = 0;
      set({ state: 'up', lastProbeAtMs, code: null, providerCode: null, nextTryAtMs: null });
      return status;
    }
    inARow += 1;
    const code: ErrorCode = answer === 'elsewhere' ? 'web_link_taken' : 'web_link_unreachable';
    set({ state: 'unreachable', lastProbeAtMs, code });
    deps.onSilent?.(inARow);
    return status;
  };

  const tick = (): void => {
    const { state, lastProbeAtMs, sinceMs } = status;
    if (state !== 'up' && state !== 'unreachable') return;
    const isSteady = state === 'up' && Math.abs(clock.now() - sinceMs) > nervousForMs;
    const everyMs = isSteady ? steadyEveryMs : nervousEveryMs;
    if (lastProbeAtMs === null || Math.abs(clock.now() - lastProbeAtMs) >= everyMs) void watch.probe();
  };

  const watch: LinkWatch = {
    status: () => status,
    set,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    probe() {
      probing ??= probeOnce().finally(() => {
        probing = null;
      });
      return probing;
    },
    start() {
      stopTicking ??= clock.every(tickMs, tick);
    },
    stop() {
      stopTicking?.();
      stopTicking = null;
    },
  };
  return watch;
}
