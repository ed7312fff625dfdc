// The state of a link and when it is asked after. Shared by every kind of link that has an address.
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { Clock } from '../domain/clock.ts';
import type { Probe } from './probe.ts';
import type { TunnelStatus } from './tunnel.ts';

export interface LinkWatch {
  status(): TunnelStatus;
  set(change: Partial<Omit<TunnelStatus, 'kind' | 'sinceMs'>>): void;
  onChange(listener: (now: TunnelStatus, before: TunnelStatus) => void): () => void;
  /** Probes the current address; does nothing while there is none. Those who ask at once share an answer. */
  probe(): Promise<TunnelStatus>;
  /** What is under way was asked of a link that is gone: its answer does not count. */
  renew(): void;
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
  /** Told of each probe of a link that should work and did not find us, with how many in a row. */
  onSilent?: (inARow: number) => void;
}): LinkWatch {
  const { clock } = deps;
  const listeners = new Set<(now: TunnelStatus, before: TunnelStatus) => void>();
  let stopTicking: (() => void) | null = null;
  let inARow = 0;
  let round = 0;
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
    const mine = round;
    const { found, providerCode } = await deps.probe(url);
    if (mine !== round || deps.publicUrl() !== url || stopTicking === null) return status;
    const lastProbeAtMs = clock.now();
    if (found === 'ours') {
      inARow = 0;
      set({ state: 'up', lastProbeAtMs, code: null, providerCode: null, nextTryAtMs: null });
      return status;
    }
    if (status.state === 'down' || status.state === 'failed') {
      // It is known why, and when it is tried again: more than that nobody answers.
      set({ lastProbeAtMs });
      return status;
    }
    inARow += 1;
    const code: ErrorCode = found === 'elsewhere' ? 'web_link_taken' : 'web_link_unreachable';
    set({ state: 'unreachable', lastProbeAtMs, code, providerCode });
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
      if (probing !== null) return probing;
      const asked = probeOnce().finally(() => {
        if (probing === asked) probing = null;
      });
      probing = asked;
      return asked;
    },
    renew() {
      round += 1;
      probing = null;
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
