// How one stand-in uses another as its telephone network, as in life: ElevenLabs dials on Twilio, LiveKit's trunk ends
// at Telnyx or Twilio. Each phone network of the sandbox offers itself as a Carrier.

export interface CarrierOrder {
  /** With it the same order gives the same call. */
  seed: string;
  to: string;
  from: string;
  /** SIP headers that the other side sets; a carrier shows `X-...` ones in its own webhooks where the real one does. */
  headers: Readonly<Record<string, string>>;
  /** Whether the network records the call from its answer. */
  record: boolean;
  /** Of the leg between the two services. */
  sipCallId: string;
  /** What happens to it; made from the seed when left out. */
  outcome?: 'answered' | 'busy' | 'no_answer' | 'too_short';
  talkMs?: number;
}

export type CarrierProgress =
  | { state: 'ringing' | 'in_progress'; atMs: number }
  | { state: 'ended'; atMs: number; outcome: 'completed' | 'busy' | 'no_answer' | 'failed' };

export interface CarrierCall {
  /** The network's own id (CallSid, call_control_id). */
  providerCallId: string;
  onProgress(listener: (progress: CarrierProgress) => void): void;
  hangUp(): void;
}

export interface Carrier {
  readonly network: 'twilio' | 'telnyx';
  dial(order: CarrierOrder): CarrierCall;
}
