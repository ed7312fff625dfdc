// A telephone network for stand-ins that need one: calls go as a test says, at the speed of its clock.
import { createHash } from 'node:crypto';
import type { Carrier, CarrierOrder, CarrierProgress } from '../../src/main/sandbox/carrier.ts';
import type { SandboxClock } from '../../src/main/sandbox/clock.ts';

export interface FakeCarrier extends Carrier {
  readonly orders: CarrierOrder[];
  /** How calls go that name no outcome. */
  usual: { outcome: NonNullable<CarrierOrder['outcome']>; talkMs: number };
}

export function createFakeCarrier(network: Carrier['network'], clock: SandboxClock): FakeCarrier {
  const orders: CarrierOrder[] = [];
  const carrier: FakeCarrier = {
    network,
    orders,
    usual: { outcome: 'answered', talkMs: 30_000 },
    dial(order) {
      orders.push(order);
      const listeners = new Set<(progress: CarrierProgress) => void>();
      const cut = new AbortController();
      const tell = (progress: CarrierProgress): void => listeners.forEach((listener) => listener(progress));
      const { outcome = carrier.usual.outcome, talkMs = carrier.usual.talkMs } = order;
      const live = async (): Promise<void> => {
        await clock.delay(500, cut.signal);
        tell({ state: 'ringing', atMs: clock.now() });
        await clock.delay(2_000, cut.signal);
        if (outcome === 'busy' || outcome === 'no_answer') {
          return tell({ state: 'ended', atMs: clock.now(), outcome });
        }
        tell({ state: 'in_progress', atMs: clock.now() });
        await clock.delay(talkMs, cut.signal);
        tell({ state: 'ended', atMs: clock.now(), outcome: 'completed' });
      };
      void live();
      const id = createHash('sha256').update(order.seed).digest('hex').slice(0, 32);
      return {
        providerCallId: network === 'twilio' ? `CA${id}` : id,
        onProgress: (listener) => void listeners.add(listener),
        hangUp: () => cut.abort(),
      };
    },
  };
  return carrier;
}
