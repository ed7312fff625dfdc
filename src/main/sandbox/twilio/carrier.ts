// The stand-in as somebody else's telephone network: ElevenLabs dials on it through its API, LiveKit through a SIP
// trunk. Such calls are in the account's lists as all others are, and report to nobody that Tapedeck knows.
import type { Carrier, CarrierCall, CarrierProgress } from '../carrier.ts';
import type { SandboxClock } from '../clock.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { type CallWish, planCall } from '../plan-call.ts';
import { createRandom } from '../random.ts';
import { type CallWeather, inWeather } from '../weather.ts';

interface Deps {
  clock: SandboxClock;
  seed: string;
  lifecycle: Lifecycle;
  weather: CallWeather;
  /** Told of every call that is dialled. */
  onDial: () => void;
}

/**
 * @param through `api`: placed with the account's own credentials (ElevenLabs); `trunk`: Elastic SIP Trunking, whose
 *   calls and recordings Twilio names differently. Twilio shows neither SIP headers nor Call-ID of such calls.
 */
export function createTwilioCarrier(
  { clock, seed, lifecycle, weather, onDial }: Deps,
  through: 'api' | 'trunk',
): Carrier {
  return {
    network: 'twilio',
    dial(order): CarrierCall {
      const { to, from, record, outcome, talkMs } = order;
      const callSeed = `carrier/${order.seed}`;
      const wish = {
        startsAtMs: clock.now(),
        direction: 'outbound',
        from,
        to,
        record,
        outcome,
        talkMs,
      } as const;
      const random = createRandom(`${seed}/${callSeed}`);
      const plan = planCall(random, inWeather<CallWish>(wish, weather, `${seed}/${callSeed}`));
      const past: CarrierProgress[] = [];
      const listeners: ((progress: CarrierProgress) => void)[] = [];
      onDial();
      const { call } = lifecycle.begin(callSeed, plan, {
        direction: through === 'api' ? 'outbound-api' : 'trunking-terminating',
        statusCallback: null,
        recording: {
          source: through === 'api' ? 'OutboundAPI' : 'Trunking',
          track: 'both',
          channels: 2,
          callback: null,
        },
        onProgress(progress) {
          past.push(progress);
          for (const listener of listeners) listener(progress);
        },
      });
      return {
        providerCallId: call.sid,
        onProgress(listener) {
          for (const progress of past) listener(progress);
          listeners.push(listener);
        },
        hangUp: () => lifecycle.hangUp(call),
      };
    },
  };
}
