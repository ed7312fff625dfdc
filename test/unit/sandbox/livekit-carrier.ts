// A telephone network of one call's length and a clock that a test moves by hand, for the tests of LiveKit's stand-in.
import type {
  Carrier,
  CarrierCall,
  CarrierOrder,
  CarrierProgress,
} from '../../../src/main/sandbox/carrier.ts';
import type { SandboxClock } from '../../../src/main/sandbox/clock.ts';

export interface HandClock extends SandboxClock {
  /** Lets this much time go by at once; what was due in it happens. */
  pass(ms: number): void;
  /** While on, waiting takes no time: whatever is awaited is due at once, in its order. */
  runOn(on: boolean): void;
}

export function createHandClock(): HandClock {
  let nowMs = Date.now();
  let running = false;
  let waiting: { atMs: number; go: () => void }[] = [];
  const settle = (untilMs: number): void => {
    for (;;) {
      const next = waiting.sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) return;
      waiting = waiting.slice(1);
      nowMs = Math.max(nowMs, next.atMs);
      next.go();
    }
  };
  const step = (): void => {
    if (!running) return;
    const [next] = waiting.sort((a, b) => a.atMs - b.atMs);
    if (next !== undefined) settle(next.atMs);
    setTimeout(step, 1);
  };
  return {
    now: () => nowMs,
    delay: (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const entry = { atMs: nowMs + delayMs, go: () => resolve() };
        waiting.push(entry);
        signal?.addEventListener('abort', () => {
          waiting = waiting.filter((one) => one !== entry);
          resolve();
        });
      }),
    pass(ms) {
      const untilMs = nowMs + ms;
      settle(untilMs);
      nowMs = untilMs;
    },
    runOn(on) {
      running = on;
      if (on) step();
    },
  };
}

/** Rings after 1 s, is answered 3 s later, talks for a minute unless told otherwise. */
export function createFakeCarrier(
  clock: HandClock,
  network: Carrier['network'],
  orders: CarrierOrder[],
): Carrier {
  return {
    network,
    dial(order): CarrierCall {
      orders.push(order);
      const listeners: ((progress: CarrierProgress) => void)[] = [];
      const hungUp = new AbortController();
      const tell = (progress: CarrierProgress): void => {
        for (const listener of listeners) listener(progress);
      };
      const number = String(orders.length).padStart(32, '0');
      const outcome = order.outcome ?? 'answered';
      const isAnswered = outcome === 'answered' || outcome === 'too_short';
      const beganMs = clock.now();
      const at = (ms: number, then: () => void): void => {
        void clock.delay(ms, hungUp.signal).then(() => {
          if (!hungUp.signal.aborted) then();
        });
      };
      at(1_000, () => tell({ state: 'ringing', atMs: beganMs + 1_000 }));
      if (isAnswered) at(4_000, () => tell({ state: 'in_progress', atMs: beganMs + 4_000 }));
      const endsMs = 4_000 + (isAnswered ? (order.talkMs ?? 60_000) : 0);
      at(endsMs, () =>
        tell({ state: 'ended', atMs: beganMs + endsMs, outcome: isAnswered ? 'completed' : outcome }),
      );
      return {
        providerCallId: network === 'twilio' ? `CA${number}` : `v3:${number}`,
        onProgress: (listener) => listeners.push(listener),
        hangUp() {
          if (hungUp.signal.aborted) return;
          hungUp.abort();
          tell({ state: 'ended', atMs: clock.now(), outcome: 'completed' });
        },
      };
    },
  };
}
